"""A person's page: what it shows at once, what comes behind it, and the buttons inside of its tabs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

import profiles.admin.overview
import profiles.admin.portrait
import profiles.admin.way  # noqa: F401 - their parts of the page
from bots.admin.faces import ago
from profiles.admin.actions import is_pointless, navigation
from profiles.admin.buttons import PersonButtons, user_id
from profiles.admin.faces import conditions
from profiles.admin.panels import OVERVIEW, Place, panel_of, panels, part_of, parts_in, rendered
from profiles.admin.stages import stage_names_in_force
from profiles.admin.way import acts_before
from profiles.models import Profile
from profiles.services.link_channel import unlink_channel
from profiles.services.note_reading import note_reading
from profiles.services.restore_version import restore_version


class PersonPage(PersonButtons):
    """The page of one person. Stands before the admin class of people."""

    admin_site: Any
    has_view_permission: Callable[..., bool]

    @property
    def actions_detail(self) -> list[Any]:
        return navigation()

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The buttons that whoever asks may press, and that would do something."""
        person = self.get_object(request, str(object_id))
        if person is None:
            return []
        allowed = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [each for each in allowed if not is_pointless(each.method.original_function_name, person)]

    def _named(self, request: HttpRequest, row_id: Any) -> Profile | None:
        return self.get_object(request, str(row_id))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        person = self.get_object(request, object_id) if object_id else None
        context = dict(extra_context or {})
        if person is not None and request.method == "GET":
            note_reading(bot_id=person.bot_id, profile_id=person.id, reader_id=user_id(request))
            names = stage_names_in_force()
            first = {
                place.name.lower(): parts_in(place, request, person)
                for place in (Place.STRIP, Place.FIRST, Place.FIRST_ASIDE)
            }
            context |= {
                "title": person.first_name,
                # The admin's own log holds nothing of people.
                "show_history": False,
                "person": person,
                "stage": names.get(person.journey_stage, person.journey_stage),
                "seen": ago(person.last_seen_at),
                "conditions": conditions(person),
                "overview": {"code": OVERVIEW, "title": _("Overview")},
                "panels": panels(),
                **first,
            }
        return super().changeform_view(request, object_id, form_url, context)  # type: ignore[misc]

    def get_urls(self) -> list[Any]:
        urls: list[Any] = super().get_urls()  # type: ignore[misc]
        pages = (
            ("panel/<slug:code>/", self.panel, "panel"),
            ("part/<slug:code>/", self.part, "part"),
            ("acts/", self.acts, "acts"),
            ("restore/<uuid:version_id>/", self.restore, "restore"),
            ("unlink/<str:channel_id>/", self.unlink, "unlink"),
        )
        wrap = self.admin_site.admin_view
        return [
            *(
                path(f"<uuid:object_id>/{route}", wrap(view), name=f"profiles_profile_{name}")
                for route, view, name in pages
            ),
            *urls,
        ]

    # What comes behind the page

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def panel(self, request: HttpRequest, object_id: Any, code: str) -> HttpResponse:
        """What one tab shows; of the overview, the cards that did not come with the page."""
        person = self._looked_at(request, object_id)
        if code == OVERVIEW:
            shown = {
                place.name.lower(): parts_in(place, request, person)
                for place in (Place.BEHIND, Place.BEHIND_ASIDE)
            }
            return HttpResponse(
                render_to_string("profiles/overview.html", {"person": person, **shown}, request)
            )
        found = panel_of(code)
        if found is None:
            raise Http404
        return HttpResponse(rendered(found, request, person))

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def part(self, request: HttpRequest, object_id: Any, code: str) -> HttpResponse:
        """One strip or card as it is now, for a page that is open."""
        person = self._looked_at(request, object_id)
        found = part_of(code)
        if found is None:
            raise Http404
        return HttpResponse(rendered(found, request, person))

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def acts(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """The next of their acts, for a list that is scrolled."""
        person = self._looked_at(request, object_id)
        context = {"person": person, **acts_before(request, person)}
        return HttpResponse(render_to_string("profiles/acts.html", context, request))

    def _looked_at(self, request: HttpRequest, object_id: Any) -> Profile:
        person = self.get_object(request, str(object_id))
        if person is None or not self.has_view_permission(request, person):
            raise Http404
        # Whoever asks for a part alone has read it too.
        note_reading(bot_id=person.bot_id, profile_id=person.id, reader_id=user_id(request))
        return person

    # Buttons inside of the tabs

    @method_decorator(require_POST)
    def restore(self, request: HttpRequest, object_id: Any, version_id: Any) -> HttpResponse:
        """Put a version of the summary in force again."""
        service = partial(restore_version, version_id=version_id, author_id=user_id(request))
        return self._act_in_tab(
            request,
            object_id,
            service,
            done=_("This version is in force again."),
            not_done=_("That is what holds anyway."),
            tab="portrait",
        )

    @method_decorator(require_POST)
    def unlink(self, request: HttpRequest, object_id: Any, channel_id: str) -> HttpResponse:
        """A channel is not the person's own after all."""
        number = channel_id.removeprefix("-")
        if not (number.isascii() and number.isdecimal()) or len(number) > 18:
            raise Http404
        service = partial(unlink_channel, channel_id=int(channel_id), author_id=user_id(request))
        return self._act_in_tab(
            request,
            object_id,
            service,
            done=_("The channel is linked no more, and its posts are gone."),
            not_done=_("It was not linked."),
            tab="channels",
        )

    def _act_in_tab(
        self, request: HttpRequest, object_id: Any, service: Callable[..., bool], *, tab: str, **said: Any
    ) -> HttpResponse:
        if not self.has_care_permission(request, object_id):
            return HttpResponse(status=403)
        self.act(request, str(object_id), service, **said)
        page = reverse("admin:profiles_profile_change", args=[object_id])
        return HttpResponse(status=302, headers={"Location": f"{page}#{tab}"})

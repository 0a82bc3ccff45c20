"""What the stages say: the twelve in each language, and the versions that staff have written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bots.admin.base import ReadOnlyAdmin, may
from bots.admin.faces import ago
from bots.roles import Capability
from journey.admin.faces import INTENSITIES, LANGUAGE_NAMES, intensity
from journey.admin.forms import StageForm
from journey.contracts import WordingInForce
from journey.errors import JourneyError
from journey.models import StageVersion
from journey.selectors.stage_versions import StageVersionLine, stage_versions
from journey.selectors.stage_wordings import stage_wordings
from journey.services.publish_stage import publish_stage, publish_stage_version, withdraw_stage
from journey.services.set_intensities import set_intensities
from journey.stages import LANGUAGES, StageCode, stage

VERSIONS = 20
_TEMPLATES = "admin/journey/stageversion"


@admin.register(StageVersion)
class StageVersionAdmin(ReadOnlyAdmin):
    """The wordings of the stages. They are the whole installation's: Django's permissions decide who writes them.

    Whoever may change prompts in a bot sees them: each page of the admin asks, and roles are at hand.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, Capability.CHANGE_PROMPTS)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request) or bool(super().has_view_permission(request, obj))

    def may_publish(self, request: HttpRequest) -> bool:
        return request.user.has_perm("journey.change_stageversion")

    def get_urls(self) -> list[Any]:
        urls: list[Any] = super().get_urls()
        wrap, name = self.admin_site.admin_view, "journey_stageversion"
        stage_page = "<str:code>/<str:language>/"
        return [
            path("intensity/", wrap(self.intensities), name=f"{name}_intensity"),
            path(f"{stage_page}wording/", wrap(self.wording), name=f"{name}_wording"),
            path(
                f"{stage_page}put-in-force/<uuid:version_id>/",
                wrap(self.put_in_force),
                name=f"{name}_publish",
            ),
            path(f"{stage_page}withdraw/", wrap(self.withdraw), name=f"{name}_withdraw"),
            *urls,
        ]

    # Pages

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The twelve stages, as they are in force in each language."""
        self._let_in(request)
        rows = stage_wordings()
        stages = [
            {
                "number": number,
                "wordings": [_shown(rows[code.value, language]) for language in LANGUAGES],
            }
            for number, code in enumerate(StageCode, start=1)
        ]
        context = {"title": _("Stages"), "stages": stages, **(extra_context or {})}
        return self._page(request, "change_list.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """A version stands in the history of its stage."""
        self._let_in(request)
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        page = address(version.code, version.language)
        return HttpResponseRedirect(f"{page}?before={version.number + 1}#v{version.number}")

    def wording(self, request: HttpRequest, code: str, language: str) -> HttpResponse:
        """One stage in one language: what is in force, to be written anew, and all versions below."""
        self._let_in(request)
        now = _in_force(code, language)
        may_publish = self.may_publish(request)
        sent = request.POST if request.method == "POST" else None
        if sent is not None and not may_publish:
            raise PermissionDenied
        form = StageForm(sent, now=now.stage, language=language, may_publish=may_publish)
        if sent is not None and form.is_valid() and self._publish(request, form, now):
            return HttpResponseRedirect(address(code, language))
        versions = stage_versions(
            code=code, language=language, limit=VERSIONS + 1, before=_number(request.GET.get("before", ""))
        )
        context = {
            "title": f"{now.stage.number}. {now.stage.name}",
            "form": form,
            "now": _shown(now),
            "version_id": now.version_id or "",
            "others": [_shown(each) for each in _siblings(now)],
            "may_publish": may_publish,
            "versions": [_told(each) for each in versions[:VERSIONS]],
            "older": versions[VERSIONS - 1].number if len(versions) > VERSIONS else None,
            "is_first": "before" not in request.GET,
            "shipped": stage(code, language),
            "shipped_intensity": INTENSITIES[stage(code, language).intensity],
        }
        return self._page(request, "wording.html", context)

    def intensities(self, request: HttpRequest) -> HttpResponse:
        """How hard the coach may push, one row a stage."""
        self._let_in(request)
        may_publish = self.may_publish(request)
        rows = stage_wordings()
        typed: dict[tuple[str, str], str] = {}
        if request.method == "POST":
            if not may_publish:
                raise PermissionDenied
            typed = {place: request.POST.get(_named("how", place), "") for place in rows}
            if self._set_intensities(request, typed):
                return HttpResponseRedirect(request.path)
            # They have seen now what the other one set.
            rows = stage_wordings()
        context = {
            "title": _("Intensity"),
            "languages": [LANGUAGE_NAMES[each] for each in LANGUAGES],
            "intensities": list(INTENSITIES.items()),
            "stages": [
                [
                    _row(rows[code.value, language], typed.get((code.value, language)))
                    for language in LANGUAGES
                ]
                for code in StageCode
            ],
            "may_publish": may_publish,
        }
        return self._page(request, "intensity.html", context)

    # Buttons

    @method_decorator(require_POST)
    def put_in_force(self, request: HttpRequest, code: str, language: str, version_id: UUID) -> HttpResponse:
        """An earlier wording speaks again."""
        if not StageVersion.objects.filter(id=version_id, code=code, language=language).exists():
            raise Http404
        return self._act(
            request,
            code,
            language,
            lambda: publish_stage_version(version_id=version_id),
            done=_("This wording is in force; bots take it over as they run."),
        )

    @method_decorator(require_POST)
    def withdraw(self, request: HttpRequest, code: str, language: str) -> HttpResponse:
        """What ships with the product speaks again."""
        _in_force(code, language)
        return self._act(
            request,
            code,
            language,
            lambda: withdraw_stage(code=code, language=language),
            done=_("What ships with the product is in force; all versions stay here."),
        )

    def _act(
        self, request: HttpRequest, code: str, language: str, service: Callable[[], object], *, done: str
    ) -> HttpResponse:
        if not self.may_publish(request):
            raise PermissionDenied
        if self.attempt(request, service, done=done):
            self._note(request, code, language, done)
        return HttpResponseRedirect(address(code, language))

    def _publish(self, request: HttpRequest, form: StageForm, now: WordingInForce) -> bool:
        seen = request.POST.get("seen")
        if seen is not None and seen != str(now.version_id or ""):
            # Theirs is the work of somebody else: it is looked at before it is replaced.
            form.add_error(
                None,
                _(
                    "The wording in force has changed since you opened this page; see below. Save again to replace it."
                ),
            )
            return False
        code, language = now.stage.code.value, now.language
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        try:
            version = publish_stage(code=code, language=language, author=request.user, **form.wording())
        except JourneyError as error:
            form.refuse(error)
            return False
        if version.id == now.version_id:
            messages.info(request, _("Nothing has changed."))
            return True
        done = _("Version %(number)d is in force; bots take it over as they run.") % {
            "number": version.number
        }
        messages.success(request, done)
        self._note(request, code, language, done)
        return True

    def _set_intensities(self, request: HttpRequest, typed: dict[tuple[str, str], str]) -> bool:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        seen = {place: _id(request.POST.get(_named("seen", place), "")) for place in typed}
        # What a browser leaves out stays as it is.
        wanted = {place: how for place, how in typed.items() if how}
        try:
            versions = set_intensities(wanted=wanted, seen=seen, author=request.user)
        except JourneyError as error:
            messages.error(request, error.message)
            return False
        if not versions:
            messages.info(request, _("Nothing has changed."))
            return True
        done = ngettext(
            "%(count)d wording is in force anew; bots take it over as they run.",
            "%(count)d wordings are in force anew; bots take them over as they run.",
            len(versions),
        ) % {"count": len(versions)}
        messages.success(request, done)
        for each in versions:
            self.log_change(request, each, f"{each.code} ({each.language}): {each.intensity}")
        return True

    def _note(self, request: HttpRequest, code: str, language: str, what: str) -> None:
        # Versions tell who wrote them; who put one back in force, only the admin's log does.
        latest = StageVersion.objects.filter(code=code, language=language).order_by("-number").first()
        if latest is not None:
            self.log_change(request, latest, f"{code} ({language}): {what}")

    def _let_in(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.model._meta, **context}
        return TemplateResponse(request, f"{_TEMPLATES}/{template}", context)


def address(code: str, language: str) -> str:
    """The page of a stage in one language."""
    return reverse("admin:journey_stageversion_wording", args=[code, language])


def _in_force(code: str, language: str) -> WordingInForce:
    found = stage_wordings().get((code, language))
    if found is None:
        raise Http404
    return found


def _siblings(now: WordingInForce) -> list[WordingInForce]:
    """The same stage in the other languages."""
    rows = stage_wordings()
    return [rows[now.stage.code.value, each] for each in LANGUAGES if each != now.language]


def _shown(each: WordingInForce) -> dict[str, Any]:
    return {
        "place": each.stage.number,
        "name": each.stage.name,
        "code": each.stage.code.value,
        "language": each.language,
        "language_name": LANGUAGE_NAMES[each.language],
        "address": address(each.stage.code.value, each.language),
        "intensity": intensity(each.stage.intensity),
        "number": each.number,
        "author": each.author,
        "at": ago(each.created_at),
        "versions": each.versions,
    }


def _row(each: WordingInForce, typed: str | None) -> dict[str, Any]:
    """A stage in one language in the table of intensities."""
    place = each.stage.code.value, each.language
    return {
        **_shown(each),
        "how": typed or each.stage.intensity.value,
        "shipped": stage(*place).intensity.value,
        "field": _named("how", place),
        "seen_field": _named("seen", place),
        "seen": each.version_id or "",
    }


def _named(what: str, place: tuple[str, str]) -> str:
    return f"{what}-{place[0]}-{place[1]}"


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def _told(each: StageVersionLine) -> dict[str, Any]:
    return {"line": each, "at": ago(each.created_at), "lists": _lists(each)}


def _lists(each: StageVersionLine) -> list[tuple[str, Any]]:
    return [
        (_("Questions"), each.changes.questions),
        (_("How people resist"), each.changes.resistance),
        (_("Techniques"), each.changes.techniques),
    ]


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None

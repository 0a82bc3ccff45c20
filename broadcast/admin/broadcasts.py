"""Broadcasts: the list, and the pages of each of them. Each change is a POST that calls one service."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bots.admin.base import Admin, bots_where, is_staff, is_superuser, may
from bots.admin.faces import ago
from bots.models import Bot
from bots.roles import Capability
from broadcast.admin import faces
from broadcast.admin.asking import Asked, answer
from broadcast.admin.buttons import BUTTONS
from broadcast.admin.forms import StartForm
from broadcast.admin.ledger import ledger_file, ledger_page
from broadcast.admin.listing import list_page
from broadcast.admin.looking import looks
from broadcast.admin.progress import comparison, confirm_above, labels_of, progress
from broadcast.admin.segments import segment_count, segment_lines
from broadcast.admin.writing import Writing, address, fragment
from broadcast.content import Content, ContentError, from_json
from broadcast.contracts import By
from broadcast.criteria.description import described
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast, BroadcastChange, BroadcastFile
from broadcast.selectors.changes_of import changes_of
from broadcast.selectors.readers import testers_of
from broadcast.services.decide_unknown import decide_unknown
from broadcast.services.keep_segment import forget_segment
from broadcast.services.lifecycle import ask_to_start
from broadcast.services.send_test import send_test
from broadcast.states import OPEN, UNDER_WAY, BroadcastState
from core.tenancy import visible_bots
from profiles.timezones import is_timezone

_TEMPLATES: Final = "admin/broadcast/broadcast"
_SHOWN_BY_BROWSERS: Final = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4", "audio/ogg"})


@admin.register(Broadcast)
class BroadcastAdmin(Admin):
    """Messages to many. Staff see those of which all bots are theirs; to act, they need a role for it in each."""

    # Who may do what

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, Capability.BROADCAST)

    def has_change_permission(self, request: HttpRequest, obj: Broadcast | None = None) -> bool:
        if obj is None:
            return may(request, Capability.BROADCAST)
        return set(obj.bot_ids) <= set(bots_where(request, Capability.BROADCAST)) or is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        # Not by the admin's own pages: drafts have a button for it.
        return False

    def get_urls(self) -> list[Any]:
        pages = {
            "write": self.write,
            "look": self.look,
            "start": self.start,
            "live": self.live,
            "compare": self.compare,
            "ledger": self.ledger,
            "ledger.csv": self.ledger_csv,
            "file": self.file,
            "test": self.test,
            "decide": self.decide,
        }
        wrap, name = self.admin_site.admin_view, "broadcast_broadcast"
        return [
            path("rows/", wrap(self.rows), name=f"{name}_rows"),
            path("check/", wrap(self.check_criteria), name=f"{name}_check"),
            path("bubbles/", wrap(self.bubbles), name=f"{name}_bubbles"),
            path("segments/", wrap(self.segments), name=f"{name}_segments"),
            path("segments/<uuid:segment_id>/count/", wrap(self.segment_count), name=f"{name}_segment_count"),
            path(
                "segments/<uuid:segment_id>/forget/", wrap(self.segment_forget), name=f"{name}_segment_forget"
            ),
            *(
                path(
                    f"<uuid:broadcast_id>/{each}/",
                    wrap(page),
                    name=f"{name}_{each.replace('.', '_')}",
                )
                for each, page in pages.items()
            ),
            path("<uuid:broadcast_id>/do/<slug:action>/", wrap(self.act), name=f"{name}_act"),
            *super().get_urls(),
        ]

    # The list

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Broadcasts, the newest first."""
        self._let_in(request)
        context = {"title": _("Broadcasts"), **list_page(request), **(extra_context or {})}
        return self._page(request, "list.html", {**context, "may_add": self.has_add_permission(request)})

    def rows(self, request: HttpRequest) -> HttpResponse:
        """The same rows again, for a list that is open while broadcasts run."""
        self._let_in(request)
        return fragment(request, "broadcast/rows.html", list_page(request))

    # Writing

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Write a new one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._write(request, None)

    def write(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """Write on, while it is not under way."""
        broadcast = self._find(request, broadcast_id)
        if not self.has_change_permission(request, broadcast) or broadcast.state not in OPEN:
            if request.method == "POST":
                self._may_change(request, broadcast)
            return HttpResponseRedirect(address("change", broadcast.id))
        return self._write(request, broadcast)

    def _write(self, request: HttpRequest, broadcast: Broadcast | None) -> HttpResponse:
        writing = Writing(request, broadcast, by=_by(request))
        if request.method == "POST":
            leads = writing.act()
            if leads is not None:
                return leads
        title = broadcast.title if broadcast else _("New broadcast")
        return self._page(request, "write.html", {"title": title, **writing.context()})

    @method_decorator(require_POST)
    def check_criteria(self, request: HttpRequest) -> HttpResponse:
        """What the criteria that are being typed come to."""
        self._may_write(request)
        return fragment(request, "broadcast/answer.html", {"answer": self._writing(request).answer()})

    @method_decorator(require_POST)
    def bubbles(self, request: HttpRequest) -> HttpResponse:
        """How the texts that are being typed will look."""
        self._may_write(request)
        return fragment(request, "broadcast/bubbles.html", {"looks": self._writing(request).looks()})

    # Saved segments

    def segments(self, request: HttpRequest) -> HttpResponse:
        """All of them; each is counted in a request of its own, since some take seconds."""
        self._may_write(request)
        return self._page(request, "segments.html", {"title": _("Saved segments"), "lines": segment_lines()})

    def segment_count(self, request: HttpRequest, segment_id: UUID) -> HttpResponse:
        """How many people one of them finds now."""
        self._may_write(request)
        bots = bots_where(request, Capability.BROADCAST)
        found = segment_count(segment_id=segment_id, bot_ids=sorted(bots))
        if found is None:
            raise Http404
        return fragment(request, "broadcast/segment_count.html", found)

    @method_decorator(require_POST)
    def segment_forget(self, request: HttpRequest, segment_id: UUID) -> HttpResponse:
        """Remove one of them."""
        self._may_write(request)
        try:
            if not forget_segment(segment_id=segment_id, by=_by(request)):
                raise Http404
        except BroadcastError as error:
            messages.error(request, error.message or error.code)
        else:
            messages.success(request, _("The segment is removed; broadcasts keep their own criteria."))
        return HttpResponseRedirect(reverse("admin:broadcast_broadcast_segments"))

    def _writing(self, request: HttpRequest) -> Writing:
        return Writing(request, None, by=_by(request))

    # One broadcast

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """How it goes. A draft is opened where it is written, by those who may write."""
        broadcast = self._find(request, _id(object_id))
        if broadcast.state == BroadcastState.DRAFT and self.has_change_permission(request, broadcast):
            return HttpResponseRedirect(address("write", broadcast.id))
        labels = labels_of(broadcast)
        context = {
            "title": broadcast.title,
            **progress(broadcast),
            **self._buttons(request, broadcast),
            "labels": labels,
            "has_texts": len(labels) > 1,
            "described": _described(broadcast),
            "bots": self._bot_names(broadcast),
            "changes": [
                {
                    "line": each,
                    "action": faces.action(each),
                    "actor": faces.actor(each),
                    "at": ago(each.at),
                    "state": faces.STATES.get(each.state, each.state),
                }
                for each in changes_of(broadcast_id=broadcast.id)
            ],
            "scheduled": faces.moment(broadcast.scheduled_at, self._timezone(broadcast)),
        }
        return self._page(request, "detail.html", context)

    def live(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """The figures again."""
        broadcast = self._find(request, broadcast_id)
        found = progress(broadcast, older=request.GET.get("older", ""), newer=request.GET.get("newer", ""))
        response = fragment(request, "broadcast/live.html", found)
        # The page is opened anew when the buttons on it are no longer the right ones.
        response["X-State"] = broadcast.state
        return response

    def compare(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """The texts against each other; apart, since it reads all that was sent."""
        broadcast = self._find(request, broadcast_id)
        context = {"broadcast": broadcast, **comparison(broadcast), **self._buttons(request, broadcast)}
        if request.headers.get("X-Fragment"):
            return fragment(request, "broadcast/comparison.html", context)
        return self._page(request, "compare.html", {"title": broadcast.title, **context})

    def look(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """How it will look, and a test to oneself."""
        broadcast = self._find(request, broadcast_id)
        may_change = self.has_change_permission(request, broadcast)
        context = {
            "title": broadcast.title,
            "broadcast": broadcast,
            "state": faces.state_badge(broadcast.state),
            "looks": {
                **looks(
                    _content(broadcast),
                    media=broadcast.media,
                    bot_ids=broadcast.bot_ids,
                    criteria=broadcast.criteria,
                    may_see_people=faces.may_see_people(request),
                ),
                "broadcast": broadcast,
            },
            "may_change": may_change,
            "may_write": may_change and broadcast.state in OPEN,
            "may_start": may_change and broadcast.state == BroadcastState.DRAFT,
            "testers": testers_of(bot_ids=broadcast.bot_ids) if may_change else [],
            "labels": list(enumerate(labels_of(broadcast))),
            "languages": _languages(broadcast),
        }
        return self._page(request, "look.html", context)

    def file(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """The file that goes along; shown by the browser only where it is what we made sure it is."""
        broadcast = self._find(request, broadcast_id)
        file = BroadcastFile.objects.filter(broadcast=broadcast).first()
        if file is None:
            raise Http404
        is_shown = file.content_type in _SHOWN_BY_BROWSERS and broadcast.media != "document"
        response = HttpResponse(
            bytes(file.content), content_type=file.content_type if is_shown else "application/octet-stream"
        )
        response["Content-Disposition"] = "inline" if is_shown else 'attachment; filename="file"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, max-age=60"
        return response

    def start(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """What it will be, before it is confirmed; then it starts, or waits for its time or for somebody else."""
        broadcast = self._find(request, broadcast_id)
        self._may_change(request, broadcast)
        if broadcast.state != BroadcastState.DRAFT:
            return HttpResponseRedirect(address("change", broadcast.id))
        zone = self._timezone(broadcast)
        form = StartForm(request.POST if request.method == "POST" else None, initial={"timezone": zone})
        if request.method == "POST" and form.is_valid() and self._start(request, broadcast, form):
            return HttpResponseRedirect(address("change", broadcast.id))
        asked = Asked.from_text(broadcast.criteria)
        content = _content(broadcast)
        shown = looks(
            content, media=broadcast.media, bot_ids=broadcast.bot_ids, criteria="", may_see_people=False
        )
        found = answer(
            asked,
            bot_ids=broadcast.bot_ids,
            rate=broadcast.rate,
            may_see_people=faces.may_see_people(request),
        )
        estimate = found.get("estimate")
        context = {
            "title": broadcast.title,
            "broadcast": broadcast,
            "answer": found,
            "problems": shown["problems"],
            "form": form,
            "when": form["when"].value() or "now",
            "timezones": _zones(broadcast, form["timezone"].value() or zone),
            "time_needed": faces.length(estimate.seconds) if estimate else "",
            "needs_second": estimate is not None
            and (estimate.is_at_least or estimate.total > confirm_above()),
            "confirm_above": faces.number(confirm_above()),
            "may_start": estimate is not None
            and bool(estimate.total or estimate.is_at_least)
            and not shown["problems"],
            "variants": len(content.variants),
            "bots": self._bot_names(broadcast),
        }
        return self._page(request, "start.html", context)

    def _start(self, request: HttpRequest, broadcast: Broadcast, form: StartForm) -> bool:
        try:
            started = ask_to_start(
                broadcast_id=broadcast.id,
                by=_by(request),
                at=form.moment(),
                is_sure=form.cleaned_data["is_sure"],
            )
        except BroadcastError as error:
            form.add_error(None, error.message or error.code)
            return False
        messages.success(
            request,
            {
                BroadcastState.AWAITING: _("Somebody else has to confirm it now."),
                BroadcastState.SCHEDULED: _("It is scheduled."),
            }.get(BroadcastState(started.state), _("It starts: recipients are being collected.")),
        )
        return True

    # The ledger

    def ledger(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """Every recipient, and what became of them."""
        broadcast = self._find(request, broadcast_id)
        found = ledger_page(request, broadcast, may_act=self.has_change_permission(request, broadcast))
        context = {"title": broadcast.title, "broadcast": broadcast, **found}
        return self._page(request, "ledger.html", context)

    def ledger_csv(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponseBase:
        """The same as a file."""
        return ledger_file(request, self._find(request, broadcast_id))

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """Somebody looked: the message did arrive, or it did not."""
        broadcast = self._find(request, broadcast_id)
        self._may_change(request, broadcast)
        bot_id, _tilde, recipient_id = request.POST.get("row", "").partition("~")
        arrived = request.POST.get("decision") == "arrived"
        service = partial(
            decide_unknown,
            broadcast_id=broadcast.id,
            bot_id=_id(bot_id),
            recipient_id=_id(recipient_id),
            arrived=arrived,
            by=_by(request),
        )
        self.attempt(request, service, done=_("Noted: it arrived.") if arrived else _("It is sent again."))
        return HttpResponseRedirect(f"{address('ledger', broadcast.id)}?state=unknown")

    # Buttons

    @method_decorator(require_POST)
    def test(self, request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
        """A test to one of the bot's admins."""
        broadcast = self._find(request, broadcast_id)
        self._may_change(request, broadcast)
        bot_id, _tilde, telegram_id = request.POST.get("tester", "").partition("~")
        variant = request.POST.get("variant", "0")
        service = partial(
            send_test,
            broadcast_id=broadcast.id,
            bot_id=_id(bot_id),
            telegram_id=int(telegram_id[:18]) if telegram_id.isdecimal() else 0,
            variant=int(variant[:3]) if variant.isdecimal() else 0,
            language=request.POST.get("language", "")[:20],
            by=_by(request),
        )
        self.attempt(request, service, done=_("The test is on its way: look into Telegram."))
        return HttpResponseRedirect(address("look", broadcast.id))

    @method_decorator(require_POST)
    def act(self, request: HttpRequest, broadcast_id: UUID, action: str) -> HttpResponse:
        """One of the buttons on its page."""
        broadcast = self._find(request, broadcast_id)
        do = BUTTONS.get(action)
        if do is None:
            raise Http404
        self._may_change(request, broadcast)
        if action == "duplicate" and not self.has_add_permission(request):
            raise PermissionDenied
        try:
            done, to = do(request, broadcast, _by(request))
        except BroadcastError as error:
            messages.error(request, error.message or error.code)
            return HttpResponseRedirect(address("change", broadcast.id))
        messages.success(request, done)
        return HttpResponseRedirect(to or address("change", broadcast.id))

    def _buttons(self, request: HttpRequest, broadcast: Broadcast) -> dict[str, Any]:
        """Which buttons make sense here, for whoever looks."""
        if not self.has_change_permission(request, broadcast):
            return {"may_change": False}
        state = BroadcastState(broadcast.state)
        sent = (BroadcastState.FINISHED, BroadcastState.RUNNING, BroadcastState.PAUSED)
        return {
            "may_change": True,
            "may_write": state in OPEN,
            "may_confirm": state == BroadcastState.AWAITING and not self._asked_for_it(request, broadcast),
            "is_awaiting": state == BroadcastState.AWAITING,
            "may_take_back": state in (BroadcastState.AWAITING, BroadcastState.SCHEDULED),
            "may_pause": state in (BroadcastState.FREEZING, BroadcastState.RUNNING),
            "may_resume": state == BroadcastState.PAUSED,
            "may_cancel": state in UNDER_WAY or state in OPEN - {BroadcastState.DRAFT},
            "may_set_rate": state in UNDER_WAY or state in OPEN,
            "may_retry": state in sent,
            "may_choose": state in sent and not broadcast.winner,
            "may_delete_messages": state
            in (BroadcastState.FINISHED, BroadcastState.CANCELLED, BroadcastState.PAUSED),
            "may_delete": state in OPEN,
            "may_duplicate": self.has_add_permission(request),
        }

    def _asked_for_it(self, request: HttpRequest, broadcast: Broadcast) -> bool:
        asked = BroadcastChange.objects.filter(broadcast=broadcast, action="asked").order_by("-at").first()
        return asked is not None and asked.by_id is not None and asked.by_id == request.user.pk

    # What the pages have in common

    def _find(self, request: HttpRequest, broadcast_id: UUID) -> Broadcast:
        """A broadcast of which all bots are those of whoever looks; to others it does not exist."""
        self._let_in(request)
        mine = Broadcast.objects.filter(bot_ids__contained_by=list(visible_bots() or ()))
        found = mine.filter(id=broadcast_id).first()
        if found is None:
            raise Http404
        return found

    def _let_in(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _may_change(self, request: HttpRequest, broadcast: Broadcast) -> None:
        if not self.has_change_permission(request, broadcast):
            raise PermissionDenied

    def _may_write(self, request: HttpRequest) -> None:
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied

    def _bot_names(self, broadcast: Broadcast) -> list[str]:
        rows = Bot.objects.filter(id__in=broadcast.bot_ids).order_by("name", "id")
        return list(rows.values_list("name", flat=True))

    def _timezone(self, broadcast: Broadcast) -> str:
        zone = (
            Bot.objects.filter(id__in=broadcast.bot_ids).order_by("name").values_list("timezone", flat=True)
        )
        return next((each for each in zone[:1] if is_timezone(each)), "UTC")

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.model._meta, **context}
        return TemplateResponse(request, f"{_TEMPLATES}/{template}", context)


def _by(request: HttpRequest) -> By:
    return By(user_id=request.user.pk)


def _id(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError as error:
        raise Http404 from error


def _content(broadcast: Broadcast) -> Content:
    try:
        return from_json(broadcast.content)
    except ContentError:
        return Content((), "")


def _languages(broadcast: Broadcast) -> list[str]:
    return list(dict.fromkeys(code for each in _content(broadcast).variants for code in each.wordings))


def _described(broadcast: Broadcast) -> str:
    asked = Asked.from_text(broadcast.criteria)
    return described(asked.criteria, asked.words, faces.language_now()) if asked.criteria else ""


def _zones(broadcast: Broadcast, chosen: str) -> list[tuple[str, bool]]:
    """The time zones of the bots, of the installation, and the one that was chosen."""
    bots = Bot.objects.filter(id__in=broadcast.bot_ids).order_by("name").values_list("timezone", flat=True)
    found = dict.fromkeys([*bots, settings.TIME_ZONE, "UTC", chosen])
    return [(each, each == chosen) for each in found if is_timezone(each)]

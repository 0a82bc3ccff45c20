"""What staff do with bots: they say what they want, and the runtime brings it about."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action as unfold_action
from unfold.forms import BaseDialogForm

from bots.admin.base import Admin, OfBots
from bots.admin.faces import dialog_action
from bots.models import Bot, WantedState
from bots.roles import Capability
from bots.services.restart_bot import restart_bot
from bots.services.set_wanted_state import set_wanted_state

if TYPE_CHECKING:

    class _OfBots(OfBots, Admin):
        """What this is a part of."""
else:
    _OfBots = object


class BotActions(_OfBots):
    """The buttons of a bot, each behind a dialog or a page that asks first, and those for several at once."""

    actions: Any = ("start_selected", "pause_selected", "stop_selected", "restart_selected")
    actions_detail: Any = ("start", "pause", "stop", "restart", "replace_token")

    def has_start_stop_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.START_STOP, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        bot = self.get_object(request, str(object_id))
        if bot is None:
            return []
        pointless = {
            WantedState.RUNNING: {"start"},
            WantedState.PAUSED: {"pause"},
            WantedState.STOPPED: {"stop", "pause", "restart"},
        }[WantedState(bot.wanted_state)]
        allowed = super().get_actions_detail(request, object_id)
        return [each for each in allowed if each.method.original_function_name not in pointless]

    @dialog_action(
        label=_("Start"),
        path="start",
        icon="play_arrow",
        variant="SUCCESS",
        question=_("The bot begins to receive and to answer."),
        button=_("Start"),
        permissions=("start_stop",),
    )
    def start(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._want(request, object_id, WantedState.RUNNING)

    @dialog_action(
        label=_("Pause"),
        path="pause",
        icon="pause",
        question=_("The bot keeps what people write and answers when it is started again."),
        button=_("Pause"),
        permissions=("start_stop",),
    )
    def pause(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._want(request, object_id, WantedState.PAUSED)

    @dialog_action(
        label=_("Stop"),
        path="stop",
        icon="stop",
        question=_("The bot finishes what is in hand and falls silent. Telegram keeps updates for 24 hours."),
        button=_("Stop"),
        permissions=("start_stop",),
    )
    def stop(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._want(request, object_id, WantedState.STOPPED)

    @dialog_action(
        label=_("Restart"),
        path="restart",
        icon="restart_alt",
        question=_("Only this bot starts anew; nothing is lost, and the others do not notice."),
        button=_("Restart"),
        permissions=("start_stop",),
    )
    def restart(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._act(request, object_id, restart_bot, done=_("“%s” starts anew."))

    @unfold_action(
        description=_("Replace token"), url_path="replace-token", icon="key", permissions=["change"]
    )  # type: ignore[untyped-decorator]
    def replace_token(self, request: HttpRequest, object_id: str) -> HttpResponse:
        bot = self.get_object(request, object_id)
        if bot is None:
            raise Http404
        to = reverse("bot-token:page", args=[bot.id])
        if request.headers.get("HX-Request"):
            # A list that was loaded long ago still asks for a dialog.
            return HttpResponse(headers={"HX-Redirect": to})
        return HttpResponseRedirect(to)

    @admin.action(description=_("Start"), permissions=["start_stop"])
    def start_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, partial(set_wanted_state, wanted=WantedState.RUNNING))

    @admin.action(description=_("Pause"), permissions=["start_stop"])
    def pause_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, partial(set_wanted_state, wanted=WantedState.PAUSED))

    @admin.action(description=_("Stop"), permissions=["start_stop"])
    def stop_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, partial(set_wanted_state, wanted=WantedState.STOPPED))

    @admin.action(description=_("Restart"), permissions=["start_stop"])
    def restart_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, restart_bot)

    def _want(self, request: HttpRequest, object_id: str, wanted: WantedState) -> HttpResponse:
        done = {
            WantedState.RUNNING: _("“%s” is being started."),
            WantedState.PAUSED: _("“%s” is being paused."),
            WantedState.STOPPED: _("“%s” is being stopped."),
        }[wanted]
        return self._act(request, object_id, partial(set_wanted_state, wanted=wanted), done=done)

    def _act(
        self, request: HttpRequest, object_id: str, service: Callable[..., object], *, done: Any
    ) -> HttpResponse:
        bot = self.get_object(request, object_id)
        if bot is None:
            raise Http404
        if self.attempt(request, partial(service, bot_id=bot.id), done=str(done) % bot.name):
            self.log_change(request, bot, str(done) % bot.name)
        return self.back(request)

    def _each(self, request: HttpRequest, bots: QuerySet[Bot], service: Callable[..., object]) -> None:
        for bot in bots:
            if not self.has_start_stop_permission(request, bot):
                messages.error(request, _("Your role in “%s” does not allow this.") % bot.name)
                continue
            bot_id: UUID = bot.id
            self.attempt(request, partial(service, bot_id=bot_id), done=str(_("“%s”: done.")) % bot.name)

"""The list of bots: what is wanted of them, what is seen of them, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bots.admin.base import CountedList
from bots.admin.bot_cells import cells, face, lines_of, live
from bots.models import Bot

if TYPE_CHECKING:
    from collections.abc import Mapping


class BotList(CountedList):
    """A page of the list, whose figures are looked up for all of its bots at once."""

    def get_results(self, request: HttpRequest) -> None:
        """The bots of this page, each with its pieces."""
        super().get_results(request)
        bots: list[Bot] = list(self.result_list)
        for line in lines_of(bots):
            line.bot.__dict__["pieces"] = cells(request, line)
        self.result_list = bots


class BotColumns:
    """What a line of the list shows. All of it but the name moves while somebody looks."""

    list_display: Any = ("who", "state", "last_poll", "waiting", "errors", "cost", "buttons")
    list_display_links = ("who",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BotList]:  # noqa: ARG002
        return BotList

    @admin.display(description=_("bot"), ordering="name")
    def who(self, bot: Bot) -> SafeString:
        username = f"@{bot.username}" if bot.username else bot.slug
        return format_html(
            '<span class="bot-who">{}<span class="bot-names"><strong><bdi>{}</bdi></strong>'
            '<span class="bot-aside">{}</span></span></span>',
            face(bot),
            bot.name,
            username,
        )

    @admin.display(description=_("state"), ordering="status__state")
    def state(self, bot: Bot) -> SafeString:
        return format_html('<span class="bot-stack">{}{}</span>', _live(bot, "state"), _live(bot, "trouble"))

    @admin.display(description=_("last poll"), ordering="status__last_poll_at")
    def last_poll(self, bot: Bot) -> SafeString:
        return _live(bot, "poll")

    @admin.display(description=_("waiting"))
    def waiting(self, bot: Bot) -> SafeString:
        return _live(bot, "waiting")

    @admin.display(description=_("errors, 24 h"))
    def errors(self, bot: Bot) -> SafeString:
        return _live(bot, "errors")

    @admin.display(description=_("cost today"))
    def cost(self, bot: Bot) -> SafeString:
        return _live(bot, "cost")

    @admin.display(description=_("do"))
    def buttons(self, bot: Bot) -> SafeString:
        return _live(bot, "buttons")


def _live(bot: Bot, name: str) -> SafeString:
    pieces: Mapping[str, SafeString] = bot.__dict__["pieces"]
    return live(bot.id, name, pieces[name])

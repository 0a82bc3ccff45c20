"""Saved replies: what operators say again and again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

import dashboard.person.actions
import dashboard.person.parts  # noqa: F401 - what this room brings to a person's page
from bots.admin import board
from bots.admin.base import Admin, may
from bots.admin.faces import short
from bots.roles import Capability
from dashboard.bots.figures import commands, count
from dashboard.permissions import may_answer
from sessions_app.models import SavedReply

board.use(counting=count, listing=commands)


@admin.register(SavedReply)
class SavedReplyAdmin(Admin):
    """Words to use again, the same for all bots. `{name}` becomes the person's first name."""

    list_display = ("name", "language", "beginning")
    search_fields = ("name", "text")
    list_filter = ("language",)
    ordering = ("name",)
    fields = ("name", "language", "text")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {
            "language": _("ru or en; leave it empty to offer it to everybody."),
            "text": _("{name} becomes the person's first name."),
        }
        return super().get_form(request, obj, change=change, **kwargs)

    @admin.display(description=_("text"))
    def beginning(self, reply: SavedReply) -> str:
        return short(reply.text)

    def has_module_permission(self, request: HttpRequest) -> bool:
        # Whoever reads conversations, in any bot.
        return may(request, Capability.SEE_WORDS)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return may(request, Capability.SEE_WORDS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_answer(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return may_answer(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return may_answer(request)

"""The page on which a broadcast is written: everything in one form, of which each button sends the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bots.admin.base import bots_where
from bots.models import Bot
from bots.roles import Capability
from broadcast.admin.asking import FIELDS, TEXT, Asked, answer, checked_bots, mistakes
from broadcast.admin.faces import may_see_people, state_badge
from broadcast.admin.forms import KINDS, DraftForm
from broadcast.admin.looking import looks
from broadcast.admin.typed import LABELS, MOST_LANGUAGES, Typed
from broadcast.content import MOST_BUTTONS, MOST_VARIANTS, Content, ContentError, from_json, to_json
from broadcast.contracts import By
from broadcast.criteria.contracts import LONGEST_TEXT
from broadcast.models import Broadcast, BroadcastFile
from broadcast.selectors.segments import segment_criteria, segment_names
from broadcast.services.draft import (
    File,
    attach_file,
    detach_file,
    draft_broadcast,
    draft_of,
    rewrite_broadcast,
)
from broadcast.services.keep_segment import forget_segment, keep_segment
from broadcast.states import BroadcastState
from broadcast.wording import VARIABLES, compiled
from core.errors import AppError

# Where the form leads once it is saved.
_SAVED: Final = {"save": "write", "look": "look", "start": "start"}
_COMMON_LANGUAGES: Final = (("ru", gettext_lazy("Russian")), ("en", gettext_lazy("English")))
_VARIABLES: Final = {
    "name": gettext_lazy("first name"),
    "stage": gettext_lazy("the stage they are on"),
    "stream": gettext_lazy("the programme that interests them"),
    "bot": gettext_lazy("what the bot is called"),
    "days": gettext_lazy("days since they came"),
}


def address(page: str, broadcast_id: UUID) -> str:
    return reverse(f"admin:broadcast_broadcast_{page}", args=[broadcast_id])


class Writing:
    """One look at the form, or one sending of it."""

    def __init__(self, request: HttpRequest, broadcast: Broadcast | None, *, by: By) -> None:
        self.request, self.broadcast, self.by = request, broadcast, by
        # Those of whose people one may write to many.
        self.bots = bots_where(request, Capability.BROADCAST)
        self.errors: list[str] = []
        self.notes: list[str] = []
        sent = request.POST if request.method == "POST" else None
        self.is_tried = False
        if sent is None:
            draft = draft_of(broadcast) if broadcast else None
            self.form = DraftForm(bot_ids=self.bots, draft=draft, kind=broadcast.media if broadcast else "")
            self.asked = Asked.from_text(broadcast.criteria if broadcast else self._segment_named())
            self.typed = Typed.from_content(_content(broadcast), languages=_languages(broadcast, self.bots))
        else:
            self.form = DraftForm(sent, request.FILES, bot_ids=self.bots)
            self.asked = Asked.from_sent(sent)
            self.typed = Typed.from_sent(sent)

    def _segment_named(self) -> str:
        """The criteria of a saved segment that the address names; none are everybody's."""
        segment_id = _uuid(self.request.GET.get("segment"))
        return (segment_criteria(segment_id=segment_id) if segment_id else None) or ""

    def act(self) -> HttpResponse | None:
        """Do what the button says; None where the form is to be shown again."""
        op = self.request.POST.get("op", "save")
        if op in _SAVED:
            return self._save(_SAVED[op])
        name, _colon, _rest = op.partition(":")
        if name == "fields":
            self.asked = self._switched(FIELDS)
        elif name == "text":
            self.asked = self._switched(TEXT)
        elif name == "segment-apply":
            self._apply_segment()
        elif name == "segment-keep":
            self._keep_segment()
        elif name == "segment-forget":
            self._forget_segment()
        else:
            self.typed.change(op, self.request.POST)
        return None

    # Saving

    def _save(self, page: str) -> HttpResponse | None:
        self.is_tried = True
        is_fit = self.form.is_valid()
        if self.asked.mode == FIELDS and self.asked.error is not None:
            self.errors.append(_("The criteria are not understood yet: see below."))
            is_fit = False
        if len(self.asked.kept) > LONGEST_TEXT:
            self.errors.append(
                _("The criteria are longer than %(most)d characters.") % {"most": LONGEST_TEXT}
            )
            is_fit = False
        if self._is_overtaken():
            self.errors.append(
                _(
                    "Somebody has changed this broadcast since you opened the page. Compare with theirs in "
                    "another tab, and save here once more to replace it."
                )
            )
            is_fit = False
        if not is_fit:
            return None
        draft = self.form.draft(criteria=self.asked.kept, content=to_json(self.typed.content()))
        was_open = self.broadcast is not None and self.broadcast.state != BroadcastState.DRAFT
        try:
            if self.broadcast is None:
                self.broadcast = draft_broadcast(draft=draft, by=self.by)
            else:
                self.broadcast = rewrite_broadcast(broadcast_id=self.broadcast.id, draft=draft, by=self.by)
        except AppError as error:
            self.errors.append(error.message or error.code)
            return None
        if was_open:
            messages.warning(self.request, _("It is a draft again, and has to be started anew."))
        if self._save_file(self.broadcast):
            messages.success(self.request, _("Saved."))
        else:
            page = "write"
        return HttpResponseRedirect(address(page, self.broadcast.id))

    def _save_file(self, broadcast: Broadcast) -> bool:
        """Attach or remove the file; whether that went well. The rest is saved already."""
        typed = self.form.cleaned_data
        file = typed.get("file")
        try:
            if file:
                attach_file(
                    broadcast_id=broadcast.id,
                    kind=typed["kind"] or "document",
                    file=File(file.name, file.content_type or "", file.read()),
                    by=self.by,
                )
            elif typed["detach"] and broadcast.media:
                detach_file(broadcast_id=broadcast.id, by=self.by)
        except AppError as error:
            messages.error(
                self.request, _("Saved, but without the file: %(why)s") % {"why": error.message or error.code}
            )
            return False
        return True

    def _is_overtaken(self) -> bool:
        seen = self.request.POST.get("seen")
        return bool(self.broadcast and seen and seen != self.broadcast.changed_at.isoformat())

    # Criteria

    def _switched(self, mode: str) -> Asked:
        switched = self.asked.switched(mode)
        if switched.mode != mode:
            self.errors.append(_("Put the criteria right first: what is not understood has no other form."))
        return switched

    def _apply_segment(self) -> None:
        segment_id = _uuid(self.request.POST.get("segment"))
        criteria = segment_criteria(segment_id=segment_id) if segment_id else None
        if criteria is None:
            self.errors.append(_("Choose a saved segment first."))
            return
        mode = self.asked.mode
        self.asked = Asked.from_text(criteria).switched(mode)

    def _keep_segment(self) -> None:
        if self.asked.error is not None:
            self.errors.append(_("The criteria are not understood yet: see below."))
            return
        try:
            segment = keep_segment(
                name=self.request.POST.get("segment-name") or "", criteria=self.asked.kept, by=self.by
            )
        except AppError as error:
            self.errors.append(error.message or error.code)
            return
        self.notes.append(_("Saved as “%(name)s”.") % {"name": segment.name})

    def _forget_segment(self) -> None:
        segment_id = _uuid(self.request.POST.get("segment"))
        try:
            is_gone = segment_id is not None and forget_segment(segment_id=segment_id, by=self.by)
        except AppError as error:
            self.errors.append(error.message or error.code)
            return
        if is_gone:
            self.notes.append(_("The segment is removed; broadcasts keep their own criteria."))
        else:
            self.errors.append(_("Choose a saved segment first."))

    # What the page shows

    def context(self) -> dict[str, Any]:
        """What the template needs; a check of the criteria only where somebody asked for it."""
        broadcast = self.broadcast
        file = None
        if broadcast and broadcast.media:
            file = BroadcastFile.objects.filter(broadcast=broadcast).defer("content").first()
        op = self.request.POST.get("op", "") if self.request.method == "POST" else ""
        return {
            "broadcast": broadcast,
            "state": state_badge(broadcast.state) if broadcast else "",
            "seen": self._seen(),
            "form": self.form,
            "is_tried": self.is_tried,
            "errors": self.errors,
            "notes": self.notes,
            "asked": self.asked,
            "answer": self.answer() if op == "check" else {"mistakes": mistakes(self.asked)},
            "segments": segment_names(),
            "variants": [
                {
                    "number": number,
                    "label": LABELS[number],
                    "texts": [(code, texts[code]) for code in self.typed.languages],
                }
                for number, texts in enumerate(self.typed.variants)
            ],
            "languages": self.typed.languages,
            "fallback": self.typed.fallback,
            "more_languages": [each for each in _COMMON_LANGUAGES if each[0] not in self.typed.languages],
            "may_add_variant": len(self.typed.variants) < MOST_VARIANTS,
            "may_add_language": len(self.typed.languages) < MOST_LANGUAGES,
            "most_buttons": MOST_BUTTONS,
            "variables": variables(),
            "file": file,
            "kind": dict(KINDS).get(broadcast.media, "") if broadcast else "",
        }

    def answer(self) -> dict[str, Any]:
        """What the criteria come to."""
        return answer(
            self.asked,
            bot_ids=checked_bots(self.request, self.bots),
            rate=_rate(self.request.POST),
            may_see_people=may_see_people(self.request),
        )

    def looks(self) -> dict[str, Any]:
        """The texts as they will look."""
        media = self.request.POST.get("kind") or ""
        has_file = bool(self.request.POST.get("has-file"))
        return {
            **looks(
                self.typed.content(),
                media=media if has_file and media in dict(KINDS) else "",
                bot_ids=checked_bots(self.request, self.bots),
                criteria=self.asked.kept if self.asked.error is None else "",
                may_see_people=may_see_people(self.request),
            ),
            "broadcast": self.broadcast,
        }

    def _seen(self) -> str:
        if self.broadcast is None:
            return ""
        # Once told, saving again replaces what the other has written.
        return self.broadcast.changed_at.isoformat()


def variables() -> list[dict[str, str]]:
    """What can stand in a text, and what stands there for those of whom it is not known."""
    return [
        {
            "name": name,
            "written": f"{{{name}}}",
            "about": str(_VARIABLES.get(name, name)),
            "ru": compiled(f"{{{name}}}").filled({}, "ru"),
            "en": compiled(f"{{{name}}}").filled({}, "en"),
        }
        for name in VARIABLES
    ]


def fragment(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A part of a page, for our script."""
    return render(request, template, context)


def _content(broadcast: Broadcast | None) -> Content:
    if broadcast is None:
        return Content((), "")
    try:
        return from_json(broadcast.content)
    except ContentError:
        # It is told as a problem where it is to be started; here it is written anew.
        return Content((), "")


def _languages(broadcast: Broadcast | None, bots: Sequence[UUID]) -> list[str]:
    """The languages of the bots that write."""
    bot_ids = broadcast.bot_ids if broadcast else bots
    rows = Bot.objects.filter(id__in=bot_ids).order_by("language").values_list("language", flat=True)
    return list(rows.distinct()[:2])


def _rate(sent: QueryDict) -> float | None:
    try:
        said = float((sent.get("rate") or "").replace(",", "."))
    except ValueError:
        return None
    return said if 0.1 <= said <= 1000 else None


def _uuid(said: str | None) -> UUID | None:
    try:
        return UUID(said or "")
    except ValueError:
        return None

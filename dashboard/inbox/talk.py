"""One conversation, for its templates: the bar, what was said, drafts, the place to write, and who it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bots.admin.signs import SIGNS
from core.clock import clock
from core.numbers import decimal
from dashboard.inbox import faces
from dashboard.permissions import may_answer, may_see_why, reader_of
from dashboard.selectors.team_of import team_of
from journey.selectors.stage_names import stage_names
from sessions_app.selectors.crisis_signs import crisis_signs
from sessions_app.selectors.inbox_talk import InboxTalk
from sessions_app.selectors.open_drafts import open_drafts
from sessions_app.selectors.saved_replies import saved_replies
from sessions_app.selectors.transcript import Mark, Place, Said, Stretch, transcript
from sessions_app.selectors.why_said import why_said

# What one person says within this time stands together.
_TOGETHER = 300.0
_NEW = "new"
_TIME_UP = "time_up"


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation that a member of staff may read now."""

    request: HttpRequest
    talk: InboxTalk
    # Up to when it was read as the page was opened: the mark before what is new stays where it was.
    read_at: datetime | None = None

    @property
    def reader_id(self) -> int:
        return reader_of(self.request).pk

    @property
    def name(self) -> str:
        talk = self.talk
        return faces.called(talk.first_name, talk.last_name, talk.username, talk.telegram_id)

    @property
    def is_mine(self) -> bool:
        return self.talk.is_held and self.talk.operator_id == self.reader_id

    def rendered(self, template: str, context: dict[str, Any]) -> str:
        """A part of the page."""
        return render_to_string(f"dashboard/{template}.html", {**self.common(), **context}, self.request)

    def common(self) -> dict[str, Any]:
        """What all parts know."""
        talk = self.talk
        return {
            "talk": talk,
            "name": self.name,
            "initial": faces.initial(self.name),
            "may_answer": may_answer(self.request, talk.bot_id),
            "may_see_why": may_see_why(self.request, talk.bot_id),
            "is_mine": self.is_mine,
            "is_held": talk.is_held,
            "holder": str(talk.operator_id or ""),
            "is_drafting": talk.mode == "drafts",
            "may_write_to": (
                talk.consented_at is not None and not talk.is_underage and talk.blocked_at is None
            ),
        }

    def bar(self) -> dict[str, Any]:
        """Who answers, and what can be done about it."""
        talk = self.talk
        is_put_off = talk.snoozed_until is not None and talk.snoozed_until > clock.now()
        return {
            "taken": faces.clock_time(talk.taken_at) if talk.taken_at else "",
            "until": faces.clock_time(talk.hand_back_at) if talk.hand_back_at else "",
            "need": faces.NEEDS.get(talk.need, ""),
            "needed": faces.exactly(talk.needed_at),
            "put_off": faces.exactly(talk.snoozed_until) if is_put_off else "",
        }

    def flow(self, *, since: datetime | None = None, before: Place | None = None) -> dict[str, Any]:
        """A stretch of what was said; `read_at` puts the mark before what is new."""
        stretch = transcript(
            bot_id=self.talk.bot_id,
            conversation_id=self.talk.conversation_id,
            profile_id=self.talk.profile_id,
            since=since,
            before=before,
        )
        if before is None:
            stretch = self._with_end_of_time(stretch)
        return {
            "entries": self._entries(stretch),
            "since": stretch.since.isoformat(),
            "older": f"{stretch.older.at.isoformat()}~{stretch.older.message_id}" if stretch.older else "",
        }

    def _with_end_of_time(self, stretch: Stretch) -> Stretch:
        """What no event says: that nobody handed back, and the bot answers again all the same."""
        talk = self.talk
        if (
            talk.mode != "human"
            or talk.is_held
            or talk.hand_back_at is None
            or talk.hand_back_at < stretch.since
        ):
            return stretch
        mark = Mark(talk.conversation_id, talk.hand_back_at, _TIME_UP, "", "", talk.operator_name)
        return replace(stretch, entries=tuple(sorted((*stretch.entries, mark), key=lambda entry: entry.at)))

    def drafts(self) -> dict[str, Any]:
        """Answers of the model that wait for somebody to agree."""
        rows = open_drafts(bot_id=self.talk.bot_id, conversation_id=self.talk.conversation_id)
        return {
            "drafts": [
                {
                    "id": row.id,
                    "text": row.text,
                    "when": faces.exactly(row.created_at),
                    "rows": min(12, 2 + len(row.text) // 60),
                }
                for row in rows
            ]
        }

    def composer(self) -> dict[str, Any]:
        """The place to write, for whoever holds the conversation; notes for the others."""
        replies = saved_replies(language=self.talk.language, name=self._first_name()) if self.is_mine else []
        return {"replies": replies, "numbers": (1, 2, 3), "kind": self.kind}

    @property
    def kind(self) -> str:
        """Which composer it is: another one takes the place of the old one, the same stays with what is typed in it."""
        return "mine" if self.is_mine else "notes"

    def aside(self) -> dict[str, Any]:
        """Who it is, and what the team has agreed on."""
        talk = self.talk
        names = stage_names(language=get_language() or "en")
        signs = crisis_signs(bot_id=talk.bot_id, profile_id=talk.profile_id)
        return {
            "stage": names.get(talk.journey_stage, talk.journey_stage),
            "seen": faces.exactly(talk.last_seen_at),
            "met": faces.exactly(talk.met_at),
            "session": faces.KINDS.get(talk.session_kind, talk.session_kind),
            "session_since": faces.exactly(talk.started_at),
            "signs": [(SIGNS.get(sign, sign), faces.exactly(at)) for sign, at in signs],
            "team": team_of(bot_id=talk.bot_id) if may_answer(self.request, self.talk.bot_id) else [],
        }

    def why(self, message_id: UUID) -> dict[str, Any] | None:
        """How an answer came about."""
        talk = self.talk
        found = why_said(bot_id=talk.bot_id, conversation_id=talk.conversation_id, message_id=message_id)
        if found is None:
            return None
        names = stage_names(language=get_language() or "en")
        return {
            "why": found,
            "cost": decimal(f"{found.cost_micros / 1_000_000:.6f}".rstrip("0").rstrip(".")),
            "took": decimal(f"{(found.latency_ms or 0) / 1000:.1f}") if found.latency_ms is not None else "",
            "stage": names.get(found.stage, found.stage),
            "session": faces.KINDS.get(found.session_kind, found.session_kind),
        }

    def parts(self, *, since: datetime | None) -> dict[str, str]:
        """All that may have changed, rendered."""
        return {
            "bar": self.rendered("bar", self.bar()),
            "flow": self.rendered("flow", self.flow(since=since)),
            "drafts": self.rendered("drafts", self.drafts()),
            "composer": self.rendered("composer", self.composer()),
        }

    def _first_name(self) -> str:
        return faces.called(self.talk.first_name, "", "", 0) if self.talk.first_name.strip() else self.name

    def _entries(self, stretch: Stretch) -> list[dict[str, Any]]:
        """Each thing as the template wants it, with the day before the first of a day, and what is new marked."""
        shown: list[dict[str, Any]] = []
        is_new_marked = False
        for earlier, entry in pairwise((None, *stretch.entries)):
            assert entry is not None  # noqa: S101 - only the first of all pairs begins with None
            day = faces.day_of(entry.at)
            if earlier is None or faces.day_of(earlier.at) != day:
                shown.append({"kind": "day", "key": f"day-{entry.at:%Y%m%d}-{entry.id}", "text": day})
            if not is_new_marked and self._is_new(entry):
                is_new_marked = True
                if earlier is not None:
                    shown.append({"kind": _NEW, "key": _NEW})
            shown.append(self._said(entry, earlier) if isinstance(entry, Said) else _marked(entry))
        return shown

    def _is_new(self, entry: Said | Mark) -> bool:
        read_at = self.read_at or self.talk.read_at
        return (
            isinstance(entry, Said)
            and read_at is not None
            and entry.at > read_at
            and entry.operator_id is None
        )

    def _said(self, said: Said, earlier: Said | Mark | None) -> dict[str, Any]:
        side = "user" if said.role == "user" else "system" if said.role == "system" else "bot"
        who = ""
        if said.operator_id is not None:
            side = "team"
            who = _("you") if said.operator_id == self.reader_id else said.operator_name or _("the team")
        icon, media = faces.MEDIA.get(said.text.strip(), ("", ""))
        if said.has_photo:
            icon, media = "photo_camera", _("Photo")
        elif not said.text.strip():
            icon, media = (
                ("photo_camera", _("Photo")) if side == "team" else ("attach_file", _("Without words"))
            )
        state_icon, state = faces.SENDING.get(said.sending, ("", ""))
        return {
            "kind": "said",
            "key": str(said.id),
            "side": side,
            "who": who,
            "text": "" if media and not said.has_photo else said.text,
            "media": media,
            "photo": said.photo_id,
            "buttons": said.buttons,
            "icon": icon,
            "time": faces.clock_time(said.at),
            "at": said.at.isoformat(),
            "is_edited": said.edited_at is not None,
            "state": state,
            "state_icon": state_icon,
            "is_lost": said.sending in ("failed", "unknown"),
            "is_together": _are_together(earlier, said),
            "has_why": side == "bot",
        }


def _are_together(earlier: Said | Mark | None, said: Said) -> bool:
    return (
        isinstance(earlier, Said)
        and (earlier.role, earlier.operator_id) == (said.role, said.operator_id)
        and (said.at - earlier.at).total_seconds() < _TOGETHER
        and faces.day_of(earlier.at) == faces.day_of(said.at)
    )


def _marked(mark: Mark) -> dict[str, Any]:
    if mark.kind == "note":
        return {
            "kind": "note",
            "key": f"note-{mark.id}",
            "who": mark.by_name or _("the team"),
            "text": mark.text,
            "time": faces.clock_time(mark.at),
        }
    by = mark.by_name or _("somebody who is gone")
    words = {
        "conversation.taken_over": _("%(who)s took over") % {"who": by},
        "conversation.handed_back": _("%(who)s handed back to the bot") % {"who": by},
        _TIME_UP: _("%(who)s wrote nothing for a while: the bot answers again") % {"who": by},
        "conversation.drafts_on": _("%(who)s asked for drafts") % {"who": by},
        "conversation.drafts_off": _("%(who)s let the bot answer by itself") % {"who": by},
        "crisis.detected": _("Sign of crisis: %(sign)s") % {"sign": SIGNS.get(mark.what, mark.what)},
        "began": _("A %(kind)s begins") % {"kind": faces.KINDS.get(mark.what, mark.what)},
        "ended": _("The session is ended")
        if mark.what == "completed"
        else _("The session is left for another one"),
    }
    return {
        "kind": "mark",
        "key": f"{mark.kind}-{mark.id}",
        "text": words.get(mark.kind, mark.kind),
        "time": faces.clock_time(mark.at),
        "is_crisis": mark.kind == "crisis.detected",
    }

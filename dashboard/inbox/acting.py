"""What the buttons of a conversation do: each reads its form, calls one service, and says how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bots.admin.base import not_there
from broadcast.attachments import MEGABYTE
from broadcast.markup import is_link
from core.clock import clock
from dashboard.inbox import faces
from dashboard.inbox.talk import Opened
from dashboard.selectors.team_of import team_of
from dashboard.services.answer_person import Upload, answer_person
from sessions_app.contracts import Button
from sessions_app.errors import InboxError
from sessions_app.services.decide_draft import decide_draft
from sessions_app.services.take_over import ask_for_drafts, hand_back, take_over
from sessions_app.services.tend_inbox import (
    add_note,
    assign_conversation,
    mark_conversation,
    settle_need,
    snooze_conversation,
)

MOST_BUTTONS: Final = 3
_LONGEST_LABEL: Final = 60
_LARGEST: Final = 10 * MEGABYTE
_MORNING: Final = time(9, 0)


def act(opened: Opened, action: str) -> str:
    """Do it, and return what to say about it. Raises LookupError for no such action, AppError for a refusal."""
    return ACTIONS[action](opened)


def _take(opened: Opened) -> str:
    # Who held it as the page was shown; another one since then is not pushed aside unknowingly.
    holder = opened.request.POST.get("instead-of", "")
    instead_of = opened.talk.operator_id if holder and holder == str(opened.talk.operator_id) else None
    take_over(**_where(opened), user_id=opened.reader_id, instead_of=instead_of)
    return _("You answer now. The bot is silent.")


def _hand_back(opened: Opened) -> str:
    hand_back(**_where(opened), user_id=opened.reader_id)
    return _("The bot answers again.")


def _drafts(opened: Opened) -> str:
    is_on = opened.request.POST.get("on") == "1"
    ask_for_drafts(**_where(opened), user_id=opened.reader_id, is_on=is_on)
    return _("The bot writes drafts; you send them.") if is_on else _("The bot answers by itself again.")


def _say(opened: Opened) -> str:
    request = opened.request
    file = request.FILES.get("photo")
    if file is not None and (file.size or 0) > _LARGEST:
        raise InboxError("media", _("The picture is larger than 10 MB."))
    answer_person(
        **_where(opened),
        chat_id=opened.talk.chat_id,
        user_id=opened.reader_id,
        text=_text(request),
        buttons=_buttons(request),
        photo=Upload(file.name or "photo", file.read()) if file else None,
    )
    return ""


def _draft(opened: Opened) -> str:
    request = opened.request
    is_sent = request.POST.get("decision") == "send"
    asked = request.POST.get("draft", "")
    try:
        decide_draft(
            **_where(opened),
            draft_id=UUID(asked),
            user_id=opened.reader_id,
            text=_text(request) if is_sent else None,
        )
    except ValueError:
        not_there(request, asked[:64])
    except InboxError as error:
        if error.code == "inbox.unknown":
            not_there(request, asked)
        raise
    return "" if is_sent else _("The draft is dropped.")


def _note(opened: Opened) -> str:
    add_note(**_where(opened), user_id=opened.reader_id, text=_text(opened.request))
    return ""


def _assign(opened: Opened) -> str:
    chosen = opened.request.POST.get("to", "")
    if not chosen:
        assign_conversation(**_where(opened), user_id=None)
        return _("It is nobody's in particular now.")
    team = {str(user_id): (user_id, name) for user_id, name in team_of(bot_id=opened.talk.bot_id)}
    if chosen not in team:
        not_there(opened.request, chosen[:64])
    user_id, name = team[chosen]
    assign_conversation(**_where(opened), user_id=user_id)
    return _("It is %(name)s's now.") % {"name": name}


def _snooze(opened: Opened) -> str:
    until = _until(opened)
    snooze_conversation(**_where(opened), until=until)
    return _("It is put off.") if until else _("It is back.")


def _done(opened: Opened) -> str:
    settle_need(**_where(opened))
    return _("Done.")


def _mark(opened: Opened) -> str:
    mark_conversation(**_where(opened))
    return _("It stands among those that need a human.")


ACTIONS: Final[Mapping[str, Callable[[Opened], str]]] = {
    "take": _take,
    "hand-back": _hand_back,
    "drafts": _drafts,
    "say": _say,
    "draft": _draft,
    "note": _note,
    "assign": _assign,
    "snooze": _snooze,
    "done": _done,
    "mark": _mark,
}


def _where(opened: Opened) -> dict[str, UUID]:
    return {"bot_id": opened.talk.bot_id, "conversation_id": opened.talk.conversation_id}


def _text(request: HttpRequest) -> str:
    # Browsers end lines as in letters of old; PostgreSQL keeps no NUL.
    return request.POST.get("text", "").replace("\r\n", "\n").replace("\x00", "")


def _buttons(request: HttpRequest) -> list[Button]:
    """Up to three buttons, each a link. Raises InboxError `button`."""
    buttons = []
    for number in range(1, MOST_BUTTONS + 1):
        label = request.POST.get(f"label-{number}", "").replace("\x00", "").strip()
        url = request.POST.get(f"url-{number}", "").replace("\x00", "").strip()
        if not label and not url:
            continue
        if not label or len(label) > _LONGEST_LABEL:
            raise InboxError("button", _("A button needs words, 60 characters at most."))
        if not is_link(url) or len(url) > 2000:
            raise InboxError("button", _("A button leads to an address, for example https://example.com."))
        buttons.append(Button(label=label, url=url))
    return buttons


def _until(opened: Opened) -> datetime | None:
    """Until when it is put off, in the bot's time; None for not at all. Raises InboxError `date`."""
    asked = opened.request.POST.get("for", "")
    now = clock.now()
    if asked == "hour":
        return now + timedelta(hours=1)
    zone = faces.zone(opened.talk.timezone)
    if asked == "tomorrow":
        day = now.astimezone(zone).date() + timedelta(days=1)
    elif asked == "date":
        try:
            day = (
                datetime.strptime(opened.request.POST.get("date", ""), "%Y-%m-%d").replace(tzinfo=UTC).date()
            )
        except ValueError as error:
            raise InboxError("date", _("Choose a day first.")) from error
    else:
        return None
    return datetime.combine(day, _MORNING, tzinfo=zone)

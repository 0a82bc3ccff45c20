"""/broadcast in Telegram: criteria, text, a look at it, confirmation; then progress in one message that is edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from bots.models import Bot
from broadcast.audience import known_words
from broadcast.book import letters_of
from broadcast.content import Content, Variant, Wording, check_content, problems_told, to_json
from broadcast.contracts import By, Candidate
from broadcast.criteria.description import described
from broadcast.criteria.errors import CriteriaError
from broadcast.criteria.parsing import parse
from broadcast.criteria.telling import told
from broadcast.errors import BroadcastError
from broadcast.keys import AWAITS_CRITERIA, AWAITS_TEXT
from broadcast.models import Broadcast, BroadcastShare, Segment
from broadcast.selectors.estimate import estimate
from broadcast.services.draft import Draft, draft_broadcast, draft_of, rewrite_broadcast
from broadcast.services.lifecycle import (
    ask_to_start,
    cancel_broadcast,
    confirm_start,
    pause_broadcast,
    resume_broadcast,
)
from broadcast.services.report_progress import progress_of
from broadcast.states import BroadcastState
from broadcast.telling import confirmation, criteria_asked, listed, text_asked
from broadcast.wording import VARIABLES, filled
from core.clock import clock
from mailbox.contracts import Post
from mailbox.services.post import post
from sessions_app.contracts import Line, Visit
from sessions_app.lines import line
from sessions_app.posts import send_params
from sessions_app.rendering import Html, plain
from sessions_app.services.answer import answer

_MOST_SEGMENTS = 6
_TITLE = 40


def open_dialog(*, visit: Visit, is_new: bool = False) -> None:
    """/broadcast: what is under way here; or, where nothing is, a new one."""
    by = _by(visit)
    live = Broadcast.objects.filter(
        bot_ids=[visit.bot_id], state__in=["awaiting", "scheduled", "freezing", "running", "paused"]
    )
    found = [(each.id.hex, each.title, each.state) for each in live.order_by("-created_at")[:5]]
    if found and not is_new:
        answer(visit=visit, lines=[listed(visit.language, found)])
        return
    # Half-written ones of before are not gone back to.
    Broadcast.objects.filter(
        bot_ids=[visit.bot_id], state=BroadcastState.DRAFT.value, asked_by_telegram_id=by.telegram_id
    ).delete()
    broadcast = draft_broadcast(
        draft=Draft(title="Telegram", bot_ids=[visit.bot_id], criteria="", content={}), by=by
    )
    _ask_criteria(visit, broadcast)


def take_words(*, visit: Visit, html: str) -> None:
    """The admin has written what was asked for; `html` is their text with its formatting."""
    said = "\n".join(each.text for each in visit.words).strip()
    awaits, _, name = visit.awaits.rpartition(":")
    broadcast = _draft(visit, name)
    if broadcast is None:
        answer(visit=visit, lines=[line("broadcast.gone", visit.language)])
    elif f"{awaits}:" == AWAITS_CRITERIA:
        _take_criteria(visit, broadcast, said)
    else:
        _take_text(visit, broadcast, html)


def tap_dialog(*, visit: Visit, what: str, name: str, more: str) -> None:
    """A button of the dialog was tapped."""
    if what == "new":
        open_dialog(visit=visit, is_new=True)
        return
    broadcast = _found(visit, name)
    step = _STEPS.get(what)
    if broadcast is None or step is None:
        answer(visit=visit, lines=[line("broadcast.gone", visit.language)])
        return
    try:
        # What is refused leaves no half of it behind.
        with transaction.atomic():
            step(visit, broadcast, more)
    except BroadcastError as error:
        if error.code == "broadcast.same_person":
            answer(visit=visit, lines=[line("broadcast.same_person", visit.language)], keeps_buttons=True)
        else:
            why = error.message or error.code
            answer(visit=visit, lines=[line("broadcast.refused", visit.language, why=why)])


def _ask_criteria(visit: Visit, broadcast: Broadcast) -> None:
    segments = [(each.id.hex[:8], each.name) for each in Segment.objects.order_by("name")[:_MOST_SEGMENTS]]
    asked = criteria_asked(visit.language, broadcast_id=broadcast.id.hex, segments=segments)
    answer(visit=visit, lines=[asked], awaits=f"{AWAITS_CRITERIA}{broadcast.id.hex}")


def _take_criteria(visit: Visit, broadcast: Broadcast, said: str) -> None:
    language, awaits = visit.language, f"{AWAITS_CRITERIA}{broadcast.id.hex}"
    try:
        words = known_words()
        read = parse(said, words)
    except CriteriaError as error:
        mistake = line("broadcast.not_understood", language, told=told(error, language))
        answer(visit=visit, lines=[mistake], awaits=awaits)
        return
    audience = estimate(bot_ids=broadcast.bot_ids, criteria=said)
    sentence = described(read, words, language)
    if not audience.total and not audience.is_at_least:
        nobody = line("broadcast.nobody", language, described=sentence)
        answer(visit=visit, lines=[nobody], awaits=awaits)
        return
    broadcast = rewrite_broadcast(
        broadcast_id=broadcast.id, draft=replace(draft_of(broadcast), criteria=said), by=_by(visit)
    )
    if broadcast.content:
        _confirm(visit, broadcast)
        return
    asked = text_asked(language, described=sentence, estimate=audience)
    answer(visit=visit, lines=[asked], awaits=f"{AWAITS_TEXT}{broadcast.id.hex}")


def _take_text(visit: Visit, broadcast: Broadcast, html: str) -> None:
    language = visit.language
    content = Content((Variant("A", {language: Wording(html, ())}),), language)
    problems = check_content(content, media="", variables=tuple(VARIABLES))
    if problems:
        unfit = line("broadcast.text_unfit", language, told="\n".join(problems_told(problems[:5], language)))
        answer(visit=visit, lines=[unfit], awaits=f"{AWAITS_TEXT}{broadcast.id.hex}")
        return
    title = " ".join(plain(Html(filled(html, {}, language))).split())
    draft = replace(
        draft_of(broadcast),
        title=title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…",
        content=to_json(content),
    )
    _confirm(visit, rewrite_broadcast(broadcast_id=broadcast.id, draft=draft, by=_by(visit)))


def _confirm(visit: Visit, broadcast: Broadcast) -> None:
    """Show it as it will look to whoever writes it, and what it would be."""
    language, words = visit.language, known_words()
    audience = estimate(bot_ids=broadcast.bot_ids, criteria=broadcast.criteria, rate=broadcast.rate)
    asked = confirmation(
        language,
        broadcast_id=broadcast.id.hex,
        title=broadcast.title,
        described=described(parse(broadcast.criteria, words), words, language),
        estimate=audience,
        quiet=(broadcast.quiet_from, broadcast.quiet_until),
    )
    answer(visit=visit, lines=[line("broadcast.preview", language), _preview(visit, broadcast), asked])


def _preview(visit: Visit, broadcast: Broadcast) -> Line:
    bot = Bot.objects.get(id=visit.bot_id)
    letters, _ = letters_of(broadcast, BroadcastShare(bot_id=visit.bot_id, broadcast=broadcast), bot)
    person = visit.person
    candidate = Candidate(
        recipient_id=UUID(int=0),
        state="waiting",
        variant=0,
        tries=0,
        profile_id=person.id,
        telegram_id=person.telegram_id,
        first_name=visit.sighting.first_name,
        language=person.language,
        timezone="",
        journey_stage=person.journey_stage,
        interested_stream="",
        created_at=None,
        may=True,
        is_active=True,
        is_paused=False,
        in_distress=False,
        lately=(),
    )
    letter = letters.letter(candidate, variant=0, now=clock.now())
    return Line(Html(str(letter.params.get("text", ""))))


def _everybody(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001 - steps are called alike
    _take_criteria(visit, broadcast, "")


def _segment(visit: Visit, broadcast: Broadcast, more: str) -> None:
    found = [each for each in Segment.objects.all() if each.id.hex.startswith(more)]
    if len(found) == 1:
        _take_criteria(visit, broadcast, found[0].criteria)
    else:
        _ask_criteria(visit, broadcast)


def _other_audience(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    _ask_criteria(visit, broadcast)


def _other_text(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    words = known_words()
    asked = text_asked(
        visit.language,
        described=described(parse(broadcast.criteria, words), words, visit.language),
        estimate=estimate(bot_ids=broadcast.bot_ids, criteria=broadcast.criteria),
    )
    answer(visit=visit, lines=[asked], awaits=f"{AWAITS_TEXT}{broadcast.id.hex}")


def _drop(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    if broadcast.state == BroadcastState.DRAFT:
        broadcast.delete()
    answer(visit=visit, lines=[line("broadcast.discarded", visit.language)])


def _start(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    # "Everybody" was tapped, and is what the question said.
    broadcast = ask_to_start(broadcast_id=broadcast.id, by=_by(visit), is_sure=True)
    _report(visit, broadcast)


def _agree(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    _report(visit, confirm_start(broadcast_id=broadcast.id, by=_by(visit)))


def _pause(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    _report(visit, pause_broadcast(broadcast_id=broadcast.id, by=_by(visit)))


def _resume(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    _report(visit, resume_broadcast(broadcast_id=broadcast.id, by=_by(visit)))


def _stop(visit: Visit, broadcast: Broadcast, more: str) -> None:  # noqa: ARG001
    _report(visit, cancel_broadcast(broadcast_id=broadcast.id, by=_by(visit)))


def _report(visit: Visit, broadcast: Broadcast) -> None:
    """Tell how it stands in a message that is edited from now on; the one before stays as it is."""
    if broadcast.state == BroadcastState.AWAITING:
        answer(visit=visit, lines=[line("broadcast.must_confirm", visit.language)])
        return
    answer(visit=visit, lines=[])
    told_ = progress_of(visit.language, broadcast)
    report = Post(
        key=f"{visit.cause}:report",
        chat_id=visit.chat_id,
        method="sendMessage",
        params=send_params(visit.chat_id, told_),
        correlation_id=visit.correlation_id,
    )
    post(bot_id=visit.bot_id, posts=[report])
    Broadcast.objects.filter(id=broadcast.id).update(report_id=report.id, report_digest="")


def _found(visit: Visit, name: str) -> Broadcast | None:
    """A broadcast of this bot alone."""
    try:
        return Broadcast.objects.filter(id=UUID(hex=name), bot_ids=[visit.bot_id]).first()
    except ValueError:
        return None


def _draft(visit: Visit, name: str) -> Broadcast | None:
    broadcast = _found(visit, name)
    return broadcast if broadcast is not None and broadcast.state == BroadcastState.DRAFT else None


def _by(visit: Visit) -> By:
    return By(telegram_id=visit.person.telegram_id)


_STEPS: Mapping[str, Callable[[Visit, Broadcast, str], None]] = {
    "all": _everybody,
    "seg": _segment,
    "who": _other_audience,
    "text": _other_text,
    "drop": _drop,
    "go": _start,
    "agree": _agree,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
}

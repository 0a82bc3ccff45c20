"""Where the words come from: somebody typed them, or a session that was, redacted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dashboard.playground.contracts import Scene, Trial
from dashboard.playground.redaction import Redactor
from dashboard.selectors.past_sessions import PastMessage, PastTalk, past_talk
from journey.selectors.journey_of import journey_of
from profiles.selectors.findings_of import findings_of
from profiles.selectors.profile_card import profile_card
from sessions_app.lines import as_mapping, as_texts
from sessions_app.services.open_turns import LONGEST_HISTORY

DIAGNOSTIC: Final = "diagnostic"
NATASHA: Final = "natasha"
# These are asked about a whole session, the others about the latest words in it.
WHOLE: Final = frozenset(
    {
        "session.summary",
        "diagnostic.result",
        "analysis.stage",
        "analysis.facts",
        "analysis.portrait",
        "analysis.readiness",
    }
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody said in one go. `upto` is the id of its last message."""

    role: str
    texts: tuple[str, ...]
    upto: UUID


def kinds_for(key: str) -> tuple[str, ...]:
    """The kinds of sessions in which the prompt of this key is read."""
    if key in {"coach.diagnostic", "diagnostic.result"}:
        return (DIAGNOSTIC,)
    if key == "coach.natasha":
        return (NATASHA,)
    return NATASHA, DIAGNOSTIC


def turns_of(talk: PastTalk, *, language: str) -> list[Turn]:
    """The session as it may be shown: without names, in turns."""
    redactor = Redactor(language=language, names=talk.names)
    return list(_turns(talk.messages, redactor))


def scene_of_text(trial: Trial) -> Scene:
    """What somebody typed, said by nobody in particular."""
    return Scene(
        kind=DIAGNOSTIC if kinds_for(trial.key) == (DIAGNOSTIC,) else NATASHA,
        language=trial.language,
        history=(),
        new=(trial.text,),
        summary=trial.known,
        stage=trial.stage,
        is_gentle=trial.is_gentle,
    )


def scene_of_session(trial: Trial) -> Scene | None:
    """A session up to one of the person's turns, redacted; None where it is gone, or holds no such turn.

    Runs in the scope of its bot.
    """
    assert trial.session_id is not None  # noqa: S101 - the source's own
    talk = past_talk(bot_id=trial.bot_id, session_id=trial.session_id)
    card = profile_card(bot_id=trial.bot_id, profile_id=talk.profile_id) if talk else None
    if talk is None or card is None:
        return None
    redactor = Redactor(language=trial.language, names=talk.names)
    turns = list(_turns(talk.messages, redactor))
    place = _place(turns, trial.upto)
    if place is None:
        return None
    before, now = turns[:place], turns[place]
    history = [(turn.role, text) for turn in before for text in turn.texts]
    after = turns[place + 1] if place + 1 < len(turns) else None
    moment = next(each.at for each in talk.messages if each.id == now.upto)
    journey = journey_of(bot_id=trial.bot_id, profile_id=talk.profile_id)
    stood = [each.stage for each in journey.steps if each.started_at <= moment]
    known = findings_of(bot_id=trial.bot_id, profile_id=talk.profile_id)
    return Scene(
        kind=talk.kind,
        language=trial.language,
        history=tuple(history if trial.key in WHOLE else history[-LONGEST_HISTORY:]),
        new=now.texts,
        name=redactor.text(card.first_name),
        gender=card.gender,
        age=card.age,
        summary=redactor.text(card.psychological_summary),
        metaphysical=as_mapping(redactor.value(dict(card.metaphysical_profile))),
        streams=as_texts(card.streams),
        stage=stood[-1] if stood else card.journey_stage,
        completed=journey.completed,
        disputed=journey.disputed,
        question_count=sum(turn.role == "bot" for turn in before),
        known=tuple((each.kind, redactor.text(each.value)) for each in known),
        is_gentle=talk.is_gentle,
        said_then="\n\n".join(after.texts)
        if after and after.role == "bot" and trial.key not in WHOLE
        else "",
    )


def _place(turns: Sequence[Turn], upto: UUID | None) -> int | None:
    """The turn of the person's that is to be answered: the one that was chosen, else the last."""
    theirs = [place for place, each in enumerate(turns) if each.role == "user"]
    if upto is None:
        return theirs[-1] if theirs else None
    return next((place for place in theirs if turns[place].upto == upto), None)


def _turns(messages: Sequence[PastMessage], redactor: Redactor) -> Iterator[Turn]:
    role, texts, last = "", [], None
    for each in messages:
        if last is not None and each.role != role:
            yield Turn(role, tuple(texts), last)
            texts = []
        role, last = each.role, each.id
        if each.text.strip():
            texts.append(redactor.text(each.text))
    if last is not None:
        yield Turn(role, tuple(texts), last)

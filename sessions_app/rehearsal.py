"""What the demo model, which has no network, says: a sensible dialogue from the stage's questions.

Deterministic: the same session and words give the same answer. It stands on the hot path of the benchmarks,
so what can be prepared is prepared once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from journey.stages import Stage
from llm.contracts import Rehearsal
from sessions_app.companion import StageBook, StreamBook, StreamCard
from sessions_app.records import Said
from sessions_app.rehearsal_book import Book, book_of, folded
from sessions_app.rehearsal_reading import (
    READ,
    WORD,
    Character,
    Heard,
    is_pain,
    lightness,
    read_stage,
    repeated_words,
    telling_sentences,
)
from sessions_app.rendering import clean

# With fewer turns in view than this, the whole session is in view.
_WHOLE_SESSION: Final = 20
_NAMING_EVERY: Final = 4
_ENOUGH_ANSWERS: Final = 5
_ENOUGH_WORDS: Final = 15
_MOST_ANSWERS: Final = 8
_MOST_COUNTED: Final = 60
# Of the whole diagnostic, where the person stands now counts most.
_FADE: Final = 0.95

_CATALOGUE: Final = StageBook()
_DEFAULT_OFFER: Final = StreamBook()


def coach_rehearsal(
    *,
    stage_code: str | None,
    session_id: UUID,
    history: Sequence[Said],
    new: Sequence[str],
    language: str,
    is_gentle: bool = False,
    stages: StageBook = _CATALOGUE,
) -> Rehearsal:
    """The coach's next words: an echo of the person's, at times a provocation, then a new question.

    `is_gentle`, after a sign of crisis, leaves every provocation out.
    """
    book = book_of(language)
    at = stages.stage_or_first(stage_code, language)
    said = Heard.read(new, book)
    seed = session_id.int
    asked = [text for role, text in history if role == "bot"]
    turn = len(asked)
    opening = _echo(said, book, seed, turn)
    push = "" if is_gentle or said.in_pain or said.asks_who else _push(at, book, seed, turn)
    question = _next_question(at, asked, _path(stages, language)) or _pick(book.closing, seed, turn)
    first = f"{opening} {push}" if push else opening
    return Rehearsal(lines=(f"{first}\n\n{question}",), turn=turn, language=book.language)


def diagnostic_rehearsal(
    *,
    stage_code: str | None,
    session_id: UUID,
    history: Sequence[Said],
    new: Sequence[str],
    language: str,
    stages: StageBook = _CATALOGUE,
) -> Rehearsal:
    """One turn of the diagnostic, values for `DiagnosticStep` included. It ends after about five answers."""
    book = book_of(language)
    said = Heard.read(new, book)
    words = [text for role, text in history if role == "user"]
    asked = [text for role, text in history if role == "bot"]
    answers = _answers(history) + 1
    spoken = sum(len(WORD.findall(text[:READ])) for text in (*words, *new))
    enough = (answers >= _ENOUGH_ANSWERS and spoken >= _ENOUGH_WORDS) or answers >= _MOST_ANSWERS
    turn = len(asked)
    if enough:
        reply = book.diagnostic["thanks"]
    else:
        bridge = (
            _pick(book.diagnostic["bridges"], session_id.int, turn).replace("{quote}", said.quote)
            if said.quote and not said.in_pain and not said.asks_who
            else _echo(said, book, session_id.int, turn)
        )
        at = stages.stage_or_first(stage_code, language)
        reply = f"{bridge}\n\n{_next_diagnostic_question(asked, answers, at, book)}"
    texts = (*words, *new)[-_MOST_COUNTED:]
    known = {
        "signs": list(Character.read(texts, book).evidence),
        "strengths": [],
        "challenges": [],
        "stage": read_stage(texts, book, fade=_FADE).stage,
        "missing": book.diagnostic["missing"][answers - 1 :] if not enough else [],
    }
    structured = {"reply": reply, "enough": enough, "known": known}
    return Rehearsal(lines=(reply,), turn=turn, language=book.language, structured=structured)


def diagnosis_rehearsal(
    *, history: Sequence[Said], language: str, streams: StreamBook = _DEFAULT_OFFER
) -> Rehearsal:
    """What a diagnostic came to, by counting words; values for `DiagnosticResult`."""
    book = book_of(language)
    texts = [text for role, text in history if role == "user"][-_MOST_COUNTED:]
    character = Character.read(texts, book)
    structured = {
        "psychotype": character.psychotype,
        "stage": read_stage(texts, book, fade=_FADE).stage,
        "strengths": list(book.diagnostic["strengths"][character.psychotype]),
        "challenges": list(book.diagnostic["challenges"][character.psychotype]),
        # Nothing is offered to somebody in distress.
        "suggested_stream": None
        if is_pain(texts, book)
        else _stream(character.psychotype, streams.streams(language), book),
        "explanation": _explanation(character, book),
    }
    return Rehearsal(lines=(), turn=0, language=book.language, structured=structured)


def summary_rehearsal(*, history: Sequence[Said], language: str) -> Rehearsal:
    """What a session came to, in the person's own words; values for `SessionSummary`."""
    book = book_of(language)
    lines = book.summary
    texts = [clean(text)[-READ:] for role, text in history if role == "user"]
    quotes = [lines["quoted"].replace("{quote}", sentence) for sentence in telling_sentences(texts, book)]
    repeated = repeated_words(texts, book)
    patterns = [
        lines["pattern"].replace("{word}", word).replace("{count}", str(count)) for word, count in repeated
    ]
    if quotes:
        told = lines["said"].replace("{quotes}", ", ".join(quotes))
        summary = f"{lines['opening']} {told} {lines['moved']}"
    else:
        summary = f"{lines['opening']} {lines['blank']}"
    is_asked_for_a_step = quotes and not is_pain(texts, book)
    structured = {
        "summary": summary,
        "patterns": patterns,
        "core_issue": quotes[0] if quotes else None,
        "metaphysical": {
            "light": lightness(texts, book),
            "themes": [word for word, _ in repeated],
            "patterns": patterns,
        },
        "next_step": _pick(lines["steps"], len(" ".join(texts)), 0) if is_asked_for_a_step else None,
    }
    return Rehearsal(lines=(), turn=0, language=book.language, structured=structured)


def crisis_rehearsal(*, language: str) -> Rehearsal:
    """The demo model sees no danger: the patterns of `crisis` have looked already."""
    structured = {"sign": "none", "confidence": 0.0}
    return Rehearsal(lines=(), turn=0, language=language, structured=structured)


def _pick(lines: Sequence[str], seed: int, turn: int) -> str:
    return lines[(seed + turn) % len(lines)]


def _echo(said: Heard, book: Book, seed: int, turn: int) -> str:
    if not said.has_words:
        return _pick(book.wordless, seed, turn)
    if said.asks_who:
        return book.plainly
    if said.in_pain:
        return _pick(book.support, seed, turn)
    if said.asks:
        return _pick(book.returned, seed, turn)
    if said.is_brief or not said.quote:
        return _pick(book.briefly, seed, turn)
    return _pick(book.reflections, seed, turn).replace("{quote}", said.quote)


def _push(at: Stage, book: Book, seed: int, turn: int) -> str:
    """A provocation that fits the stage; on every other turn none, or it would be a tic."""
    if turn % _NAMING_EVERY == _NAMING_EVERY - 1 and at.resistance:
        round_ = turn // _NAMING_EVERY
        return _pick(book.naming, seed, round_).replace("{resistance}", _pick(at.resistance, seed, round_))
    return _pick(book.provocations[at.intensity], seed, turn // 2) if turn % 2 else ""


@dataclass(frozen=True, slots=True)
class _Path:
    """All questions of the twelve stages, in their order; where each stands, and those of each stage.

    `begins` is where the questions of a stage begin, or would if it had any.
    """

    questions: tuple[str, ...]
    place: Mapping[str, int]
    own: Mapping[str, frozenset[int]]
    begins: Mapping[str, int]


def _path(stages: StageBook, language: str) -> _Path:
    # On the hot path: twelve stages take longer to compare than an answer takes to make.
    return _laid_out(stages.stages(language)) if stages.published else _catalogue_path(language)


@lru_cache(maxsize=8)
def _catalogue_path(language: str) -> _Path:
    return _laid_out(_CATALOGUE.stages(language))


@lru_cache(maxsize=16)
def _laid_out(stages: tuple[Stage, ...]) -> _Path:
    place: dict[str, int] = {}
    own: dict[str, frozenset[int]] = {}
    begins: dict[str, int] = {}
    for each in stages:
        begins[each.code] = len(place)
        questions = _on_one_line(each.questions)
        own[each.code] = frozenset(place.setdefault(question, len(place)) for question in questions)
    return _Path(tuple(place), place, own, begins)


def _on_one_line(questions: Sequence[str]) -> list[str]:
    # As staff wrote them, they must be found again at the end of a reply.
    return [line for line in (" ".join(clean(question).split()) for question in questions) if line]


def _next_question(at: Stage, asked: Sequence[str], path: _Path) -> str | None:
    """A question of the stage that was not asked; then of the stages after it, around the path; then None."""
    places = [place for text in asked for place in [_place(text, path)] if place is not None]
    done = set(places)
    length = len(path.questions)
    if len(done) >= length:
        return None
    # In a long session the stage's questions may have been asked before what is in view: the path goes on.
    asked_before = len(asked) >= _WHOLE_SESSION or not done.isdisjoint(path.own[at.code])
    start = places[-1] + 1 if places and asked_before else path.begins[at.code]
    return next(
        path.questions[(start + step) % length]
        for step in range(length)
        if (start + step) % length not in done
    )


def _place(text: str, path: _Path) -> int | None:
    """Where on the path the question stands that this reply of ours ended with."""
    return path.place.get(text.rpartition("\n\n")[2].strip())


def _next_diagnostic_question(asked: Sequence[str], answers: int, at: Stage, book: Book) -> str:
    said = {text.rpartition("\n\n")[2].strip() for text in asked}
    prepared: list[str] = book.diagnostic["questions"]
    for question in (*prepared[answers - 1 :], *prepared, *_on_one_line(at.questions)):
        if question not in said:
            return question
    return _pick(prepared, answers, 0)


def _answers(history: Sequence[Said]) -> int:
    """How often the person answered so far; a burst of messages is one answer."""
    count, before = 0, ""
    for role, _ in history:
        if role == "user" and before != "user":
            count += 1
        before = role
    return count


def _explanation(character: Character, book: Book) -> str:
    lines = book.diagnostic
    if not character.evidence:
        return str(lines["explanation_blank"])
    shown = ", ".join(book.summary["quoted"].replace("{quote}", word) for word in character.evidence)
    return str(
        lines["explanation"]
        .replace("{psychotype}", lines["names"][character.psychotype])
        .replace("{evidence}", lines["explanation_evidence"].replace("{words}", shown))
    )


def _stream(psychotype: str, offered: Sequence[StreamCard], book: Book) -> str | None:
    for stem in book.diagnostic["streams"][psychotype]:
        for each in offered:
            if stem in each.slug or stem in folded(each.name):
                return each.name
    return offered[0].name if offered else None

"""What the demo model, which has no network, says: a sensible dialogue from the stage's questions.

Deterministic: the same session and words give the same answer. It stands on the hot path of the benchmarks,
so what can be prepared is prepared once.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from journey.stages import Stage, StageCode, stage, stages
from llm.contracts import Rehearsal
from sessions_app.prompt import Said
from sessions_app.rendering import clean

_TEXTS: Final = Path(__file__).with_name("texts")

# So much of what a person wrote is read for a reply; nobody is answered on page forty.
_READ: Final = 2000
_LONGEST_QUOTE: Final = 90
_BRIEF: Final = 2
# With fewer turns in view than this, the whole session is in view.
_WHOLE_SESSION: Final = 20
_NAMING_EVERY: Final = 4
_ENOUGH_ANSWERS: Final = 5
_ENOUGH_WORDS: Final = 15
_MOST_ANSWERS: Final = 8
_STEM: Final = 5
_MOST_SENTENCES: Final = 400

_SENTENCE: Final = re.compile(r"[^.!?…\n]+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKUP: Final = re.compile(r"[*_~`\[\]{}<>|\\#«»“”\"⟦⟧]")
_EDGES: Final = " \t,;:-–—'()"


def coach_rehearsal(
    *,
    stage_code: str | None,
    session_id: UUID,
    history: Sequence[Said],
    new: Sequence[str],
    language: str,
    is_gentle: bool = False,
) -> Rehearsal:
    """The coach's next words: an echo of the person's, at times a provocation, then a new question.

    `is_gentle`, after a sign of crisis, leaves every provocation out.
    """
    book = _book(language)
    at = _stage(stage_code, language)
    said = _Heard.read(new, book)
    seed = session_id.int
    asked = [text for role, text in history if role == "bot"]
    turn = len(asked)
    opening = _echo(said, book, seed, turn)
    push = "" if is_gentle or said.in_pain or said.asks_who else _push(at, book, seed, turn)
    question = _next_question(at, asked, book) or _pick(book.closing, seed, turn)
    first = f"{opening} {push}" if push else opening
    return Rehearsal(lines=(f"{first}\n\n{question}",), turn=turn, language=book.language)


def diagnostic_rehearsal(
    *, stage_code: str | None, session_id: UUID, history: Sequence[Said], new: Sequence[str], language: str
) -> Rehearsal:
    """One turn of the diagnostic, values for `DiagnosticStep` included. It ends after about five answers."""
    book = _book(language)
    said = _Heard.read(new, book)
    words = [text for role, text in history if role == "user"]
    asked = [text for role, text in history if role == "bot"]
    answers = _answers(history) + 1
    spoken = sum(len(_WORD.findall(text[:_READ])) for text in (*words, *new))
    enough = (answers >= _ENOUGH_ANSWERS and spoken >= _ENOUGH_WORDS) or answers >= _MOST_ANSWERS
    turn = len(asked)
    if enough:
        reply = book.thanks
    else:
        bridge = (
            _pick(book.bridges, session_id.int, turn).replace("{quote}", said.quote)
            if said.quote and not said.in_pain and not said.asks_who
            else _echo(said, book, session_id.int, turn)
        )
        reply = f"{bridge}\n\n{_next_diagnostic_question(asked, answers, _stage(stage_code, language), book)}"
    reading = _Reading.of((*words, *new), book)
    known = {
        "signs": list(reading.evidence),
        "strengths": [],
        "challenges": [],
        "stage": reading.stage,
        "missing": list(book.missing[answers - 1 :]) if not enough else [],
    }
    structured = {"reply": reply, "enough": enough, "known": known}
    return Rehearsal(lines=(reply,), turn=turn, language=book.language, structured=structured)


def diagnosis_rehearsal(
    *, history: Sequence[Said], language: str, streams_offered: Sequence[str]
) -> Rehearsal:
    """What a diagnostic came to, by counting words; values for `DiagnosticResult`."""
    book = _book(language)
    texts = [text for role, text in history if role == "user"]
    reading = _Reading.of(texts, book)
    in_pain = any(_Heard.read((text,), book).in_pain for text in texts)
    structured = {
        "psychotype": reading.psychotype,
        "stage": reading.stage,
        "strengths": list(book.strengths[reading.psychotype]),
        "challenges": list(book.challenges[reading.psychotype]),
        # Nothing is offered to somebody in distress.
        "suggested_stream": None if in_pain else _stream(reading.psychotype, streams_offered, book),
        "explanation": reading.explanation,
    }
    return Rehearsal(lines=(), turn=0, language=book.language, structured=structured)


def summary_rehearsal(*, history: Sequence[Said], language: str) -> Rehearsal:
    """What a session came to, in the person's own words; values for `SessionSummary`."""
    book = _book(language)
    texts = [clean(text)[-_READ:] for role, text in history if role == "user"]
    sentences = _telling_sentences(texts, book)
    quotes = [book.quoted.replace("{quote}", sentence) for sentence in sentences]
    repeated = _repeated_words(texts, book)
    patterns = [
        book.pattern.replace("{word}", word).replace("{count}", str(count)) for word, count in repeated
    ]
    in_pain = any(book.pain.search(text.casefold()) for text in texts)
    if quotes:
        summary = f"{book.opening} {book.said.replace('{quotes}', ', '.join(quotes))} {book.moved}"
    else:
        summary = f"{book.opening} {book.blank}"
    structured = {
        "summary": summary,
        "patterns": patterns,
        "core_issue": quotes[0] if quotes else None,
        "metaphysical": {
            "light": _light(texts, book),
            "themes": [word for word, _ in repeated],
            "patterns": patterns,
        },
        "next_step": None if in_pain or not quotes else _pick(book.steps, len(" ".join(texts)), 0),
    }
    return Rehearsal(lines=(), turn=0, language=book.language, structured=structured)


def crisis_rehearsal(*, language: str) -> Rehearsal:
    """The demo model sees no danger: the patterns of `crisis` have looked already."""
    structured = {"sign": "none", "confidence": 0.0}
    return Rehearsal(lines=(), turn=0, language=language, structured=structured)


@dataclass(frozen=True, slots=True)
class _Book:
    """The prepared lines of one language, compiled."""

    language: str
    reflections: tuple[str, ...]
    briefly: tuple[str, ...]
    wordless: tuple[str, ...]
    returned: tuple[str, ...]
    plainly: str
    support: tuple[str, ...]
    naming: tuple[str, ...]
    closing: tuple[str, ...]
    provocations: Mapping[str, tuple[str, ...]]
    questions: tuple[str, ...]
    bridges: tuple[str, ...]
    thanks: str
    missing: tuple[str, ...]
    diagnostic: Mapping[str, Any]
    strengths: Mapping[str, Sequence[str]]
    challenges: Mapping[str, Sequence[str]]
    opening: str
    said: str
    moved: str
    blank: str
    pattern: str
    quoted: str
    steps: tuple[str, ...]
    pain: re.Pattern[str]
    human: re.Pattern[str]
    telling: re.Pattern[str]
    light: re.Pattern[str]
    shadow: re.Pattern[str]
    stop: frozenset[str]
    stages: Mapping[str, Sequence[str]]
    path: tuple[str, ...]
    place: Mapping[str, int]


@cache
def _book(language: str) -> _Book:
    language = language if (_TEXTS / f"rehearsal.{language}.toml").exists() else "en"
    text = tomllib.loads((_TEXTS / f"rehearsal.{language}.toml").read_text(encoding="utf-8"))
    words, diagnostic, summary = text["words"], text["diagnostic"], text["summary"]
    path = tuple(question for each in stages(language) for question in each.questions)
    return _Book(
        language=language,
        reflections=tuple(text["reflections"]),
        briefly=tuple(text["briefly"]),
        wordless=tuple(text["wordless"]),
        returned=tuple(text["returned"]),
        plainly=text["plainly"],
        support=tuple(text["support"]),
        naming=tuple(text["naming"]),
        closing=tuple(text["closing"]),
        provocations={name: tuple(lines) for name, lines in text["provocations"].items()},
        questions=tuple(diagnostic["questions"]),
        bridges=tuple(diagnostic["bridges"]),
        thanks=diagnostic["thanks"],
        missing=tuple(diagnostic["missing"]),
        diagnostic=diagnostic,
        strengths=diagnostic["strengths"],
        challenges=diagnostic["challenges"],
        opening=summary["opening"],
        said=summary["said"],
        moved=summary["moved"],
        blank=summary["blank"],
        pattern=summary["pattern"],
        quoted=summary["quoted"],
        steps=tuple(summary["steps"]),
        pain=_any_of(words["pain"]),
        human=_any_of(words["human"]),
        telling=_any_of(words["telling"]),
        light=_any_of(words["light"]),
        shadow=_any_of(words["shadow"]),
        stop=frozenset(words["stop"].split()),
        stages=text["stages"],
        path=path,
        place={question: number for number, question in enumerate(path)},
    )


def _any_of(stems: Iterable[str]) -> re.Pattern[str]:
    """Any of the stems at the start of a word."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, stems))})")


def _stage(code: str | None, language: str) -> Stage:
    return stage(code, language) if code and code in StageCode.__members__ else stages(language)[0]


def _pick(lines: Sequence[str], seed: int, turn: int) -> str:
    return lines[(seed + turn) % len(lines)]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a reply has to go by: a piece to quote, and of what sort the words are."""

    quote: str
    has_words: bool
    is_brief: bool
    asks: bool
    asks_who: bool
    in_pain: bool

    @classmethod
    def read(cls, new: Sequence[str], book: _Book) -> _Heard:
        text = clean("\n".join(each[-_READ:] for each in new[-20:]))[-_READ:].strip()
        low = text.casefold()
        words = _WORD.findall(text)
        return cls(
            quote=_quote(text, book) if len(words) > _BRIEF else "",
            has_words=bool(words),
            is_brief=len(words) <= _BRIEF,
            asks=text.endswith("?"),
            asks_who=book.human.search(low) is not None,
            in_pain=book.pain.search(low) is not None,
        )


def _quote(text: str, book: _Book) -> str:
    """The most telling sentence, short enough and free of anything that markup could make something of."""
    best, most = "", -1.0
    for found in _SENTENCE.finditer(text):
        sentence = found[0]
        score = len(book.telling.findall(sentence.casefold())) + min(len(sentence), _LONGEST_QUOTE) / 60
        if score >= most and _WORD.search(sentence):
            best, most = sentence, score
    return _trimmed(best)


def _trimmed(sentence: str) -> str:
    quote = " ".join(_MARKUP.sub(" ", sentence).split()).strip(_EDGES)
    if len(quote) <= _LONGEST_QUOTE:
        return quote
    head = quote[: _LONGEST_QUOTE - 1]
    at = head.rfind(" ", _LONGEST_QUOTE // 2)
    return (head[:at] if at > 0 else head).rstrip(_EDGES) + "…"


def _echo(said: _Heard, book: _Book, seed: int, turn: int) -> str:
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


def _push(at: Stage, book: _Book, seed: int, turn: int) -> str:
    """A provocation that fits the stage; on every other turn none, or it would be a tic."""
    if turn % _NAMING_EVERY == _NAMING_EVERY - 1:
        round_ = turn // _NAMING_EVERY
        return _pick(book.naming, seed, round_).replace("{resistance}", _pick(at.resistance, seed, round_))
    return _pick(book.provocations[at.intensity], seed, turn // 2) if turn % 2 else ""


def _next_question(at: Stage, asked: Sequence[str], book: _Book) -> str | None:
    """A question of the stage that was not asked; then of the stages after it, around the path; then None."""
    places = [place for text in asked for place in [_place(text, book)] if place is not None]
    own = [book.place[question] for question in at.questions]
    done = set(places)
    if len(done) >= len(book.path):
        return None
    # In a long session the stage's questions may have been asked before what is in view: the path goes on.
    asked_before = len(asked) >= _WHOLE_SESSION or not done.isdisjoint(own)
    start = places[-1] + 1 if places and asked_before else own[0]
    length = len(book.path)
    return next(
        book.path[(start + step) % length] for step in range(length) if (start + step) % length not in done
    )


def _place(text: str, book: _Book) -> int | None:
    """Where on the path the question stands that this reply of ours ended with."""
    return book.place.get(text.rpartition("\n\n")[2].strip())


def _next_diagnostic_question(asked: Sequence[str], answers: int, at: Stage, book: _Book) -> str:
    said = {text.rpartition("\n\n")[2].strip() for text in asked}
    for question in (*book.questions[answers - 1 :], *book.questions, *at.questions):
        if question not in said:
            return question
    return at.questions[answers % len(at.questions)]


def _answers(history: Sequence[Said]) -> int:
    """How often the person answered so far; a burst of messages is one answer."""
    count, before = 0, ""
    for role, _ in history:
        if role == "user" and before != "user":
            count += 1
        before = role
    return count


@dataclass(frozen=True, slots=True)
class _Reading:
    """What counting words says about a person, and the words it rests on."""

    psychotype: str
    evidence: tuple[str, ...]
    stage: str | None
    explanation: str

    @classmethod
    def of(cls, texts: Sequence[str], book: _Book) -> _Reading:
        low = clean("\n".join(text[-_READ:] for text in texts[-60:])).casefold()
        words = _WORD.findall(low)
        counted: dict[str, list[str]] = {}
        for name, stems in book.diagnostic["signs"].items():
            starts = tuple(stems)
            counted[name] = [word for word in words if word.startswith(starts)]
        # Among equals the first wins: max keeps the order of the book.
        psychotype = max(counted, key=lambda name: len(counted[name]))
        evidence = tuple(dict.fromkeys(counted[psychotype]))[:3]
        if evidence:
            shown = ", ".join(book.quoted.replace("{quote}", word) for word in evidence)
            explanation = (
                book.diagnostic["explanation"]
                .replace("{psychotype}", book.diagnostic["names"][psychotype])
                .replace("{evidence}", book.diagnostic["explanation_evidence"].replace("{words}", shown))
            )
        else:
            explanation = book.diagnostic["explanation_blank"]
        scores = {code: sum(low.count(stem) for stem in stems) for code, stems in book.stages.items()}
        likely = max(scores, key=lambda code: scores[code])
        return cls(psychotype, evidence, likely if scores[likely] else None, explanation)


def _stream(psychotype: str, offered: Sequence[str], book: _Book) -> str | None:
    for stem in book.diagnostic["streams"][psychotype]:
        for stream in offered:
            if stem in stream.casefold():
                return stream
    return offered[0] if offered else None


def _telling_sentences(texts: Sequence[str], book: _Book) -> list[str]:
    """Up to three, the most telling first."""
    scored: dict[str, float] = {}
    for text in texts:
        for found in _SENTENCE.finditer(text):
            sentence = _trimmed(found[0])
            if len(_WORD.findall(sentence)) > _BRIEF and len(scored) < _MOST_SENTENCES:
                weight = len(book.telling.findall(sentence.casefold())) + len(sentence) / 100
                scored.setdefault(sentence, weight)
    return sorted(scored, key=lambda sentence: -scored[sentence])[:3]


def _repeated_words(texts: Sequence[str], book: _Book) -> list[tuple[str, int]]:
    """Up to five words of content that come more than once, in the form that comes most, and how often."""
    forms: dict[str, Counter[str]] = {}
    for text in texts:
        for word in _WORD.findall(text.casefold()):
            if len(word) > 2 and word not in book.stop:
                forms.setdefault(word[:_STEM], Counter())[word] += 1
    often = [(counter.most_common(1)[0][0], counter.total()) for counter in forms.values()]
    often = [(word, count) for word, count in often if count > 1]
    return sorted(often, key=lambda each: (-each[1], each[0]))[:5]


def _light(texts: Sequence[str], book: _Book) -> int:
    low = "\n".join(texts).casefold()
    light, shadow = len(book.light.findall(low)), len(book.shadow.findall(low))
    return round(100 * (light - shadow) / (light + shadow)) if light + shadow else 0

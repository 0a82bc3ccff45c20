from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.stages import Intensity, StageCode, stage, stages
from llm.contracts import Rehearsal
from sessions_app.companion import StageBook, StreamBook, StreamCard
from sessions_app.outcomes import CrisisVerdict, DiagnosticResult, DiagnosticStep, Psychotype, SessionSummary
from sessions_app.prompt import Said
from sessions_app.rehearsal import (
    coach_rehearsal,
    crisis_rehearsal,
    diagnosis_rehearsal,
    diagnostic_rehearsal,
    summary_rehearsal,
)
from sessions_app.rendering import sensible, split_message, to_telegram_html

SESSION = UUID(int=41)
ONE_OFFERED = StreamBook({"ru": (StreamCard("hero-path", "Путь Героя", ""),)})
NOTHING_OFFERED = StreamBook({"ru": (), "en": ()})
ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


def reply(
    new: str, *, history: list[Said] | None = None, stage_code: str | None = "REFUSAL", language: str = "ru"
) -> str:
    rehearsal = coach_rehearsal(
        stage_code=stage_code, session_id=SESSION, history=history or [], new=[new], language=language
    )
    (line,) = rehearsal.lines
    return line


def question_of(text: str) -> str:
    return text.rpartition("\n\n")[2]


def talk(turns: int, *, window: int = 400, says: str = "Я боюсь перемен, вот и молчу") -> list[str]:
    history: list[Said] = []
    replies = []
    for _ in range(turns):
        said = reply(says, history=history[-window:])
        replies.append(said)
        history += [("user", says), ("bot", said)]
    return replies


# The coach.


def test_the_coach_quotes_the_person_and_asks_a_question_of_the_stage() -> None:
    said = reply("Муж молчит. Я боюсь, что так будет всегда. Вот.")

    assert "«Я боюсь, что так будет всегда»" in said
    assert question_of(said) in stage("REFUSAL", "ru").questions


def test_the_same_words_in_the_same_session_get_the_same_answer() -> None:
    assert reply("Я боюсь перемен, вот и молчу") == reply("Я боюсь перемен, вот и молчу")


def test_other_sessions_begin_with_other_words() -> None:
    openings = {
        coach_rehearsal(
            stage_code="REFUSAL",
            session_id=UUID(int=number),
            history=[],
            new=["Я так больше не могу"],
            language="ru",
        ).lines[0]
        for number in range(13)
    }

    assert len(openings) > 8


def test_all_questions_of_the_stage_are_asked_before_those_of_the_next() -> None:
    asked = [question_of(each) for each in talk(12)]
    own = stage("REFUSAL", "ru").questions

    assert tuple(asked[: len(own)]) == own
    assert asked[len(own)] == stage("MEETING_MENTOR", "ru").questions[0]


@pytest.mark.parametrize("window", [40, 400])
def test_no_question_is_asked_twice_on_the_whole_path(window: int) -> None:
    count = sum(len(each.questions) for each in stages("ru"))
    asked = [question_of(each) for each in talk(count, window=window)]

    assert len(set(asked)) == count


def test_no_answer_is_given_twice_within_a_session() -> None:
    replies = talk(90)

    assert len(set(replies)) == len(replies)


def test_when_the_questions_end_the_coach_draws_the_line() -> None:
    last = talk(sum(len(each.questions) for each in stages("ru")) + 1)[-1]

    assert "/end_session" in last


def test_a_new_stage_begins_with_its_own_questions() -> None:
    history: list[Said] = []
    for _ in range(5):
        history += [("user", "да"), ("bot", reply("да", history=history))]

    moved = reply("да", history=history, stage_code="ORDEAL")

    assert question_of(moved) == stage("ORDEAL", "ru").questions[0]


def test_resistance_is_named_now_and_then() -> None:
    named = [any(way in each for way in stage("REFUSAL", "ru").resistance) for each in talk(8)]

    assert named == [False, False, False, True, False, False, False, True]


def test_short_answers_are_not_quoted() -> None:
    assert "«да»" not in reply("да").split("\n\n", maxsplit=1)[0]


@pytest.mark.parametrize("wordless", ["👍", "...", "", "123"])
def test_words_are_asked_for_where_there_are_none(wordless: str) -> None:
    assert question_of(reply(wordless)) in stage("REFUSAL", "ru").questions


@pytest.mark.parametrize(
    ("asked", "language", "answer"),
    [("А ты человек?", "ru", "я не человек"), ("wait, are you a bot or what", "en", "I am not human")],
)
def test_the_demo_says_plainly_what_it_is(asked: str, language: str, answer: str) -> None:
    assert answer in reply(asked, language=language)


def test_nobody_in_pain_is_provoked() -> None:
    history: list[Said] = []
    for number in range(8):
        said = reply(f"Мне больно, я плачу {number} дней подряд", history=history)
        first = said.split("\n\n", maxsplit=1)[0]
        assert "«" not in first
        assert not any(way in first for way in stage("REFUSAL", "ru").resistance)
        history += [("user", "x"), ("bot", said)]


def test_a_quotation_is_short_and_carries_no_markup() -> None:
    said = reply("**Я** всегда `боюсь` [этого](https://evil.example) <b>очень</b> " + "и снова боюсь " * 40)
    quote = said[said.index("«") + 1 : said.index("»")]

    assert len(quote) <= 90
    assert not set("*`[]<>{}") & set(quote)
    assert quote.endswith("…")


def test_a_question_is_handed_back() -> None:
    assert "ответ" in reply("Что же мне теперь с этим делать?")


def test_a_language_without_lines_is_answered_in_english() -> None:
    assert reply("I am afraid of it all", language="de") == reply("I am afraid of it all", language="en")


@pytest.mark.parametrize("code", [None, "", "NOWHERE"])
def test_without_a_stage_the_path_begins_at_its_beginning(code: str | None) -> None:
    assert question_of(reply("Привет, вот и я", stage_code=code)) == stages("ru")[0].questions[0]


def test_the_turn_counts_what_the_bot_has_said() -> None:
    rehearsal = coach_rehearsal(
        stage_code=None,
        session_id=SESSION,
        history=[("bot", "a"), ("user", "b"), ("bot", "c")],
        new=["d"],
        language="en",
    )

    assert rehearsal == Rehearsal(lines=rehearsal.lines, turn=2, language="en")


@given(
    new=st.lists(ANY_TEXT, max_size=4),
    language=st.sampled_from(["ru", "en"]),
    code=st.sampled_from(list(StageCode)),
)
@settings(max_examples=200)
def test_whatever_is_said_the_coach_has_an_answer_that_can_be_sent(
    new: list[str], language: str, code: str
) -> None:
    rehearsal = coach_rehearsal(stage_code=code, session_id=SESSION, history=[], new=new, language=language)
    (line,) = rehearsal.lines

    assert sensible(line) == line
    assert len(split_message(to_telegram_html(line))) == 1


# The texts that staff put in force.


def test_the_demo_asks_the_published_questions_and_names_the_published_resistance() -> None:
    own = replace(
        stage("REFUSAL", "ru"), questions=("Чей это\n голос? ", "И давно?"), resistance=("Всё потом.",)
    )
    book = StageBook({("REFUSAL", "ru"): own})
    history: list[Said] = []
    replies = []
    for _ in range(4):
        (line,) = coach_rehearsal(
            stage_code="REFUSAL",
            session_id=SESSION,
            history=history,
            new=["Я боюсь перемен, вот и молчу"],
            language="ru",
            stages=book,
        ).lines
        replies.append(line)
        history += [("user", "Я боюсь перемен, вот и молчу"), ("bot", line)]

    asked = [question_of(each) for each in replies]
    assert asked[:2] == ["Чей это голос?", "И давно?"]
    assert asked[2:] == list(stage("MEETING_MENTOR", "ru").questions[:2])
    assert "Всё потом." in replies[3]


def test_a_published_stage_without_questions_or_resistance_goes_on_with_the_next() -> None:
    bare = replace(stage("REFUSAL", "ru"), questions=(), resistance=(), techniques=())
    history: list[Said] = [("bot", "x")] * 3
    (line,) = coach_rehearsal(
        stage_code="REFUSAL",
        session_id=SESSION,
        history=history,
        new=["Я боюсь перемен, вот и молчу"],
        language="ru",
        stages=StageBook({("REFUSAL", "ru"): bare}),
    ).lines

    assert question_of(line) == stage("MEETING_MENTOR", "ru").questions[0]


def test_with_no_questions_at_all_the_coach_draws_the_line() -> None:
    empty = {(each.code.value, "ru"): replace(each, questions=()) for each in stages("ru")}
    (line,) = coach_rehearsal(
        stage_code=None,
        session_id=SESSION,
        history=[],
        new=["Вот и я"],
        language="ru",
        stages=StageBook(empty),
    ).lines

    assert "/end_session" in line


def test_a_programme_of_the_staff_is_what_the_demo_suggests() -> None:
    offered = StreamBook({"ru": (StreamCard("dance", "Танец", ""), StreamCard("warm", "Тёплое сердце", ""))})
    said = "Я чувствую нежность и люблю"

    structured = diagnosis_rehearsal(history=[("user", said)], language="ru", streams=offered).structured

    assert structured is not None
    assert structured["suggested_stream"] == "Тёплое сердце"


# The diagnostic.


def diagnose(answers: list[str], language: str = "ru") -> tuple[list[DiagnosticStep], list[Said]]:
    history: list[Said] = [("bot", "Начинаем.")]
    steps = []
    for said in answers:
        rehearsal = diagnostic_rehearsal(
            stage_code=None, session_id=SESSION, history=history, new=[said], language=language
        )
        step = DiagnosticStep.model_validate(dict(rehearsal.structured or {}))
        assert rehearsal.lines == (step.reply,)
        steps.append(step)
        history += [("user", said), ("bot", step.reply)]
        if step.enough:
            break
    return steps, history


FEELING = [
    "Я чувствую тоску и боюсь одиночества",
    "Я плачу, мне обидно и стыдно",
    "Люблю его всем сердцем",
] * 3


def test_the_diagnostic_ends_by_itself_after_five_answers() -> None:
    steps, _ = diagnose(FEELING)

    assert [step.enough for step in steps] == [False, False, False, False, True]
    assert len({step.reply for step in steps}) == 5
    assert all(step.reply.endswith("?") for step in steps[:-1])
    assert steps[-1].known.missing == []
    assert steps[0].known.missing[0] == "как принимаются решения"


def test_someone_of_few_words_is_asked_a_little_longer_but_not_for_ever() -> None:
    steps, _ = diagnose(["да", "нет", "не знаю"] * 4)

    assert [step.enough for step in steps] == [False] * 7 + [True]
    assert len({question_of(step.reply) for step in steps}) == 8


def test_a_burst_of_messages_is_one_answer() -> None:
    history: list[Said] = [
        ("bot", "?"),
        ("user", "раз"),
        ("user", "два"),
        ("user", "три"),
        ("user", "четыре"),
    ]
    rehearsal = diagnostic_rehearsal(
        stage_code=None, session_id=SESSION, history=history, new=["пять"], language="ru"
    )

    assert DiagnosticStep.model_validate(dict(rehearsal.structured or {})).enough is False


@pytest.mark.parametrize(
    ("said", "psychotype", "language"),
    [
        ("Я думаю, анализирую и ищу причины, мне нужен план", Psychotype.ANALYTICAL, "ru"),
        ("Я чувствую тоску, боюсь и плачу", Psychotype.EMOTIONAL, "ru"),
        ("Интуиция шепчет, будто душа видит образ", Psychotype.INTUITIVE, "ru"),
        ("Работа, дела, деньги, попробую сделать шаг", Psychotype.PRACTICAL, "ru"),
        ("I feel sad and afraid, I love him with my heart", Psychotype.EMOTIONAL, "en"),
        ("I think about the reason and plan it with logic", Psychotype.ANALYTICAL, "en"),
    ],
)
def test_the_psychotype_is_counted_from_words_and_shows_its_evidence(
    said: str, psychotype: Psychotype, language: str
) -> None:
    rehearsal = diagnosis_rehearsal(history=[("user", said)], language=language, streams=NOTHING_OFFERED)
    result = DiagnosticResult.model_validate(dict(rehearsal.structured or {}))

    assert result.psychotype is psychotype
    assert len(result.strengths) == 3
    assert len(result.challenges) == 2
    assert {"ru": "демонстрационной модели", "en": "demo model"}[language] in result.explanation
    assert {"ru": "«", "en": "“"}[language] in result.explanation
    assert result.suggested_stream is None


def test_few_words_give_a_result_that_admits_it() -> None:
    result = DiagnosticResult.model_validate(
        dict(diagnosis_rehearsal(history=[], language="ru", streams=ONE_OFFERED).structured or {})
    )

    assert "наугад" in result.explanation
    assert result.stage is None
    assert result.suggested_stream == "Путь Героя"


def test_the_programme_fits_the_psychotype() -> None:
    said = "Я чувствую нежность и люблю, но боюсь ревности"

    structured = diagnosis_rehearsal(history=[("user", said)], language="ru").structured

    assert structured is not None
    assert structured["suggested_stream"] == "Открытие Сердца"
    assert structured["stage"] == StageCode.REFUSAL


def test_nothing_is_offered_to_someone_in_distress() -> None:
    said = "Мне больно, я плачу после развода"
    structured = diagnosis_rehearsal(history=[("user", said)], language="ru").structured

    assert structured is not None
    assert structured["suggested_stream"] is None


# The summary.


def summarise(history: list[Said], language: str = "ru") -> SessionSummary:
    return SessionSummary.model_validate(
        dict(summary_rehearsal(history=history, language=language).structured or {})
    )


def test_a_summary_hands_back_the_most_telling_words() -> None:
    summary = summarise(
        [
            ("bot", "Что болит?"),
            ("user", "Я боюсь, что муж никогда меня не услышит. Сегодня дождь."),
            ("bot", "И что?"),
            ("user", "Я всегда всё тащу, а муж молчит. Устала от дома, дом стал чужим."),
        ]
    )

    assert "«Я боюсь, что муж никогда меня не услышит»" in summary.summary
    assert summary.core_issue == "«Я боюсь, что муж никогда меня не услышит»"
    assert summary.patterns == ["Снова и снова: «муж» (×2)"]
    assert summary.metaphysical.themes == ["муж"]
    assert summary.metaphysical.light < 0
    assert summary.next_step is not None


def test_a_summary_of_almost_nothing_says_so() -> None:
    summary = summarise([("bot", "Что болит?"), ("user", "да")])

    assert "Слов пока было мало" in summary.summary
    assert summary.core_issue is None
    assert summary.patterns == []
    assert summary.next_step is None
    assert summary.metaphysical.light == 0


def test_no_steps_are_asked_of_someone_in_pain() -> None:
    assert summarise([("user", "Мне больно, я плачу каждый вечер")]).next_step is None


def test_light_words_lighten_the_picture() -> None:
    assert summarise([("user", "I feel happy and grateful, there is hope")], "en").metaphysical.light == 100


@given(
    st.lists(st.tuples(st.sampled_from(["user", "bot", "system"]), ANY_TEXT), max_size=20),
    st.sampled_from(["ru", "en", "xx"]),
)
@settings(max_examples=150)
def test_any_talk_at_all_can_be_summed_up_and_diagnosed(history: list[Said], language: str) -> None:
    summary = summarise(history, language)
    result = diagnosis_rehearsal(history=history, language=language).structured
    step = diagnostic_rehearsal(
        stage_code="ORDEAL", session_id=SESSION, history=history, new=["x"], language=language
    ).structured

    assert summary.summary
    assert DiagnosticResult.model_validate(dict(result or {})).explanation
    assert sensible(DiagnosticStep.model_validate(dict(step or {})).reply) is not None


def test_a_megabyte_is_answered_like_anything_else() -> None:
    assert len(reply("слово и дело " * 80_000)) < 1000
    assert summarise([("user", "слово и дело. " * 80_000)] * 30).summary


def test_the_demo_sees_no_danger_since_the_patterns_have_looked() -> None:
    structured = crisis_rehearsal(language="ru").structured

    assert CrisisVerdict.model_validate(dict(structured or {})) == CrisisVerdict.model_validate(
        {"sign": "none", "confidence": 0}
    )


def test_the_prepared_lines_cover_every_intensity_and_stage_in_both_languages() -> None:
    for language in ("ru", "en"):
        for each in stages(language):
            assert isinstance(each.intensity, Intensity)
            for turn in range(4):
                history: list[Said] = [("bot", "x")] * turn
                assert reply(
                    "Я сказала важное и долгое", history=history, stage_code=each.code, language=language
                )


@pytest.mark.parametrize(
    "harmless", ["А разве я хочу измениться так сильно", "Мне нужны изменения, и побольше"]
)
def test_words_that_only_begin_like_pain_are_no_pain(harmless: str) -> None:
    assert "«" in reply(harmless).split("\n\n", maxsplit=1)[0]

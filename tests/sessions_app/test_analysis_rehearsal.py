from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.stages import StageCode, stage
from sessions_app.analysis.contracts import ActLine, CheckedJudgement, CheckedPortrait, CheckedReadiness
from sessions_app.analysis.facts import FactsFound, checked_facts, facts_question
from sessions_app.analysis.portrait import Portrait, checked_portrait, portrait_question
from sessions_app.analysis.readiness import ReadinessFound, checked_readiness, readiness_question
from sessions_app.analysis.stage import StageJudgement, checked_judgement, stage_question
from sessions_app.companion import PromptBook, StageBook, StreamBook, StreamCard
from sessions_app.prompt import PersonCard
from sessions_app.questions import Asking
from sessions_app.records import Said

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


def rehearsed(asking: Asking) -> dict[str, object]:
    assert asking.question.rehearsal.structured is not None
    return dict(asking.question.rehearsal.structured)


def talk(texts: Sequence[str]) -> list[Said]:
    return [line for text in texts for line in (("user", text), ("bot", "И что дальше?"))]


def judge(
    *texts: str, language: str = "ru", disputed: Sequence[str] = (), stages: StageBook | None = None
) -> CheckedJudgement:
    asking = stage_question(
        prompts=PromptBook(),
        stages=stages or StageBook(),
        person=PersonCard(name="", language=language),
        disputed=disputed,
        completed=(),
        history=talk(texts),
    )
    return checked_judgement(StageJudgement.model_validate(rehearsed(asking)), texts)


def facts(
    *texts: str, language: str = "ru", known: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str, str]]:
    asking = facts_question(
        prompts=PromptBook(), person=PersonCard(name="", language=language), known=known, history=talk(texts)
    )
    found, invented = checked_facts(FactsFound.model_validate(rehearsed(asking)), texts)
    assert invented == 0
    return [(each.kind, each.value, each.sentence) for each in found]


def acts(texts: Sequence[str]) -> list[ActLine]:
    return [ActLine(NOON + timedelta(minutes=at), "message", "", text) for at, text in enumerate(texts)]


def portray(
    *texts: str,
    language: str = "ru",
    old: str = "",
    streams: StreamBook | None = None,
    posts: Sequence[str] = (),
) -> CheckedPortrait:
    offered = streams or StreamBook()
    asking = portrait_question(
        prompts=PromptBook(),
        streams=offered,
        person=PersonCard(name="", language=language, summary=old),
        acts=acts(texts),
        posts=posts,
    )
    checked = checked_portrait(Portrait.model_validate(rehearsed(asking)), offered, language)
    assert checked.unknown_streams == 0
    return checked


def weigh(
    *texts: str,
    language: str = "ru",
    at: str | None = None,
    completed: Sequence[str] = (),
    streams: StreamBook | None = None,
) -> list[CheckedReadiness]:
    offered = streams or StreamBook()
    asking = readiness_question(
        prompts=PromptBook(),
        streams=offered,
        stages=StageBook(),
        person=PersonCard(name="", language=language, stage_code=at),
        completed=completed,
        acts=acts(texts),
    )
    found, unknown, invented = checked_readiness(
        ReadinessFound.model_validate(rehearsed(asking)), streams=offered, language=language, texts=texts
    )
    assert (unknown, invented) == (0, 0)
    return found


# The stage.

PATH = {
    "ru": {
        "ORDINARY_WORLD": ["Да всё нормально, живём как все.", "Каждый день одно и то же, я привыкла."],
        "CALL_TO_ADVENTURE": ["Меня тянет к чему-то другому.", "Хочется перемен, мечтаю жить у моря."],
        "REFUSAL": ["Но я боюсь, а вдруг не получится.", "Сейчас не время, да и поздно менять."],
        "MEETING_MENTOR": ["Подруга нашла мне психолога.", "Она помогает мне услышать себя, очень мудрая."],
        "CROSSING_THRESHOLD": [
            "Я решилась и сказала мужу правду.",
            "Вчера подала заявление, назад дороги нет.",
        ],
        "TESTS_ALLIES_ENEMIES": [
            "Подруги осуждают, а сестра на моей стороне.",
            "С мамой снова ссора, она мешает.",
        ],
        "APPROACH": ["Я прячу это с детства, никому не говорила.", "Стыдно даже себе признаться."],
        "ORDEAL": ["Мне больно, всё рухнуло.", "Он предал меня, я плачу ночами, это невыносимо."],
        "REWARD": ["Сегодня стало легче, я поняла главное.", "Горжусь собой, такая свобода!"],
        "ROAD_BACK": ["Дома старое тянет, вчера сорвалась.", "Стараюсь закрепить привычку, не растерять."],
        "RESURRECTION": ["На этот раз я ответила иначе.", "Больше не позволю так со мной, я выбираю себя."],
        "RETURN_WITH_ELIXIR": [
            "Благодарна за этот путь, мне спокойно.",
            "Теперь помогаю подругам, делюсь опытом.",
        ],
    },
    "en": {
        "ORDINARY_WORLD": ["It's fine, we live like everyone.", "Same old routine, I got used to it."],
        "CALL_TO_ADVENTURE": ["Something more is calling me.", "I dream of a different life, I want it."],
        "REFUSAL": ["But I'm afraid, what if it fails.", "Not now, it is too late for me, I can't."],
        "MEETING_MENTOR": ["I found a therapist.", "She helps me, I learn from her, she is so wise."],
        "CROSSING_THRESHOLD": [
            "I decided and told him the truth.",
            "Yesterday I quit and signed up, no way back.",
        ],
        "TESTS_ALLIES_ENEMIES": [
            "My friends judge me, my sister is on my side.",
            "Another quarrel, everyone is against me.",
        ],
        "APPROACH": [
            "I have been hiding this since childhood.",
            "I am ashamed, I never told anyone, deep down it burns.",
        ],
        "ORDEAL": ["It hurts, everything collapsed.", "He betrayed me, I cry at night, it is unbearable."],
        "REWARD": ["It is easier today, now I see the whole of it.", "I am proud, such relief and freedom."],
        "ROAD_BACK": ["Back home the old habits pull, I slipped.", "I try to keep it up in everyday life."],
        "RESURRECTION": [
            "This time I answered differently.",
            "I no longer let him, I choose myself, once and for all.",
        ],
        "RETURN_WITH_ELIXIR": [
            "I am grateful and at peace.",
            "I keep helping others and sharing what I found.",
        ],
    },
}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("code", list(StageCode))
def test_words_of_every_stage_are_heard_with_the_sentences_they_stand_in(
    code: StageCode, language: str
) -> None:
    texts = PATH[language][code]
    checked = judge(*texts, language=language)

    assert checked.stage is code
    assert checked.is_grounded
    assert checked.invented == 0
    assert all(any(quote in text for text in texts) for quote in checked.quotes)
    assert 0.5 <= checked.confidence <= 0.9
    assert stage(code, language).name in checked.why


@pytest.mark.parametrize("language", ["ru", "en"])
def test_who_walks_the_whole_path_is_seen_on_each_stage_in_turn(language: str) -> None:
    said: list[str] = []
    seen = []
    for texts in PATH[language].values():
        said += texts
        seen.append(judge(*said, language=language).stage)

    assert seen == list(StageCode)


SESSIONS = {
    "ru": [
        "Привет. Ну что сказать, у меня всё нормально.",
        "Муж работает, я с детьми, каждый день одно и то же.",
        "Живём как все, не жалуюсь.",
        "Только иногда смотрю в окно, и так тянет куда-то...",
        "Мечтаю снова рисовать. Хочется чего-то своего.",
        "Но какая из меня художница, уже поздно.",
        "Да и боюсь: а вдруг не получится, все засмеют.",
        "Сейчас не время, дети маленькие.",
        "Хотя соседка преподаёт живопись и зовёт на урок. Она меня учит верить в себя.",
        "Посоветовалась с ней, она очень мудрая, помогает мне.",
        "Вчера решилась: сказала мужу, что по субботам меня не будет.",
        "Записалась на курс и оплатила. Первый шаг сделан!",
    ],
    "en": [
        "Hi. Well, everything is fine, really.",
        "Work, kids, dinner. Same old routine.",
        "We live like everyone, can't complain.",
        "Sometimes I look out and long for something else.",
        "I dream of painting again. I want something of my own.",
        "But I'm too old for that.",
        "I'm afraid. What if they all laugh?",
        "It's not the right time, the kids are small.",
        "Though my neighbour is a teacher and offers to teach me.",
        "She is wise, she helps me believe. I asked for her advice.",
        "Yesterday I decided: I told my husband that Saturdays are mine.",
        "I signed up and paid. The first step!",
    ],
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_in_a_session_of_twelve_messages_the_journey_moves(language: str) -> None:
    texts = SESSIONS[language]
    seen = [judge(*texts[:count], language=language) for count in (5, 10, 12)]

    assert [each.stage for each in seen] == [
        StageCode.CALL_TO_ADVENTURE,
        StageCode.MEETING_MENTOR,
        StageCode.CROSSING_THRESHOLD,
    ]
    assert all(each.is_grounded and each.confidence >= 0.6 for each in seen)
    assert seen[2].quotes[-1] == {"ru": "Первый шаг сделан", "en": "The first step"}[language]


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["да"],
        ["Сегодня дождь, завтра среда"],
        ["/start", "/natasha"],
        ["👍", "...", "\x00"],
    ],
)
def test_where_nothing_fits_there_is_no_stage(texts: list[str]) -> None:
    checked = judge(*texts)

    assert (checked.stage, checked.confidence, checked.quotes) == (None, 0.0, ())
    assert checked.why == "В последних словах нет ничего, что указывало бы на стадию."


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Меня зовут Анна, пошли на спорт", "ru"),
        ("Я ещё не решила и не ушла с работы", "ru"),
        ("Вызов такси сначала не получился потом приехал", "ru"),
        ("I have not decided and don't want to", "en"),
        ("We booked a table for Friday", "en"),
    ],
)
def test_words_that_only_look_alike_or_are_denied_say_nothing(said: str, language: str) -> None:
    assert judge(said, language=language).stage is None


def test_who_wants_and_does_not_dare_stands_at_the_refusal() -> None:
    assert judge("Хочу уйти, но боюсь").stage is StageCode.REFUSAL
    assert judge("I want to go but I'm scared", language="en").stage is StageCode.REFUSAL


def test_the_latest_words_weigh_more_and_those_long_past_nothing() -> None:
    assert (
        judge("Мне больно, он предал меня", *["Ну вот, такие дела"] * 7, "Стало легче").stage
        is StageCode.REWARD
    )
    assert judge("Мне больно, он предал меня", *["Ну вот, такие дела"] * 8).stage is None


def test_more_signs_and_fewer_others_make_it_surer() -> None:
    one = judge("Я боюсь")
    more = judge("Я боюсь", "Страшно начинать", "А вдруг не выйдет")
    mixed = judge("Я боюсь", "Страшно начинать", "А вдруг не выйдет", "Мечтаю о море", "Друзья зовут")

    assert one.confidence < more.confidence
    assert mixed.confidence < more.confidence


def test_a_stage_that_the_person_disputed_is_not_named_again() -> None:
    texts = ["Хочу перемен, мечтаю о море", "Но боюсь, а вдруг не получится, страшно"]

    assert judge(*texts).stage is StageCode.REFUSAL
    assert judge(*texts, disputed=["REFUSAL"]).stage is StageCode.CALL_TO_ADVENTURE
    assert judge(*texts, disputed=list(StageCode)).stage is None


def test_a_word_alone_is_shown_with_its_whole_message() -> None:
    assert judge("Страшно. Вот и сижу тут").quotes == ("Страшно. Вот и сижу тут",)
    assert judge("Страшно!").quotes == ("Страшно",)


# The facts.


def test_what_was_told_plainly_is_found_with_its_sentence() -> None:
    assert facts(
        "Привет! Мне 34, живу в Москве. Работаю врачом, замужем.",
        "Родилась 12 мая 1990 года. У меня двое детей",
        "Увлекаюсь керамикой! Ещё люблю гулять у моря",
        "Я мама и жена",
    ) == [
        ("age", "34", "Мне 34, живу в Москве"),
        ("location", "Москва", "Мне 34, живу в Москве"),
        ("timezone", "Europe/Moscow", "Мне 34, живу в Москве"),
        ("occupation", "врачом", "Работаю врачом, замужем"),
        ("relationship", "замужем", "Работаю врачом, замужем"),
        ("birthday", "1990-05-12", "Родилась 12 мая 1990 года"),
        ("children", "двое детей", "У меня двое детей"),
        ("interest", "керамикой", "Увлекаюсь керамикой"),
        ("interest", "гулять у моря", "Ещё люблю гулять у моря"),
        ("gender", "female", "Я мама и жена"),
    ]


def test_what_was_told_plainly_is_found_in_english_too() -> None:
    assert facts(
        "Hi, I'm 34 and I live in New York.",
        "I work as a nurse. I'm divorced",
        "I was born on May 12, 1990. I have two kids",
        "I love painting. I'm a woman, you know",
        language="en",
    ) == [
        ("age", "34", "Hi, I'm 34 and I live in New York"),
        ("location", "New York", "Hi, I'm 34 and I live in New York"),
        ("timezone", "America/New_York", "Hi, I'm 34 and I live in New York"),
        ("occupation", "nurse", "I work as a nurse"),
        ("relationship", "divorced", "I'm divorced"),
        ("birthday", "1990-05-12", "I was born on May 12, 1990"),
        ("children", "two kids", "I have two kids"),
        ("interest", "painting", "I love painting"),
        ("gender", "female", "I'm a woman, you know"),
    ]


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Мне 2 раза сказали", "ru"),
        ("Скоро праздник, жду 12 гостей", "ru"),
        ("Живу в страхе и в долгах", "ru"),
        ("Работаю дома. Люблю его", "ru"),
        ("Я не женщина твоей мечты, ха", "ru"),
        ("Не люблю готовить", "ru"),
        ("I'm 100 percent sure", "en"),
        ("I live in fear", "en"),
        ("Родилась 31.02.1990", "ru"),
        ("Мне 150 лет", "ru"),
    ],
)
def test_what_only_sounds_like_a_fact_or_makes_no_sense_is_none(said: str, language: str) -> None:
    assert facts(said, language=language) == []


def test_what_is_known_already_is_not_told_again() -> None:
    assert facts("Мне 34, живу в Омске", known=[("age", "34"), ("location", "омск")]) == [
        ("timezone", "Asia/Omsk", "Мне 34, живу в Омске")
    ]


def test_a_place_that_the_book_does_not_know_is_kept_as_it_was_said() -> None:
    assert facts("Живу в Урюпинске") == [("location", "Урюпинске", "Живу в Урюпинске")]


def test_there_are_at_most_twelve_facts_and_the_latest_stay() -> None:
    found = facts(*(f"Мне {number}" for number in range(20, 40)))

    assert [value for _, value, _ in found] == [str(number) for number in range(28, 40)]


# The portrait.


def test_a_portrait_is_made_of_the_persons_words() -> None:
    found = portray(
        "Я боюсь, что муж никогда меня не услышит",
        "Муж молчит, а я злюсь и завидую подруге",
        "Увлекаюсь керамикой",
    )

    assert "«Я боюсь, что муж никогда меня не услышит»" in found.summary
    assert "«муж»" in found.summary
    assert "демонстрационной модели" in found.summary
    assert found.what_changed == "Первый портрет: сравнить пока не с чем."
    assert found.interests == ("керамикой",)
    assert found.chat_style == "пишет коротко, одной-двумя фразами"
    assert found.personality == "сначала почувствовать"
    assert found.streams == ("shadow",)


def test_a_new_portrait_is_compared_with_the_old() -> None:
    texts = ["Всё про дом, дом и ещё раз дом", "Море и снова море"]

    assert portray(*texts, old="Говорит про дом.").what_changed == "С прошлого портрета добавилось: «море»."
    assert portray(*texts, old="Дом, море.").what_changed.startswith("Новых повторяющихся слов")
    english = portray("The sea, the sea, always", "And that is all of it", language="en", old="x")
    assert english.what_changed == "New since the last portrait: “sea”."


def test_posts_are_read_too() -> None:
    assert "«Пишу сюда о своём огороде»" in portray(posts=["Пишу сюда о своём огороде"]).summary


@pytest.mark.parametrize(
    "texts", [[], [""], ["да", "нет"], ["/start", "/natasha пожалуйста давай скорее"], ["👍"]]
)
def test_of_almost_nothing_no_portrait_is_made(texts: list[str]) -> None:
    assert portray(*texts) == CheckedPortrait("", (), "", (), "", "", 0)


def test_nothing_is_offered_to_someone_in_distress() -> None:
    found = portray(
        "Мне больно, я плачу, люблю его и злюсь, завидую всем", "Люблю, нежно люблю, сердце рвётся"
    )

    assert found.summary
    assert found.streams == ()


# The readiness.


def test_readiness_follows_the_persons_words() -> None:
    found = weigh("Я завидую подруге и злюсь", "Стыдно, что раздражаюсь. Обидно", "Кофе пью")

    assert found[0].slug == "shadow"
    assert found[0].percent == 56
    assert found[0].reason == "Об этом говорят твои же слова: «стыдно», «раздражаюсь», «обидно»."
    assert found[0].quote == "Стыдно, что раздражаюсь"
    assert [(each.percent, each.quote) for each in found[1:]] == [(5, "")] * 4
    assert found[-1].reason == "Пока об этом сказано мало: судить рано."


def test_the_stage_and_what_is_completed_count_too() -> None:
    found = {each.slug: each for each in weigh(at="REFUSAL", completed=["CALL_TO_ADVENTURE", "ORDEAL"])}

    assert found["hero-path"].percent == 30
    assert found["hero-path"].reason == "Стадия «Отказ от призыва» — подходящее место, чтобы этим заняться."
    assert found["shadow"].percent == 30
    assert found["open-heart"].percent == 5


def test_the_more_is_said_the_readier_but_never_quite() -> None:
    few = weigh("Я злюсь на всех", language="ru")[0]
    many = weigh(
        *["Злюсь, завидую, стыжусь, ревную, обижаюсь и ненавижу"] * 40,
        at="ORDEAL",
        completed=["REFUSAL", "APPROACH", "RESURRECTION"],
    )[0]

    assert few.slug == many.slug == "shadow"
    assert few.percent < many.percent == 95


def test_programmes_can_wait_while_somebody_is_in_distress() -> None:
    found = weigh("Мне больно, я плачу, злюсь и завидую", "Стыдно и обидно", at="ORDEAL")

    assert max(each.percent for each in found) <= 15
    assert {each.reason for each in found} == {"Сейчас важнее опора и живые люди рядом; программы подождут."}


def test_distress_that_is_long_past_keeps_nobody_waiting() -> None:
    found = weigh("Мне больно, я плачу", *["Я злюсь и завидую"] * 8)

    assert (found[0].slug, found[0].percent > 15) == ("shadow", True)


def test_a_programme_of_the_staff_is_known_by_its_own_description() -> None:
    streams = StreamBook(
        {
            "ru": (
                StreamCard("money", "Деньги", "Отношения с деньгами без стыда."),
                StreamCard("empty", "", ""),
            )
        }
    )
    found = weigh("Опять эти деньги, денег вечно нет", streams=streams)

    assert [each.slug for each in found] == ["money", "empty"]
    assert found[0].percent > found[1].percent == 5
    assert found[0].quote == "Опять эти деньги, денег вечно нет"


def test_readiness_speaks_english() -> None:
    found = weigh("I am angry and jealous, such envy", language="en")

    assert found[0].slug == "shadow"
    assert found[0].reason == "Your own words speak of it: “angry”, “jealous”, “envy”."


# Anything.


@given(texts=st.lists(ANY_TEXT, max_size=12), language=st.sampled_from(["ru", "en", "xx"]))
@settings(max_examples=100)
def test_any_words_at_all_give_findings_that_hold(texts: list[str], language: str) -> None:
    assert judge(*texts, language=language).invented == 0
    facts(*texts, language=language)
    portray(*texts, language=language)
    assert len(weigh(*texts, language=language)) == 5


def test_the_same_words_give_the_same_findings() -> None:
    texts = SESSIONS["ru"]

    assert judge(*texts) == judge(*texts)
    assert facts(*texts) == facts(*texts)
    assert portray(*texts) == portray(*texts)
    assert weigh(*texts) == weigh(*texts)


def test_megabytes_are_read_like_anything_else() -> None:
    texts = ["Я боюсь и мечтаю. " * 60_000] * 3

    assert judge(*texts).stage is StageCode.REFUSAL
    facts(*texts)
    assert len(portray(*texts).summary) <= 2000
    assert weigh(*texts)[0].slug == "hero-path"

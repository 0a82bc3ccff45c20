"""The book of changes as staff read it: found by who, what, to what, bot, day and words; before and after shown."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from audit.admin.words import SUBJECTS, Names, field_name, fields_of, name_of, page_of
from audit.models import AuditEntry
from bots.models import Bot, BotAccess
from bots.roles import Role
from core.actor import acting
from core.clock import clock
from core.tenancy import in_bot, in_bots
from events.services.record_event import record_event
from profiles.models import Profile
from tests.cast import make_bot, make_profile
from tests.web.people import browser, make_coach, make_user

BOOK = "/admin/audit/auditentry/"
HOSTILE = '<script>alert("x")</script>'
NOBODY = Names(staff={}, bots={})


def html(client: Client, **asked: Any) -> str:
    response = client.get(BOOK, asked)
    assert response.status_code == 200
    return str(response.content.decode())


def shown(client: Client, **asked: Any) -> list[dict[str, Any]]:
    return [each for day in client.get(BOOK, asked).context["days"] for each in day["entries"]]


def rename(bot: Bot, name: str, *, by: User) -> None:
    with acting(user_id=by.pk, address="192.0.2.7"), in_bots([bot.id]):
        Bot.objects.filter(id=bot.id).update(name=name)


@pytest.fixture
def boss(bot: Bot) -> User:
    return make_coach(bot, role=Role.OWNER)


def test_a_change_says_who_what_from_where_and_how_it_was(bot: Bot, boss: User) -> None:
    rename(bot, "Another", by=boss)
    page = html(browser(boss), action="update", bot=bot.id)
    assert boss.username in page
    assert "192.0.2.7" in page
    assert f"<del>{bot.name}</del>" in page
    assert "<ins>Another</ins>" in page
    assert f"/admin/bots/bot/{bot.id}/change/" in page


def test_of_what_was_added_the_fields_are_folded_away(bot: Bot, boss: User) -> None:
    (entry,) = shown(browser(boss), action="insert", subject="bots", bot=bot.id)
    assert (entry["who"], entry["fields"]) == ("", [])
    folded = {each.name: each.now for each in entry["folded"]}
    assert folded["slug"] == bot.slug
    assert "id" not in folded
    # A secret says only that there is one.
    assert next(each for each in entry["folded"] if each.name == "token, sealed").is_hidden
    assert bot.token_sealed not in html(browser(boss))


def test_long_texts_are_compared_word_by_word() -> None:
    old = "Speak softly. " + "All that stays stays. " * 20 + "End kindly."
    new = old.replace("softly", "firmly")
    (field,) = fields_of(AuditEntry(action="update", before={"body": old}, after={"body": new}), NOBODY)
    assert [each.text for each in field.pieces if each.kind != "same"] == [" softly.", " firmly."]
    assert sum(len(each.text) for each in field.pieces) < 150


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"is_active": True}, {"is_active": False}, ("yes", "no")),
        ({"role": "coach"}, {"role": "read_only"}, ("coach", "read only")),
        ({"user_id": 7}, {"user_id": 8}, ("anna", "#8")),
        ({"bot_id": "b"}, {"bot_id": None}, ("Natasha", "–")),
        ({"rate": 3}, {"rate": [1, 2]}, ("3", "[1, 2]")),
        ({"bot_ids": ["b"]}, {"bot_ids": ["b", "c"]}, ("Natasha", "Natasha, c")),
        (
            {"paused_at": "2026-03-02T12:00:00+00:00"},
            {"paused_at": "never"},
            ("March 2, 2026, noon", "never"),
        ),
    ],
)
def test_values_are_said_in_words(
    before: dict[str, Any], after: dict[str, Any], said: tuple[str, str]
) -> None:
    names = Names(staff={7: "anna"}, bots={"b": "Natasha"})
    (field,) = fields_of(AuditEntry(action="update", before=before, after=after), names)
    assert (field.was, field.now) == said


def test_a_refusal_says_what_the_answer_was_and_who_acts_is_not_said_twice() -> None:
    for status, said in ((403, "not allowed"), (404, "there is nothing such")):
        (field,) = fields_of(AuditEntry(action="refused", after={"status": status}), NOBODY)
        assert field.now == said
    event = AuditEntry(action="read", actor_id=7, after={"by": 7, "reason": "mend"})
    assert [(each.name, each.now) for each in fields_of(event, NOBODY)] == [
        ("reason", "To find out what went wrong")
    ]


def test_columns_and_what_was_chosen_are_called_as_in_the_forms() -> None:
    before, after = {"wanted_state": "stopped"}, {"wanted_state": "running"}
    entry = AuditEntry(action="update", subject="bots", before=before, after=after)
    event = AuditEntry(action="read", subject="conversation.opened", after={"reason": "quality"})
    unnamed = AuditEntry(action="update", subject="inbox_items", before={"assigned_to_id": None}, after={})
    with translation.override("ru"):
        said = [(each.name, each.was, each.now) for of in (entry, event) for each in fields_of(of, NOBODY)]
        names = [each.name for each in fields_of(unnamed, NOBODY)]
    assert said == [
        ("желаемое состояние", "остановлен", "в работе"),
        ("причина", "", "Посмотреть, как говорит бот"),
    ]
    assert names == ["чья задача"]


def test_each_column_in_the_book_has_a_russian_name() -> None:
    kept = {
        model._meta.db_table: model._meta.concrete_fields
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in SUBJECTS
    }
    with translation.override("ru"):
        english = {
            f"{table}.{field.column}"
            for table, fields in kept.items()
            for field in fields
            if not re.search("[а-яё]", field_name(str(field.column), table)) and field.column != "id"
        }
    # Words that are the same in both.
    assert {each.rpartition(".")[2] for each in english} <= {"telegram_id"}


def test_what_has_a_page_leads_there_and_what_is_gone_does_not(bot: Bot) -> None:
    def address(**fields: Any) -> str:
        return page_of(AuditEntry(**{"action": "update", "row_id": str(bot.id), "subject": "bots", **fields}))

    assert address() == f"/admin/bots/bot/{bot.id}/change/"
    assert [address(action="delete"), address(subject="messages"), address(row_id="")] == ["", "", ""]
    assert name_of(AuditEntry(subject="bot_access", after={"user_id": 7}), Names({7: "anna"}, {})) == "anna"
    assert name_of(AuditEntry(subject="auth_user", row_id="7"), Names({7: "anna"}, {})) == "anna"
    assert name_of(AuditEntry(subject="personas", after={"name": "…"}), NOBODY) == ""


def test_it_is_found_by_who_what_and_to_what(bot: Bot, boss: User) -> None:
    other = make_coach(bot, role=Role.OWNER)
    rename(bot, "By the one", by=boss)
    rename(bot, "By the other", by=other)
    client = browser(boss)
    for asked, said in (
        ({"by": boss.pk}, "By the one"),
        ({"by": other.pk}, "By the other"),
        ({"q": "by THE other"}, "By the other"),
    ):
        found = shown(client, action="update", subject="bots", **asked)
        assert said in {field.now for each in found for field in each["fields"]}
    assert {each["who"] for each in shown(client, by=other.pk)} == {other.username}
    assert {each["who"] for each in shown(client, by=0)} == {""}
    assert {each["who"] for each in shown(client, q=other.username, action="update")} >= {other.username}
    assert shown(client, subject="streams") == []
    assert {each["entry"].row_id for each in shown(client, q=str(bot.id).replace("-", ""))} == {str(bot.id)}
    assert "Nothing like that is written here." in html(client, q="never said by anybody")


def test_the_day_is_said_as_the_reader_says_it(bot: Bot, boss: User) -> None:
    client = browser(boss)
    client.cookies["django_language"] = "ru"
    days = client.get(BOOK).context["days"]
    # In Russian a month stands in the genitive after its day.
    assert re.search(r"^\w+, \d+ \w+[ая] \d{4}$", days[0]["day"])


def test_where_nobody_is_named_the_role_of_the_database_is(bot: Bot, boss: User) -> None:
    # The product itself works under one, somebody with psql under another.
    Bot.objects.filter(id=bot.id).update(name="By itself")
    assert "the product itself (app_staff)" in html(browser(boss), action="update", bot=bot.id)


def test_it_is_found_by_day(bot: Bot, boss: User) -> None:
    client = browser(boss)
    today = clock.now().date()
    assert shown(client, since=today, until=today)
    assert shown(client, since=today + timedelta(days=1)) == []
    assert shown(client, until=today - timedelta(days=1)) == []
    assert shown(client, until="9999-12-31")
    for asked in ({"since": "nonsense"}, {"by": "x"}, {"q": "a\x00b"}):
        assert shown(client, **asked) == []
    assert shown(client, before="9" * 40)


def test_readings_exports_and_erasures_are_in_it(bot: Bot, boss: User) -> None:
    vera = make_profile(bot, first_name="Verochka")
    with acting(user_id=boss.pk, address="192.0.2.9"), in_bot(bot.id):
        for kind in ("profile.read", "conversation.opened", "profile.exported", "profile.erased"):
            payload = {"by": boss.pk, "reason": "quality"}
            record_event(bot_id=bot.id, kind=kind, profile_id=vera.id, payload=payload)
    client = browser(boss)
    for action, subjects in (
        ("read", {"Page of a person", "Private conversation"}),
        ("export", {"Data of a person"}),
        ("erase", {"Person, everywhere"}),
    ):
        found = shown(client, action=action, bot=bot.id)
        assert {each["subject"] for each in found} == subjects
        assert {(each["who"], each["entry"].row_id) for each in found} == {(boss.username, str(vera.id))}
    page = html(client)
    assert "To see how the bot speaks" in page
    assert "Verochka" not in page


def test_of_people_it_says_that_something_changed_and_not_what(bot: Bot, boss: User) -> None:
    vera = make_profile(bot)
    with acting(user_id=boss.pk, address=""), in_bot(bot.id):
        Profile.objects.for_bot(bot.id).filter(id=vera.id).update(bio="Something private")
    page = html(browser(boss), subject="profiles")
    assert "changed; its value is not kept here" in page
    assert "Something private" not in page


def test_hostile_names_are_text(bot: Bot, boss: User) -> None:
    User.objects.filter(pk=boss.pk).update(username=HOSTILE)
    rename(bot, HOSTILE, by=boss)
    page = html(browser(boss))
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
    User.objects.filter(pk=boss.pk).update(username=f"no-longer-{boss.pk}")


def test_it_is_paged(bot: Bot, boss: User) -> None:
    for number in range(60):
        rename(bot, f"Name {number}", by=boss)
    client = browser(boss)
    first = client.get(BOOK, {"by": boss.pk})
    second = client.get(f"{BOOK}{first.context['older']}")
    counts = [sum(len(day["entries"]) for day in page.context["days"]) for page in (first, second)]
    assert counts[0] == 50
    assert counts[1] >= 10
    ids = [
        each["entry"].id
        for page in (first, second)
        for day in page.context["days"]
        for each in day["entries"]
    ]
    assert ids == sorted(set(ids), reverse=True)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.COACH, 403), (Role.ANALYST, 403), (Role.READ_ONLY, 403)],
)
def test_it_is_read_by_those_who_may_change_the_bot(bot: Bot, role: Role, status: int) -> None:
    client = browser(make_coach(bot, role=role))
    assert client.get(BOOK).status_code == status
    assert (f'href="{BOOK}"' in client.get("/admin/").content.decode()) == (status == 200)


def test_one_reads_of_ones_own_bots_alone(bot: Bot, other_bot: Bot, boss: User, owner: Client) -> None:
    BotAccess.objects.create(user=boss, bot=other_bot, role=Role.COACH)
    rename(other_bot, "Of the other bot", by=make_user())
    assert "Of the other bot" not in html(browser(boss))
    assert shown(browser(boss), bot=other_bot.id, q="Of the other bot") == []
    assert "Of the other bot" in html(owner, bot=other_bot.id)


def test_entries_are_not_changed_here(owner: Client, bot: Bot) -> None:
    entry = AuditEntry.objects.latest("id")
    assert owner.get(f"{BOOK}{entry.id}/change/").status_code in {403, 404}
    assert owner.post(f"{BOOK}{entry.id}/delete/", {"post": "yes"}).status_code in {403, 404}
    assert owner.get(f"{BOOK}add/").status_code == 403


def test_the_page_asks_twelve_questions_at_most_however_much_is_written(bot: Bot, owner: Client) -> None:
    def questions(**asked: Any) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(BOOK, asked).status_code == 200
        found = [each["sql"] for each in queries.captured_queries]
        return [each for each in found if each.split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")]

    questions()
    few = questions()
    for each in [make_bot() for _ in range(3)]:
        for number in range(10):
            rename(each, f"{each.slug} {number}", by=make_user())
    assert len(questions()) == len(few)
    assert len(questions(q="natasha", action="update", by="0")) <= 12

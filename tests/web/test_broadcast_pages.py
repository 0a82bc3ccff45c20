"""Broadcasts in the admin: the list, the pages of one, its buttons, and who may use them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot, BotAccess
from bots.roles import Role
from broadcast.admin.faces import length
from broadcast.contracts import By
from broadcast.models import BroadcastChange, BroadcastShare, Recipient, Segment
from broadcast.services.lifecycle import ask_to_start, finish_if_done
from core.clock import Clock, clock
from core.tenancy import in_bots
from tests.broadcast.campaigns import begun, content, frozen, ledger, read, written
from tests.cast import make_bot, make_profile
from tests.web.broadcast_forms import ADD, HOSTILE, LIST, become, coach, count, html, in_state, page
from tests.web.people import browser


def do(client: Client, broadcast: Any, action: str, **fields: str) -> Any:
    return client.post(f"{LIST}{broadcast.id}/do/{action}/", fields)


def actions(broadcast: Any) -> list[str]:
    with in_bots(broadcast.bot_ids):
        rows = BroadcastChange.objects.filter(broadcast=broadcast).order_by("at", "id")
        return list(rows.values_list("action", flat=True))


def test_all_pages_open(bot: Bot) -> None:
    make_profile(bot, first_name="Vera")
    me = browser(coach(bot))
    draft = written(bot)
    for address in (LIST, f"{LIST}rows/", ADD, *(page(draft, name) for name in ("write", "look", "start"))):
        assert me.get(address).status_code == 200, address
    running = begun(bot, texts=content("One", "Two"))
    for name in ("change", "live", "look", "ledger", "compare"):
        assert me.get(page(running, name)).status_code == 200, name
    assert me.get(page(draft)).headers["Location"] == page(draft, "write")
    assert me.get(page(running, "write")).headers["Location"] == page(running)
    assert me.get(page(running, "start")).headers["Location"] == page(running)


def test_the_list_tells_how_each_broadcast_goes(bot: Bot) -> None:
    for _ in range(4):
        make_profile(bot)
    running = begun(bot, title=HOSTILE, rate=12.5)
    become(running, bot, "sent", most=2)
    become(running, bot, "unknown", most=1)
    written(bot, title="Later")
    found = html(browser(coach(bot)).get(LIST))
    assert HOSTILE not in found
    assert "&lt;script&gt;" in found
    for said in ("12.5/s", "<b>2</b> / 4", "unknown 1", "nothing sent yet", 'x="50.00%" width="25.00%"'):
        assert said in found, said
    assert found.index("Later") < found.index("12.5/s")
    assert 'data-live="on"' in found


def test_the_list_is_narrowed_by_state_and_bot(bot: Bot, other_bot: Bot) -> None:
    written(bot, title="Mine")
    written(other_bot, title="Theirs")
    in_state(written(bot, title="Gone"), "cancelled")
    me = browser(coach(bot, other_bot))

    def titles(query: str) -> set[str]:
        found = html(me.get(f"{LIST}{query}"))
        return {each for each in ("Mine", "Theirs", "Gone") if f"<bdi>{each}</bdi>" in found}

    assert titles("") == {"Mine", "Theirs", "Gone"}
    assert titles("?state=cancelled") == {"Gone"}
    assert titles(f"?bot={bot.slug}&state=draft") == {"Mine"}
    assert titles("?state=nonsense&bot=nobody&before=nonsense") == {"Mine", "Theirs", "Gone"}


def test_the_list_is_paged_and_asks_the_same_however_long_it_is(bot: Bot, stopped_clock: Clock) -> None:
    me = browser(coach(bot))
    written(bot, title="T-0")
    me.get(LIST)
    with CaptureQueriesContext(connection) as few:
        me.get(LIST)
    for number in range(1, 60):
        if number % 2:
            stopped_clock.advance(timedelta(seconds=1))
        written(bot, title=f"T-{number}")
    with CaptureQueriesContext(connection) as many:
        me.get(LIST)
    assert len(many) == len(few)
    seen, address = [], LIST
    while address:
        found = html(me.get(address))
        seen += [int(each.partition("<")[0]) for each in found.split("<bdi>T-")[1:]]
        address = ""
        if ">Older<" in found:
            query = found.rpartition('">Older<')[0].rpartition('href="')[2]
            address = query.replace("&amp;", "&")
    assert seen == sorted(seen, reverse=True)
    assert seen == list(range(59, -1, -1))


def test_a_broadcast_of_which_one_bot_is_not_ours_does_not_exist(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot)
    draft, running = written(bot, other_bot, title="Both"), begun(bot, other_bot, title="Both too")
    me = browser(coach(bot))
    assert "Both" not in html(me.get(LIST))
    for name in ("change", "write", "look", "start", "live", "compare", "ledger", "ledger.csv", "file"):
        assert me.get(page(draft, name)).status_code == 404, name
        assert me.get(page(running, name)).status_code == 404, name
    for name in ("write", "start", "test", "decide"):
        assert me.post(page(draft, name)).status_code == 404, name
    assert do(me, running, "pause").status_code == 404
    assert read(running).state == "running"
    assert me.get(f"{LIST}{uuid4()}/change/").status_code == 404


def test_who_sends_for_one_bot_only_changes_nothing_that_is_also_anothers(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot, other_bot, title="Both")
    user = coach(bot)
    BotAccess.objects.create(user=user, bot=other_bot, role=Role.COACH)
    me = browser(user)
    assert me.get(page(running)).status_code == 200
    assert do(me, running, "pause").status_code == 403
    assert read(running).state == "running"
    # And writes anew only for the one.
    assert other_bot.name not in html(me.get(ADD))


def test_who_may_only_read_changes_nothing(bot: Bot) -> None:
    make_profile(bot)
    draft, running = written(bot), begun(bot)
    me = browser(coach(bot, role=Role.READ_ONLY))
    assert me.get(LIST).status_code == 200
    assert "Write a broadcast" not in html(me.get(LIST))
    assert me.get(page(draft)).status_code == 200
    assert me.get(page(draft, "look")).status_code == 200
    assert "/do/" not in html(me.get(page(running)))
    assert me.get(ADD).status_code == 403
    assert me.get(page(draft, "start")).status_code == 403
    for address in (
        ADD,
        page(draft, "write"),
        page(draft, "start"),
        page(draft, "test"),
        page(draft, "decide"),
    ):
        assert me.post(address).status_code == 403, address
    for address in (f"{LIST}check/", f"{LIST}bubbles/"):
        assert me.post(address).status_code == 403, address
    for action in ("pause", "cancel", "duplicate", "rate"):
        assert do(me, running, action).status_code == 403, action
    assert read(running).state == "running"
    assert count(bot) == 2


def test_a_stranger_is_sent_to_the_login(bot: Bot) -> None:
    draft = written(bot)
    for address in (LIST, ADD, page(draft), page(draft, "ledger.csv")):
        assert "/login/" in Client().get(address).headers["Location"], address


def test_buttons_are_pressed_not_followed(bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot)
    me = browser(coach(bot))
    assert me.get(f"{LIST}{running.id}/do/cancel/").status_code == 405
    assert me.get(page(running, "test")).status_code == 405
    assert do(me, running, "explode").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(coach(bot))
    assert do(strict, running, "cancel").status_code == 403
    assert read(running).state == "running"


def test_a_running_broadcast_is_paused_goes_on_and_is_cancelled(bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot)
    me = browser(coach(bot))
    for action, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert do(me, running, action).headers["Location"] == page(running)
        assert read(running).state == state
    answer = me.post(f"{LIST}{running.id}/do/resume/", follow=True)
    assert "Only what is paused can go on." in html(answer)


def test_the_rate_is_changed_while_it_runs(bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot)
    me = browser(coach(bot))
    do(me, running, "rate", rate="2,5")
    assert read(running).rate == 2.5
    for wrong in ("fast", "0", "nan", "inf"):
        do(me, running, "rate", rate=wrong)
        assert read(running).rate == 2.5, wrong
    do(me, running, "rate", rate="")
    assert read(running).rate is None


def test_those_who_failed_are_tried_again(bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot)
    become(running, bot, "failed", reason="server: 500")
    in_state(running, "finished")
    me = browser(coach(bot))
    shown = html(me.get(page(running)))
    assert "Retry failed" in shown
    assert "server: 500" in shown
    do(me, running, "retry")
    assert ledger(running, bot.id) == ["waiting"]
    assert read(running).state == "running"


def test_messages_are_deleted_again(bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot)
    become(running, bot, "sent", sent_at=clock.now(), telegram_message_id=5)
    in_state(running, "finished")
    me = browser(coach(bot))
    assert "Messages that are being deleted: 1." in html(
        me.post(f"{LIST}{running.id}/do/delete-messages/", follow=True)
    )
    assert actions(running)[-1] == "deleted"


def test_the_rest_gets_the_better_text(bot: Bot) -> None:
    for _ in range(20):
        make_profile(bot)
    running = begun(bot, texts=content("One", "Two"), test_percent=50)
    me = browser(coach(bot))
    fragment = html(me.get(page(running, "compare"), headers={"X-Fragment": "1"}))
    assert "<html" not in fragment
    assert "Send text A to the rest" in fragment
    do(me, running, "winner", label="Z")
    assert read(running).winner == ""
    do(me, running, "winner", label="B")
    assert read(running).winner == "B"
    assert "to the rest" not in html(me.get(page(running, "compare")))


def test_texts_are_compared(bot: Bot) -> None:
    for _ in range(80):
        make_profile(bot)
    running = begun(bot, texts=content("One", "Two"))
    become(running, bot, "sent", sent_at=clock.now())
    with in_bots([bot.id]):
        Recipient.objects.for_bot(bot.id).filter(broadcast_id=running.id, variant=1).update(
            replied_at=clock.now()
        )
    found = html(browser(coach(bot)).get(page(running, "compare")))
    assert "B is ahead" in found
    assert "One is better." in found
    assert "100.0 %" in found


def test_a_broadcast_is_duplicated_into_a_draft(bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot, title="Spring")
    answer = do(browser(coach(bot)), running, "duplicate")
    assert answer.headers["Location"].endswith("/write/")
    assert str(running.id) not in answer.headers["Location"]
    assert count(bot) == 2


def test_a_draft_is_deleted_and_what_was_sent_is_not(bot: Bot) -> None:
    make_profile(bot)
    draft, running = written(bot), begun(bot)
    me = browser(coach(bot))
    assert do(me, draft, "delete").headers["Location"] == LIST
    do(me, running, "delete")
    assert count(bot) == 1
    assert read(running).state == "running"


def test_it_starts_from_the_page_that_says_what_will_happen(bot: Bot) -> None:
    make_profile(bot, first_name=HOSTILE, gender="female")
    make_profile(bot, gender="male")
    draft = written(bot, criteria="gender=female", quiet_from=21, quiet_until=9, cap_a_day=2)
    me = browser(coach(bot))
    shown = html(me.get(page(draft, "start")))
    assert HOSTILE not in shown
    for said in ("<strong>1</strong>", "less than a minute", "Between 21:00 and 9:00", "had 2 broadcasts"):
        assert said in shown, said
    assert "is_sure" not in shown
    answer = me.post(page(draft, "start"), {"when": "now", "timezone": "UTC"})
    assert answer.headers["Location"] == page(draft)
    assert read(draft).state == "freezing"
    frozen(draft)
    assert read(draft).state == "running"


def test_going_to_everybody_has_to_be_meant(bot: Bot) -> None:
    make_profile(bot)
    draft = written(bot)
    me = browser(coach(bot))
    answer = me.post(page(draft, "start"), {"when": "now"})
    assert "Without criteria it goes to everybody: confirm that this is meant." in html(answer)
    assert 'name="is_sure"' in html(answer)
    assert read(draft).state == "draft"
    me.post(page(draft, "start"), {"when": "now", "is_sure": "1"})
    assert read(draft).state == "freezing"


def test_nobody_to_write_to_is_told_before_it_starts(bot: Bot) -> None:
    draft = written(bot, criteria="gender=female")
    me = browser(coach(bot))
    assert "Nobody fits these criteria." in html(me.get(page(draft, "start")))
    me.post(page(draft, "start"), {"when": "now"})
    assert read(draft).state == "draft"


def test_what_is_wrong_with_the_texts_keeps_it_from_starting(bot: Bot) -> None:
    make_profile(bot)
    draft = written(bot, texts=content("<b>Hello"))
    me = browser(coach(bot))
    assert "is never closed" in html(me.get(page(draft, "start")))
    me.post(page(draft, "start"), {"when": "now", "is_sure": "1"})
    assert read(draft).state == "draft"


def test_criteria_that_mean_nothing_keep_it_from_starting(bot: Bot) -> None:
    make_profile(bot)
    draft = written(bot, criteria="gander=female")
    me = browser(coach(bot))
    assert "Perhaps gender?" in html(me.get(page(draft, "start")))
    me.post(page(draft, "start"), {"when": "now", "is_sure": "1"})
    assert read(draft).state == "draft"


def test_a_time_is_meant_in_the_zone_that_was_chosen(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot)
    draft = written(bot)
    me = browser(coach(bot))
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT15:30")
    sent = {"when": "later", "at": tomorrow, "timezone": "Asia/Tokyo", "is_sure": "1"}
    me.post(page(draft, "start"), sent)
    found = read(draft)
    assert found.state == "scheduled"
    assert found.scheduled_at is not None
    assert found.scheduled_at.strftime("%Y-%m-%dT%H:%M") == tomorrow.replace("15:30", "06:30")
    assert "Scheduled for" in html(me.get(page(draft)))
    do(me, draft, "reopen")
    assert read(draft).state == "draft"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"at": "2020-01-01T10:00"}, "This time has passed already."),
        ({"at": ""}, "When should it start?"),
        ({"at": "tomorrow"}, "Enter a valid date/time."),
        ({"at": "2099-01-01T10:00", "timezone": "Mars/Olympus"}, "There is no such time zone."),
    ],
)
def test_a_time_that_is_none_is_refused(bot: Bot, fields: dict[str, str], said: str) -> None:
    make_profile(bot)
    draft = written(bot)
    sent = {"when": "later", "timezone": "UTC", "is_sure": "1", **fields}
    assert said in html(browser(coach(bot)).post(page(draft, "start"), sent))
    assert read(draft).state == "draft"


def test_what_reaches_very_many_is_confirmed_by_somebody_else(bot: Bot, settings: LazySettings) -> None:
    settings.BROADCAST_CONFIRM_ABOVE = 1
    make_profile(bot)
    make_profile(bot)
    draft = written(bot)
    first, second = browser(coach(bot)), browser(coach(bot))
    assert "a second member of staff" in html(first.get(page(draft, "start")))
    answer = first.post(page(draft, "start"), {"when": "now", "is_sure": "1"}, follow=True)
    assert "Somebody else has to confirm it now." in html(answer)
    assert read(draft).state == "awaiting"
    assert "do/confirm" not in html(first.get(page(draft)))
    do(first, draft, "confirm")
    assert read(draft).state == "awaiting"
    assert "do/confirm" in html(second.get(page(draft)))
    do(second, draft, "confirm")
    assert read(draft).state == "freezing"
    assert actions(draft)[-2:] == ["asked", "confirmed"]


def test_the_fragment_says_in_which_state_it_is(bot: Bot, stopped_clock: Clock) -> None:
    for _ in range(4):
        make_profile(bot)
    running = begun(bot)
    me = browser(coach(bot))
    answer = me.get(page(running, "live"))
    assert answer.headers["X-State"] == "running"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<html" not in html(answer)
    carried = html(answer).partition('data-carried="')[2].partition('"')[0].replace("&amp;", "&")
    stopped_clock.advance(timedelta(seconds=2))
    become(running, bot, "sent", most=3, sent_at=clock.now())
    shown = html(me.get(f"{page(running, 'live')}?{carried}"))
    assert "<b>1.5</b> a second" in shown
    assert "less than a minute" in shown
    for nonsense in ("older=x&newer=y", "older=9~1&newer=-5~nan", "older=1~inf"):
        assert me.get(f"{page(running, 'live')}?{nonsense}").status_code == 200


def test_the_page_asks_the_same_however_many_recipients_there_are(bot: Bot) -> None:
    make_profile(bot)
    small = begun(bot)
    for _ in range(60):
        make_profile(bot)
    large = begun(bot)
    become(large, bot, "held", most=20, reason="distress")
    become(large, bot, "deferred", most=20, reason="quiet_hours")
    me = browser(coach(bot))
    me.get(page(small))
    found = []
    for broadcast in (small, large):
        for name in ("change", "live", "ledger"):
            with CaptureQueriesContext(connection) as asked:
                assert me.get(page(broadcast, name)).status_code == 200
            found.append(len(asked))
    assert found[:3] == found[3:]
    shown = html(me.get(page(large)))
    assert "in a crisis, or in a session that is paused" in shown
    assert "quiet hours where they live" in shown


def test_history_says_who_did_what(bot: Bot) -> None:
    make_profile(bot)
    user = coach(bot)
    draft = written(bot, by=By(user_id=user.pk))
    with in_bots([bot.id]):
        ask_to_start(broadcast_id=draft.id, by=By(telegram_id=4711), is_sure=True)
    frozen(draft)
    shown = html(browser(user).get(page(draft)))
    assert user.username in shown
    assert "4711, in Telegram" in shown
    assert "by itself" in shown


def test_several_bots_are_told_apart(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot)
    make_profile(other_bot)
    running = begun(bot, other_bot)
    shown = html(browser(coach(bot, other_bot)).get(page(running)))
    assert "By bot" in shown
    assert bot.name in shown
    assert other_bot.name in shown


def test_segments_are_shared_by_all_staff(bot: Bot) -> None:
    Segment.objects.filter(name="Women of May").delete()
    Segment.objects.create(name="Women of May", criteria="gender=female")
    assert "Women of May" in html(browser(coach(bot)).get(ADD))
    Segment.objects.filter(name="Women of May").delete()


def test_a_bot_that_is_gone_does_not_break_the_list(bot: Bot) -> None:
    third = make_bot()
    written(bot, third, title="Both of us")
    assert "Both of us" in html(browser(coach(bot, third)).get(LIST))


def test_a_test_goes_to_an_admin_of_the_bot(bot: Bot) -> None:
    bot.owner_telegram_id = 4_300_000_001
    bot.save(update_fields=["owner_telegram_id"])
    make_profile(bot, telegram_id=4_300_000_001, first_name="Vera")
    draft = written(bot, texts=content("One", "Two", ru="Один"))
    me = browser(coach(bot))
    tester = f"{bot.id}~4300000001"
    assert f'value="{tester}"' in html(me.get(page(draft, "look")))
    answer = me.post(page(draft, "test"), {"tester": tester, "variant": "1", "language": "ru"}, follow=True)
    assert "The test is on its way" in html(answer)
    assert actions(draft)[-1] == "tested"
    refused = me.post(page(draft, "test"), {"tester": f"{bot.id}~5"}, follow=True)
    assert "A test goes to an admin of the bot only." in html(refused)
    assert me.post(page(draft, "test"), {"tester": "nonsense"}).status_code == 404


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a minute"),
        (725, "about 12 min"),
        (5399, "about 90 min"),
        (7200, "about 2 h"),
        (9000, "about 2.5 h"),
        (3 * 86400, "about 3 days"),
    ],
)
def test_lengths_of_time_are_said_in_words(seconds: float, said: str) -> None:
    assert length(seconds) == said


def test_what_is_over_says_when_and_how_long_it_took(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot)
    running = begun(bot)
    become(running, bot, "sent", sent_at=clock.now())
    with in_bots([bot.id]):
        share = BroadcastShare.objects.for_bot(bot.id).get(broadcast_id=running.id)
        share.first_sent_at, share.last_sent_at = clock.now() - timedelta(minutes=5), clock.now()
        share.done_at = clock.now()
        share.save()
        finish_if_done(broadcast_id=running.id)
    me = browser(coach(bot))
    assert "took about 5 min" in html(me.get(page(running)))
    shown = html(me.get(LIST))
    assert "ended" in shown
    assert 'data-live="off"' in shown

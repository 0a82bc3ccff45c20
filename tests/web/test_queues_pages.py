"""The pages of the queues: what staff see of them, what they may do there, and what they may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from bots.models import Bot, BotAccess
from bots.roles import Role
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot
from mailbox.models import Clearing, InboundUpdate, OutboundMessage
from mailbox.services.clear_shelf import clear_shelf
from tests.cast import make_bot, make_profile
from tests.web.people import browser, make_coach

BOARD = "/admin/queues/"
HOSTILE = '<script>alert("x")</script>'
ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"
WORDS = b'{"update_id": 7, "message": {"text": "I never told anybody", "from": {"id": 4711}}}'
SHELVES = ("waiting", "buried", "outgoing", "undelivered")


def heard(bot: Bot, *, user_id: int = 4711, buried: bool = True, **fields: Any) -> UUID:
    now = clock.now()
    row = InboundUpdate(
        bot=bot,
        **{
            "id": new_id(),
            "seq": 0,
            "update_id": None,
            "kind": "message",
            "lane": user_id,
            "user_id": user_id,
            "payload": WORDS,
            "attempts": 3 if buried else 0,
            "due_at": now,
            "received_at": now - timedelta(minutes=5),
            "settled_at": now if buried else None,
            "outcome": "buried" if buried else "",
            "reason": "ValueError" if buried else "",
            **fields,
        },
    )
    with in_bot(bot.id):
        # The database numbers rows; here each gets the next number by hand.
        row.seq = InboundUpdate.objects.for_bot(bot.id).count() + 1
        InboundUpdate.objects.bulk_create([row])
    return row.id


def said(bot: Bot, *, state: str = "pending", **fields: Any) -> UUID:
    now = clock.now()
    row_id = new_id()
    with in_bot(bot.id):
        OutboundMessage.objects.bulk_create(
            [
                OutboundMessage(
                    bot=bot,
                    **{
                        "id": row_id,
                        "seq": OutboundMessage.objects.for_bot(bot.id).count() + 1,
                        "key": str(row_id),
                        "chat_id": 4711,
                        "method": "sendMessage",
                        "params": {"chat_id": 4711, "text": "What did you feel?"},
                        "state": state,
                        "not_before": now,
                        "created_at": now,
                        "settled_at": None if state == "pending" else now,
                        "error": "" if state == "pending" else "Forbidden",
                        **fields,
                    },
                )
            ]
        )
    return row_id


def as_role(bot: Bot, role: Role) -> Client:
    return browser(make_coach(bot, role=role))


def html(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def place(bot: Bot, shelf: str = "buried", rest: str = "") -> str:
    return f"{BOARD}{bot.id}/{shelf}/{rest}"


def told(response: Any) -> str:
    """What was said last."""
    return [str(each) for each in get_messages(response.wsgi_request)][-1]


def outcome(bot: Bot, row_id: UUID) -> tuple[str, bytes]:
    with in_bot(bot.id):
        row = InboundUpdate.objects.for_bot(bot.id).get(id=row_id)
        return row.outcome, bytes(row.payload)


def entries(bot: Bot, subject: str) -> list[AuditEntry]:
    with in_bot(bot.id):
        return list(AuditEntry.objects.filter(bot_id=bot.id, subject=subject))


# Looking


def test_the_board_says_of_each_bot_what_waits_and_what_did_not_go_well(bot: Bot, other_bot: Bot) -> None:
    heard(bot)
    heard(bot, buried=False)
    said(bot, state="failed")
    said(bot, not_before=clock.now() + timedelta(hours=1))
    heard(other_bot)
    page = html(as_role(bot, Role.READ_ONLY).get(BOARD))
    assert bot.name in page
    assert other_bot.name not in page
    assert "oldest 5 min" in page
    assert "1 failed · 0 unknown" in page
    assert "1 later" in page


def test_what_is_in_trouble_stands_first(bot: Bot, other_bot: Bot) -> None:
    Bot.objects.filter(id=bot.id).update(name="A bot at peace")
    Bot.objects.filter(id=other_bot.id).update(name="Zora in trouble")
    heard(other_bot)
    page = html(browser(make_coach(bot, other_bot)).get(BOARD))
    assert page.index("Zora in trouble") < page.index("A bot at peace")


def test_whoever_has_no_bot_is_told_what_queues_are(bot: Bot) -> None:
    assert browser(make_coach()).get(BOARD).status_code == 403
    assert as_role(bot, Role.ANALYST).get(BOARD).status_code == 403


@pytest.mark.parametrize("shelf", SHELVES)
def test_every_shelf_opens_empty_and_full(bot: Bot, shelf: str) -> None:
    client = as_role(bot, Role.COACH)
    assert "qs-empty" in html(client.get(place(bot, shelf)))
    for _ in range(2):
        heard(bot)
        heard(bot, buried=False, attempts=1, reason="TimeoutError")
        said(bot)
        said(bot, state="unknown")
    for address in (place(bot, shelf), place(bot, shelf, "live/")):
        assert "qs-rows" in html(client.get(address))


def test_a_shelf_shows_whose_it_is_and_nothing_of_what_they_said(bot: Bot) -> None:
    vera = make_profile(bot, first_name=HOSTILE, telegram_id=4711)
    row_id = heard(bot, reason="<b>ValueError</b>")
    client = as_role(bot, Role.COACH)
    for page in (html(client.get(place(bot))), html(client.get(place(bot, rest=f"{row_id}/")))):
        assert ESCAPED in page
        assert HOSTILE not in page
        assert "&lt;b&gt;ValueError&lt;/b&gt;" in page
        assert str(vera.id) in page
        assert "I never told anybody" not in page
        assert ">4711<" not in page


def test_a_row_shows_its_shape(bot: Bot) -> None:
    row_id = heard(bot)
    page = html(as_role(bot, Role.READ_ONLY).get(place(bot, rest=f"{row_id}/")))
    assert "text, 20 characters" in page
    assert "<b>update_id</b> <span>7</span>" in page
    message = said(bot, state="failed")
    page = html(as_role(bot, Role.READ_ONLY).get(place(bot, "undelivered", f"{message}/")))
    assert "What did you feel?" not in page
    assert "text, 18 characters" in page


def test_a_row_of_which_nothing_was_kept_says_so_and_is_not_handled_once_more(bot: Bot) -> None:
    row_id = heard(bot, payload=b"")
    page = html(as_role(bot, Role.MANAGER).get(place(bot, rest=f"{row_id}/")))
    assert "Nothing of what it said was kept" in page
    assert "do/replay" not in page
    assert "do/discard" in page


def test_a_shelf_is_narrowed_by_what_is_alike(bot: Bot) -> None:
    heard(bot)
    heard(bot, reason="KeyError")
    client = as_role(bot, Role.COACH)
    page = html(client.get(place(bot)))
    assert "Message · KeyError" in page
    rows = client.get(place(bot), {"kind": "message", "reason": "KeyError"}).context["rows"]
    assert [each["row"].reason for each in rows] == ["KeyError"]
    assert "Nothing here is like that." in html(client.get(place(bot), {"reason": "never \x00 heard"}))


def test_a_shelf_is_paged(bot: Bot) -> None:
    for _ in range(52):
        heard(bot)
    client = as_role(bot, Role.COACH)
    first = client.get(place(bot)).context
    assert len(first["rows"]) == 50
    second = client.get(first["more"]).context
    assert (len(second["rows"]), second["more"]) == (2, "")
    assert client.get(place(bot), {"beyond": "9" * 30}).status_code == 200


def test_a_page_that_is_open_is_sent_what_has_changed_and_nothing_else(
    bot: Bot, stopped_clock: Clock
) -> None:
    heard(bot)
    client = as_role(bot, Role.COACH)
    stamp = client.get(place(bot)).context["stamp"]
    live = place(bot, rest="live/")
    assert client.get(live, {"stamp": stamp}).status_code == 204
    heard(bot)
    assert client.get(live, {"stamp": stamp}).status_code == 200
    assert client.get(f"{BOARD}live/").status_code == 200


# Reading what somebody said


def test_whoever_may_reads_for_a_reason_that_is_kept(bot: Bot) -> None:
    vera = make_profile(bot, telegram_id=4711)
    row_id = heard(bot)
    reader = make_coach(bot)
    client = browser(reader)
    response = client.post(place(bot, rest=f"{row_id}/read/"), {"reason": "mend"})
    assert "I never told anybody" in html(response)
    assert response["Cache-Control"].startswith("max-age=0")
    (entry,) = entries(bot, "mail.read")
    assert (entry.action, entry.actor_id, entry.row_id) == ("read", reader.pk, str(vera.id))
    assert entry.after == {"by": reader.pk, "reason": "mend", "row": str(row_id)}
    # Only this once.
    assert "I never told anybody" not in html(client.get(place(bot, rest=f"{row_id}/")))
    assert client.get(place(bot, rest=f"{row_id}/read/")).status_code == 405


@pytest.mark.parametrize("reason", ["", "curious"])
def test_without_a_reason_nothing_is_shown(bot: Bot, reason: str) -> None:
    row_id = heard(bot)
    response = as_role(bot, Role.COACH).post(place(bot, rest=f"{row_id}/read/"), {"reason": reason})
    assert (response.status_code, told(response)) == (302, "Say why you read it.")
    assert entries(bot, "mail.read") == []


# Doing


def test_chosen_rows_are_handled_once_more_or_discarded(bot: Bot) -> None:
    first, second, third = heard(bot), heard(bot), heard(bot)
    client = as_role(bot, Role.MANAGER)
    response = client.post(place(bot, rest="do/replay/"), {"row": [str(first), "nonsense"]})
    assert told(response) == "1 update is handled once more."
    response = client.post(place(bot, rest="do/discard/"), {"row": [str(second)], "reason": "ValueError"})
    assert told(response) == "1 update was discarded."
    assert response["Location"] == place(bot) + "?reason=ValueError"
    assert [outcome(bot, each) for each in (first, second, third)] == [
        ("", WORDS),
        ("done", b""),
        ("buried", WORDS),
    ]
    assert len(entries(bot, "updates.replayed")) == len(entries(bot, "updates.discarded")) == 1
    assert told(client.post(place(bot, rest="do/replay/"), {})) == "Nothing was left to do."


def test_all_that_are_alike_are_worked_on_in_the_background(bot: Bot, redis_url: str) -> None:
    rows = [heard(bot) for _ in range(3)]
    other = heard(bot, reason="KeyError")
    manager = make_coach(bot, role=Role.MANAGER)
    client = browser(manager)
    sent = {"all": "1", "reason": "ValueError", "kind": ""}
    assert (
        told(client.post(place(bot, rest="do/discard/"), sent))
        == "3 rows are being worked on; how far it is stands here."
    )
    again = client.post(place(bot, rest="do/replay/"), sent)
    assert told(again) == "Somebody is at it already: wait until it is done."
    assert "Discarding" in html(client.get(place(bot)))
    with in_bot(bot.id):
        clearing = Clearing.objects.for_bot(bot.id).get()
    assert (clearing.asked_by, clearing.address, clearing.state) == (manager.pk, "127.0.0.1", "wanted")
    clear_shelf(bot_id=bot.id, clearing_id=clearing.id, must_stop=lambda: False)
    assert [outcome(bot, each)[0] for each in (*rows, other)] == ["done"] * 3 + ["buried"]
    assert "3 / 3" in html(client.get(f"{BOARD}live/"))
    assert told(client.post(place(bot, rest="do/discard/"), sent)) == "Nothing was left to do."


def test_a_message_that_waits_is_kept_back(bot: Bot) -> None:
    waiting, farewell, to_many = said(bot), said(bot, is_farewell=True), said(bot, priority=3)
    client = as_role(bot, Role.MANAGER)
    page = html(client.get(place(bot, "outgoing")))
    assert str(waiting) in page
    assert f'value="{farewell}"' not in page
    assert f'value="{to_many}"' not in page
    assert "do/cancel" not in html(client.get(place(bot, "outgoing", f"{to_many}/")))
    assert "do/cancel" in html(client.get(place(bot, "outgoing", f"{waiting}/")))
    response = client.post(place(bot, "outgoing", "do/cancel/"), {"row": [str(waiting), str(farewell)]})
    assert told(response) == "1 message is not sent."
    assert "taken back by staff" in html(client.get(place(bot, "undelivered")))


def test_what_was_not_delivered_is_sent_once_more(bot: Bot) -> None:
    lost, unsure = said(bot, state="failed"), said(bot, state="unknown")
    unasked, to_many = said(bot, state="failed", priority=2), said(bot, state="unknown", priority=3)
    client = as_role(bot, Role.COACH)
    page = html(client.get(place(bot, "undelivered")))
    assert "then they read it twice" in page
    assert f'value="{lost}"' in page
    assert f'value="{unasked}"' not in page
    assert f'value="{to_many}"' not in page
    assert "do/send" not in html(client.get(place(bot, "undelivered", f"{unasked}/")))
    sent = {"row": [str(lost), str(unsure), str(to_many)]}
    assert told(client.post(place(bot, "undelivered", "do/send/"), sent)) == "2 messages are sent once more."
    assert len(client.get(place(bot, "outgoing")).context["rows"]) == 2
    reader = as_role(bot, Role.READ_ONLY)
    assert "do/send" not in html(reader.get(place(bot, "undelivered")))
    assert reader.post(place(bot, "undelivered", "do/send/"), sent).status_code == 403


@pytest.mark.parametrize(
    ("role", "replays", "discards"),
    [
        (Role.OWNER, 302, 302),
        (Role.MANAGER, 302, 302),
        (Role.COACH, 302, 403),
        (Role.READ_ONLY, 403, 403),
        (Role.ANALYST, 404, 404),
    ],
)
def test_who_may_do_what(bot: Bot, role: Role, replays: int, discards: int) -> None:
    first, second = heard(bot), heard(bot)
    message = said(bot)
    client = as_role(bot, role)
    if role is not Role.ANALYST:
        page = html(client.get(place(bot)))
        assert ("do/replay" in page, "do/discard" in page) == (replays == 302, discards == 302)
    assert client.post(place(bot, rest="do/replay/"), {"row": str(first)}).status_code == replays
    assert client.post(place(bot, rest="do/discard/"), {"row": str(second)}).status_code == discards
    cancelled = client.post(place(bot, "outgoing", "do/cancel/"), {"row": str(message)})
    assert cancelled.status_code == discards
    assert outcome(bot, first)[0] == ("" if replays == 302 else "buried")
    assert outcome(bot, second)[0] == ("done" if discards == 302 else "buried")


def test_what_cannot_be_done_on_a_shelf_is_not_there(bot: Bot) -> None:
    client = as_role(bot, Role.OWNER)
    for address in (place(bot, "waiting", "do/discard/"), place(bot, rest="do/nonsense/")):
        assert client.post(address, {"row": str(heard(bot))}).status_code == 404
    assert client.get(place(bot, "nonsense")).status_code == 404
    assert client.get(place(bot, rest=f"{new_id()}/")).status_code == 404
    assert client.get(place(bot, rest="do/discard/")).status_code == 405


def test_another_bots_rows_are_out_of_reach_by_address_and_by_form(bot: Bot, other_bot: Bot) -> None:
    foreign = heard(other_bot)
    client = as_role(bot, Role.OWNER)
    for address in (
        place(other_bot),
        place(other_bot, rest="live/"),
        place(other_bot, rest=f"{foreign}/"),
        place(bot, rest=f"{foreign}/"),
    ):
        assert client.get(address).status_code == 404
    for address in (
        place(other_bot, rest="do/discard/"),
        place(other_bot, rest=f"{foreign}/read/"),
        place(bot, rest=f"{foreign}/read/"),
    ):
        assert client.post(address, {"row": str(foreign), "reason": "mend"}).status_code == 404
    assert client.post(place(bot, rest="do/discard/"), {"row": str(foreign)}).status_code == 404
    assert outcome(other_bot, foreign) == ("buried", WORDS)
    assert entries(other_bot, "mail.read") == []


def test_a_role_counts_in_its_own_bot_alone(bot: Bot, other_bot: Bot) -> None:
    person = make_coach(bot, role=Role.OWNER)
    BotAccess.objects.create(user=person, bot=other_bot, role=Role.READ_ONLY)
    foreign = heard(other_bot)
    client = browser(person)
    assert client.post(place(other_bot, rest="do/discard/"), {"row": str(foreign)}).status_code == 403
    # Nor by the form of one's own bot.
    assert client.post(place(bot, rest="do/discard/"), {"row": str(foreign)}).status_code == 404
    assert outcome(other_bot, foreign)[0] == "buried"


def questions(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    found = [each["sql"] for each in queries.captured_queries]
    return [each for each in found if each.split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")]


@pytest.mark.parametrize("address", ["board", "live", "shelf", "shelf-live", "row"])
def test_pages_ask_twelve_questions_at_most_however_much_there_is(
    bot: Bot, owner: Client, address: str
) -> None:
    make_profile(bot, telegram_id=4711)
    row_id = heard(bot)
    where = {
        "board": BOARD,
        "live": f"{BOARD}live/",
        "shelf": place(bot),
        "shelf-live": place(bot, rest="live/"),
        "row": place(bot, rest=f"{row_id}/"),
    }[address]
    owner.get(where)
    few = questions(owner, where)
    for number in range(20):
        make_profile(bot, telegram_id=5000 + number)
        heard(bot, user_id=5000 + number)
        heard(bot, buried=False)
        said(bot)
    for _ in range(3):
        heard(make_bot())
    many = questions(owner, where)
    assert len(many) == len(few)
    assert len(many) <= 12, "\n".join(each[:150] for each in many)

"""Being forgotten: nothing that was ever written down about a person is found again, in any table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from bots.models import Bot
from core.clock import clock
from core.tenancy import in_bot
from journey.contracts import Judgement
from journey.stages import StageCode
from mailbox.contracts import Arrival, LeaseLost, Outcome
from mailbox.services.accept import accept
from mailbox.services.claim import claim
from mailbox.services.deliver import mark, outgoing
from mailbox.services.settle import bury
from profiles.contracts import Found
from sessions_app.companion import StageBook
from sessions_app.contracts import Cost
from sessions_app.outcomes import SessionSummary
from sessions_app.reflections import Reflection
from sessions_app.services.answer import answer
from sessions_app.services.complete_session import complete_with_summary
from sessions_app.services.forget_person import forget_everywhere, forget_here
from sessions_app.services.open_session import open_session
from sessions_app.services.pause_for_crisis import pause_for_crisis
from sessions_app.services.say_text import say_outside_session
from sessions_app.services.welcome import consent, greet
from sessions_app.speech import say
from tests.sessions_app.guests import Guest, make_guest

Owner = psycopg.Connection[Any]


def secret_of(guest: Guest) -> str:
    """Words that nobody else says, and that are found by the same number."""
    return f"Call me under {guest.telegram_id}."


@pytest.fixture
def vera(bot: Bot) -> Guest:
    return live_through_everything(make_guest(bot, has_consented=False))


def live_through_everything(guest: Guest) -> Guest:
    """Leave a trace wherever one can."""
    secret = secret_of(guest)
    guest.asks(greet, "/start")
    guest.asks(consent, tap="consent:yes")
    guest.asks(say_outside_session, secret)
    guest.asks(open_session, "/natasha", kind="natasha")
    visit = guest.comes(secret)
    outcome = SessionSummary.model_validate(
        {
            "summary": secret,
            "patterns": [secret],
            "core_issue": secret,
            "metaphysical": {"light": 1, "themes": [secret], "patterns": []},
            "next_step": secret,
        }
    )
    reflection = Reflection(
        Judgement(StageCode.ORDEAL, 0.9, (secret,)),
        (Found("location", secret, secret), Found("age", "40", secret)),
    )
    guest.is_served(
        complete_with_summary,
        visit,
        session=visit.session,
        outcome=outcome,
        reflection=reflection,
        stages=StageBook(),
        cost=Cost(),
    )
    guest.asks(pause_for_crisis, secret, kind="abuse", rule="r")
    buried = Arrival(
        update_id=None,
        kind="message",
        lane=guest.telegram_id,
        user_id=guest.telegram_id,
        may_wait=False,
        payload=secret.encode(),
        due_at=clock.now(),
    )
    with in_bot(guest.bot.id):
        accept(bot_id=guest.bot.id, arrivals=[buried])
        claim(hand=guest.hand, busy=(), lanes=9, burst_wait=0.0)
        bury(hand=guest.hand, ids=[buried.id], reason=f"about {secret}")
        failed = outgoing(hand=guest.hand, busy=(), slots=50)
        mark(
            hand=guest.hand,
            outcomes=[Outcome(each.id, "failed", error=f"about {each.chat_id}") for each in failed],
        )
    return guest


def traces(owner: Owner, *words: str) -> dict[str, int]:
    """Tables, partitions included, that hold any of these words, in text or in bytes; as their owner sees them."""
    found = {}
    tables = owner.execute(
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind = 'r'"
    ).fetchall()
    assert len(tables) > 40
    patterns = [f"%{word}%" for word in words] + [f"%{word.encode().hex()}%" for word in words]
    for (table,) in tables:
        (count,) = owner.execute(
            f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE ANY (%s)", [patterns]
        ).fetchone() or (0,)
        if count:
            found[table.rpartition("_p")[0] or table] = found.get(table, 0) + count
    return found


def sent(guest: Guest) -> None:
    """All that is to be said is out."""
    with in_bot(guest.bot.id):
        while waiting := outgoing(hand=guest.hand, busy=(), slots=50):
            mark(hand=guest.hand, outcomes=[Outcome(each.id, "sent") for each in waiting])


def test_the_traces_of_a_person_are_many(vera: Guest, owner_database: Owner) -> None:
    assert set(traces(owner_database, str(vera.telegram_id))) >= {
        "profiles",
        "conversations",
        "sessions",
        "messages",
        "inbound_updates",
        "outbound_messages",
    }


def test_who_is_forgotten_here_leaves_no_trace_but_the_farewell_until_it_is_sent(
    vera: Guest, owner_database: Owner
) -> None:
    profile_id, conversation_id = vera.profile().id, vera.said("conversation_id")[0]
    vera.asks(forget_here, tap="forget:here")
    assert vera.heard() == [say("forget.done", "en")]
    known = (str(vera.telegram_id), str(profile_id), str(conversation_id))
    assert set(traces(owner_database, *known)) == {"outbound_messages"}
    sent(vera)
    assert traces(owner_database, *known) == {}


def test_who_is_forgotten_is_not_known_any_more_and_may_begin_anew(
    vera: Guest, owner_database: Owner
) -> None:
    old_profile = vera.profile().id
    vera.asks(forget_here, tap="forget:here")
    visit = vera.asks(greet, "/start")
    assert visit.person.id != old_profile
    assert (visit.person.has_consented, visit.person.first_name, visit.session) == (False, "", None)
    assert vera.heard()[-1] == say("start.greeting", "en")
    sent(vera)
    assert traces(owner_database, secret_of(vera), f"Orlova {vera.telegram_id}", str(old_profile)) == {}


def test_another_person_loses_nothing(vera: Guest, owner_database: Owner) -> None:
    boris = live_through_everything(make_guest(vera.bot, has_consented=False))
    before = traces(owner_database, str(boris.telegram_id))
    vera = replace(vera, hand=boris.hand)
    vera.asks(forget_here, tap="forget:here")
    assert traces(owner_database, str(boris.telegram_id)) == before
    assert boris.profile().first_name == "Vera"
    assert len(boris.said()) > 5


def test_forgotten_here_is_remembered_there(vera: Guest, other_bot: Bot) -> None:
    there = replace(make_guest(other_bot, has_consented=False), telegram_id=vera.telegram_id)
    live_through_everything(there)
    vera.asks(forget_here, tap="forget:here")
    assert len(there.said()) > 5
    assert [kind for kind in there.events() if kind == "profile.erased"] == []


def test_forgotten_everywhere_is_forgotten_in_every_bot(
    vera: Guest, other_bot: Bot, owner_database: Owner
) -> None:
    there = replace(make_guest(other_bot, has_consented=False), telegram_id=vera.telegram_id)
    live_through_everything(there)
    visit = vera.comes(tap="forget:everywhere")
    # It opens a scope of its own.
    forget_everywhere(visit=visit)
    assert vera.heard() == [say("forget.done", "en")]
    sent(vera)
    assert traces(owner_database, str(vera.telegram_id)) == {}
    assert (vera.events(), there.events()) == (["profile.erased"], ["profile.erased"])


def test_a_wish_that_is_not_in_hand_any_more_erases_nothing(vera: Guest) -> None:
    visit = vera.comes(tap="forget:here")
    vera.is_served(answer, visit, lines=[])
    said = vera.said()
    with pytest.raises(LeaseLost):
        vera.is_served(forget_here, visit)
    assert vera.said() == said
    assert vera.profile().first_name == "Vera"


def test_a_wish_is_granted_once(vera: Guest) -> None:
    visit = vera.comes(tap="forget:here")
    vera.is_served(forget_here, visit)
    with pytest.raises(LeaseLost):
        vera.is_served(forget_here, visit)
    assert vera.events() == ["profile.erased"]

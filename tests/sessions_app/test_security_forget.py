"""Being forgotten everywhere while another bot still has something in hand, or stands still and never will."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from bots.models import Bot
from core.tenancy import in_bot
from mailbox.contracts import LeaseLost
from mailbox.models import InboundUpdate
from sessions_app.contracts import Closing, Line, Opening
from sessions_app.services.close_turns import close_turns
from sessions_app.services.forget_person import forget_everywhere
from sessions_app.services.open_session import open_session
from sessions_app.services.open_turns import open_turns
from sessions_app.speech import say
from tests.sessions_app.guests import Guest, make_guest

Owner = psycopg.Connection[Any]


@pytest.fixture
def here(bot: Bot) -> Guest:
    return make_guest(bot)


@pytest.fixture
def there(here: Guest, other_bot: Bot) -> Guest:
    """The same person with another bot."""
    guest = replace(make_guest(other_bot, has_consented=False), telegram_id=here.telegram_id)
    guest.asks(open_session, "/natasha", kind="natasha")
    return guest


def forget(here: Guest) -> None:
    forget_everywhere(visit=here.comes(tap="forget:everywhere"))


def test_what_waits_with_a_bot_that_stands_still_is_emptied(here: Guest, there: Guest) -> None:
    there.comes("my secret")
    forget(here)
    rows = there.updates("payload", "user_id", "lane", "outcome")
    assert {(bytes(payload), *rest) for payload, *rest in rows} == {(b"", None, 0, "done")}


def test_a_turn_that_another_bot_has_under_way_ends_without_a_word(
    here: Guest, there: Guest, owner_database: Owner
) -> None:
    visit = there.comes("my secret")
    assert visit.session is not None
    with in_bot(there.bot.id):
        open_turns(
            bot_id=there.bot.id, openings=[Opening(visit.conversation_id, visit.session.id, visit.words)]
        )
    forget(here)
    closing = Closing(visit=visit, session_id=visit.session.id, text="I see.", lines=(Line("I see."),))
    with pytest.raises(LeaseLost), in_bot(there.bot.id):
        close_turns(bot_id=there.bot.id, closings=[closing])
    assert (there.said(), there.posts("id"), there.sessions("id")) == ([], [], [])
    (count,) = owner_database.execute(
        "SELECT count(*) FROM profiles WHERE telegram_id = %s", [here.telegram_id]
    ).fetchone() or (0,)
    assert count == 0


def test_what_follows_the_wish_in_the_same_bot_is_still_answered(here: Guest) -> None:
    visit = here.comes(tap="forget:everywhere")
    here.comes("and now?")
    forget_everywhere(visit=visit)
    with in_bot(here.bot.id):
        assert InboundUpdate.objects.for_bot(here.bot.id).filter(settled_at=None).count() == 1
    assert here.heard() == [say("forget.done", "en")]

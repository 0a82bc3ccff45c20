"""Two people with one page open: the second is told, and saving again is a decision."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bots.models import Bot, Persona
from profiles.models import Stream
from sessions_app.models import SavedReply
from tests.web.people import browser, make_user

TOLD = "somebody changed it"


def seen_in(response: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', response.content.decode())
    assert found
    return found[1]


@pytest.fixture
def reply(bot: Bot) -> SavedReply:
    return SavedReply.objects.create(name=f"Hello {bot.slug}", language="en", text="Hello, {name}!")


def test_the_second_is_told_and_may_save_again(reply: SavedReply) -> None:
    page = f"/admin/sessions_app/savedreply/{reply.id}/change/"
    first, second = browser(make_user(superuser=True)), browser(make_user(superuser=True))
    seen = seen_in(first.get(page))
    assert seen_in(second.get(page)) == seen
    mine = {"name": reply.name, "language": "en", "text": "Good day!", "seen": seen}
    assert first.post(page, mine).status_code == 302
    theirs = {"name": reply.name, "language": "en", "text": "Good evening!", "seen": seen}
    told = second.post(page, theirs)
    assert told.status_code == 200
    assert TOLD in told.content.decode()
    assert "Good evening!" in told.content.decode()
    reply.refresh_from_db()
    assert reply.text == "Good day!"
    assert second.post(page, {**theirs, "seen": seen_in(told)}).status_code == 302
    reply.refresh_from_db()
    assert reply.text == "Good evening!"


def test_saving_what_nobody_else_touched_asks_nothing(reply: SavedReply) -> None:
    page = f"/admin/sessions_app/savedreply/{reply.id}/change/"
    me = browser(make_user(superuser=True))
    for text in ("One.", "Two."):
        sent = {"name": reply.name, "language": "en", "text": text, "seen": seen_in(me.get(page))}
        assert me.post(page, sent).status_code == 302
    reply.refresh_from_db()
    assert reply.text == "Two."


def test_programmes_personas_and_accounts_are_watched_too(bot: Bot) -> None:
    me = browser(make_user(superuser=True))
    stream = Stream.objects.order_by("slug").first()
    persona = Persona.objects.order_by("id").first() or Persona.objects.create(slug=bot.slug, name="Ariadne")
    assert stream is not None
    for page in (
        f"/admin/profiles/stream/{stream.pk}/change/",
        f"/admin/bots/persona/{persona.pk}/change/",
        f"/admin/auth/user/{make_user().pk}/change/",
    ):
        assert seen_in(me.get(page))

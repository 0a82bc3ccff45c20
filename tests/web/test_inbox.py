"""The inbox in the admin: its list, a conversation, and what its buttons do."""

from __future__ import annotations

from typing import Any

from django.test import Client

from bots.models import Bot
from tests.dashboard.talks import Talk, make_talk
from tests.web.people import browser, make_coach

LIST = "/admin/inbox/"


def html(response: Any) -> str:
    return str(response.content.decode())


def opened(me: Client, talk: Talk) -> str:
    """The page of a conversation, a reason given."""
    me.post(f"{talk.page}open/", {"reason": "quality"})
    answer = me.get(talk.page)
    assert answer.status_code == 200
    return html(answer)


def test_all_pages_open(bot: Bot) -> None:
    vera = make_talk(bot, first_name="Vera")
    vera.session()
    vera.says("He never listens.")
    answer = vera.answers("And you?")[0]
    vera.draft("Why do you ask?")
    me = browser(make_coach(bot))
    assert "Vera" in html(me.get(LIST))
    for show in ("needs", "crisis", "unanswered", "mine", "unread", "taken", "drafts", "later", "nonsense"):
        assert me.get(f"{LIST}?show={show}").status_code == 200, show
    assert me.get(f"{LIST}rows/").status_code == 200
    assert "Why do you open this conversation?" in html(me.get(vera.page))
    page = opened(me, vera)
    assert page.index("He never listens.") < page.index("And you?")
    for name in ("live", "aside"):
        assert me.get(f"{vera.page}{name}/").status_code == 200, name
    assert me.get(f"{vera.page}why/{answer.id}/").status_code == 403
    for action in ("take", "say", "note", "hand-back", "drafts", "assign", "snooze", "mark", "done", "draft"):
        done = me.post(f"{vera.page}do/{action}/", {"text": "Hello", "on": "0", "for": "hour"})
        assert done.status_code == 302, action
    assert me.get(vera.page).status_code == 200

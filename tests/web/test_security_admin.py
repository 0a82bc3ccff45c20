"""Staff who may change a bot still may not learn its secrets, nor hear of other bots."""

from __future__ import annotations

from bots.models import Bot
from tests.cast import make_bot
from tests.web.people import browser, make_coach, make_user
from tests.web.test_bots_admin import changed, page_of

EVIL = "https://collector.example"


def test_only_owners_choose_where_a_bots_token_and_key_are_sent() -> None:
    bot = make_bot(api_url="https://api.telegram.org")
    change = changed(bot, name="Renamed", api_url=EVIL, model_base_url=EVIL)
    coach = browser(make_coach(bot, permissions=("change_bot",)))
    assert coach.post(page_of(bot), change).status_code == 302
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.name, fresh.api_url, fresh.model_base_url) == ("Renamed", bot.api_url, "")

    owner = browser(make_user(superuser=True))
    assert owner.post(page_of(bot), change).status_code == 302
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.api_url, fresh.model_base_url) == (EVIL, EVIL)


def test_no_page_of_a_bot_shows_a_secret(bot: Bot) -> None:
    for visitor in (make_user(superuser=True), make_coach(bot, permissions=("change_bot",))):
        page = browser(visitor).get(page_of(bot)).content.decode()
        assert bot.token not in page
        assert bot.token_sealed not in page
        assert bot.token_fingerprint not in page


def test_the_list_of_filters_names_no_foreign_bot(bot: Bot, other_bot: Bot) -> None:
    coach = browser(make_coach(bot))
    for path in ("bots/bot/", "events/event/", "mailbox/buriedupdate/", "bots/botmetricday/", ""):
        page = coach.get(f"/admin/{path}").content.decode()
        assert other_bot.slug not in page
        assert str(other_bot.id) not in page

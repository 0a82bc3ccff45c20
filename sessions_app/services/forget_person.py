from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction

from core.cache import forget_person
from core.tenancy import across_bots, visible_bots
from events.services.erase_events import erase_events
from mailbox.services.erase_mail import erase_mail
from mailbox.services.post import post
from mailbox.services.settle import settle
from profiles.selectors.profiles_of import profiles_of
from profiles.selectors.telegram_id_of import telegram_id_of
from profiles.services.erase_profile import erase_profile
from sessions_app.contracts import Visit
from sessions_app.lines import forget_question, line
from sessions_app.posts import posts_of, unbutton
from sessions_app.services.answer import answer


def ask_to_forget(*, visit: Visit) -> None:
    """/forget_me: here, everywhere, or not at all?"""
    answer(visit=visit, lines=[forget_question(visit.language)])


def keep_after_all(*, visit: Visit) -> None:
    """The person changed their mind."""
    answer(visit=visit, lines=[line("forget.cancelled", visit.language)])


def forget_here(*, visit: Visit) -> None:
    """Erase all that this bot keeps of the person, and say so; they may begin anew with /start."""
    _erase(bot_id=visit.bot_id, profile_id=visit.person.id, telegram_id=visit.person.telegram_id)
    _farewell(visit=visit)


def forget_everywhere(*, visit: Visit) -> None:
    """Erase all that any bot of this installation keeps of the person."""
    with across_bots(reason="a person asked to be forgotten everywhere"):
        # Mail first, also where there is no profile (any more): a turn that another bot has under way then
        # ends as one that is in hand no longer, instead of beginning anew with a person that nobody knows.
        for bot_id in visible_bots() or ():
            is_elsewhere = bot_id != visit.bot_id
            erase_mail(bot_id=bot_id, telegram_id=visit.person.telegram_id, unheard=is_elsewhere)
        for bot_id, profile_id in profiles_of(telegram_id=visit.person.telegram_id):
            _erase(bot_id=bot_id, profile_id=profile_id, telegram_id=visit.person.telegram_id)
        _farewell(visit=visit)


def erase_person(*, bot_id: UUID, profile_id: UUID) -> bool:
    """Staff erase all that this bot keeps of a person, as /forget_me does, without a word to them.

    They may begin anew with /start. False where there is no such person (any more).
    """
    with transaction.atomic():
        telegram_id = telegram_id_of(bot_id=bot_id, profile_id=profile_id)
        if telegram_id is None:
            return False
        # What waits for an answer too: a turn that is under way then ends without a word.
        erase_mail(bot_id=bot_id, telegram_id=telegram_id, unheard=True)
        _erase(bot_id=bot_id, profile_id=profile_id, telegram_id=telegram_id)
    return True


def _erase(*, bot_id: UUID, profile_id: UUID, telegram_id: int) -> None:
    erase_events(bot_id=bot_id, profile_id=profile_id)
    erase_profile(bot_id=bot_id, profile_id=profile_id)
    # In a private chat the chat's id is the person's.
    erase_mail(bot_id=bot_id, telegram_id=telegram_id)
    # Last, when nothing can fill it again.
    transaction.on_commit(partial(forget_person, bot_id=bot_id, profile_id=profile_id))


def _farewell(*, visit: Visit) -> None:
    farewell = posts_of(visit, [line("forget.done", visit.language)], is_farewell=True)
    post(bot_id=visit.bot_id, posts=[*unbutton(visit, is_farewell=True), *farewell])
    settle(hand=visit.hand, ids=visit.inbound_ids, blank=True)
    erase_mail(bot_id=visit.bot_id, telegram_id=visit.person.telegram_id, keep_open=True)

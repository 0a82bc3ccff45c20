"""What each role may do, and in which bots somebody has which."""

from __future__ import annotations

import itertools
import os
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bots.models import AccessRole, Bot, BotAccess
from bots.roles import ALL, CAPABILITIES, NONE, Capability, Role, capabilities_of_role
from bots.selectors.access import bots_with, capabilities_of
from bots.selectors.visible_bot_ids import figure_bot_ids, visible_bot_ids

pytestmark = pytest.mark.usefixtures("as_staff")

LOOKS = {Capability.SEE_FIGURES, Capability.SEE_PEOPLE, Capability.SEE_WORDS}

_numbers = itertools.count(1)


def staff(*given: tuple[Bot, Role], **fields: Any) -> User:
    user = User.objects.create(
        username=f"roles-{os.getpid()}-{next(_numbers)}", **{"is_staff": True, **fields}
    )
    for bot, role in given:
        BotAccess.objects.create(user=user, bot=bot, role=role)
    return user


def test_every_role_has_its_capabilities_and_a_name():
    assert set(CAPABILITIES) == set(Role)
    assert {each.value for each in AccessRole} == {each.value for each in Role}


def test_an_owner_may_do_everything():
    assert capabilities_of_role("owner") == ALL == set(Capability)


def test_a_manager_neither_erases_nor_lets_others_in():
    assert ALL - capabilities_of_role("manager") == {Capability.ERASE, Capability.GIVE_ACCESS}


def test_a_coach_looks_after_people_and_not_after_the_bot():
    assert capabilities_of_role("coach") == LOOKS | {Capability.CHANGE_PEOPLE, Capability.ANSWER}


def test_an_analyst_sees_figures_and_nothing_else():
    assert capabilities_of_role("analyst") == {Capability.SEE_FIGURES}


def test_who_may_only_look_sees_what_a_coach_sees():
    assert capabilities_of_role("read_only") == LOOKS


def test_whoever_sees_anything_sees_figures():
    # The scope of a request is built on it: the bots of its figures are all that the person sees.
    assert all(Capability.SEE_FIGURES in each for each in CAPABILITIES.values())


def test_an_unknown_role_may_do_nothing():
    assert capabilities_of_role("emperor") == NONE == frozenset()


def test_a_role_counts_in_its_own_bot_alone(bot: Bot, other_bot: Bot, make_bot: Any):
    foreign = make_bot()
    user = staff((bot, Role.MANAGER), (other_bot, Role.ANALYST))
    assert capabilities_of(user=user, bot_id=bot.id) == CAPABILITIES[Role.MANAGER]
    assert capabilities_of(user=user, bot_id=other_bot.id) == {Capability.SEE_FIGURES}
    assert capabilities_of(user=user, bot_id=foreign.id) == NONE
    assert bots_with(user=user, capability=Capability.BROADCAST) == (bot.id,)
    assert bots_with(user=user, capability=Capability.SEE_FIGURES) == tuple(sorted([bot.id, other_bot.id]))
    assert visible_bot_ids(user=user) == [bot.id]
    assert figure_bot_ids(user=user) == sorted([bot.id, other_bot.id])


def test_a_superuser_may_do_everything_in_every_bot(bot: Bot):
    user = staff(is_superuser=True)
    assert capabilities_of(user=user, bot_id=bot.id) == ALL
    assert bot.id in bots_with(user=user, capability=Capability.ERASE)


@pytest.mark.parametrize(
    "fields",
    [{"is_staff": False}, {"is_active": False}, {"is_superuser": True, "is_active": False}],
    ids=["not staff", "dismissed", "dismissed superuser"],
)
def test_who_is_no_staff_may_do_nothing_whatever_was_given(bot: Bot, fields: dict[str, bool]):
    user = staff((bot, Role.OWNER), **fields)
    assert capabilities_of(user=user, bot_id=bot.id) == NONE
    assert bots_with(user=user, capability=Capability.SEE_FIGURES) == ()


def test_nobody_may_do_nothing(bot: Bot):
    assert capabilities_of(user=AnonymousUser(), bot_id=bot.id) == NONE
    assert bots_with(user=AnonymousUser(), capability=Capability.SEE_PEOPLE) == ()


def test_the_database_is_asked_once_for_each_account_that_is_loaded(bot: Bot, other_bot: Bot):
    user = staff((bot, Role.COACH))
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            capabilities_of(user=user, bot_id=bot.id)
            bots_with(user=user, capability=Capability.ANSWER)
    assert len(queries) == 1
    BotAccess.objects.filter(user=user).delete()
    fresh = User.objects.get(pk=user.pk)
    assert capabilities_of(user=fresh, bot_id=bot.id) == NONE


def test_access_without_a_role_only_looks(bot: Bot):
    user = staff()
    assert BotAccess.objects.create(user=user, bot=bot).role == "read_only"


def test_the_database_knows_the_roles(bot: Bot):
    user = staff()
    with pytest.raises(IntegrityError, match="bot_access_role_is_known"), transaction.atomic():
        BotAccess.objects.create(user=user, bot=bot, role="emperor")

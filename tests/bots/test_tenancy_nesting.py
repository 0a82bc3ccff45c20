"""However scopes, transactions, errors and rollbacks are nested, each line sees what its own scope says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tenancy import in_bots, visible_bots
from profiles.models import Profile
from tests.cast import make_bot, make_profile

BOTS = 3
Ending = Literal["well", "raises", "refused", "rolled back"]


@dataclass(frozen=True)
class Block:
    """A scope (None: a plain transaction), the blocks inside of it, and how it ends."""

    scope: frozenset[int] | None
    inside: tuple[Block, ...]
    ending: Ending


scopes = st.none() | st.frozensets(st.integers(0, BOTS - 1))
endings = st.sampled_from(["well", "raises", "refused", "rolled back"])
blocks = st.recursive(
    st.builds(Block, scopes, st.just(()), endings),
    lambda inner: st.builds(Block, scopes, st.lists(inner, max_size=3).map(tuple), endings),
    max_leaves=8,
)


class EndedError(Exception):
    """The planned end of a block."""


@pytest.fixture(scope="module")
def bots(django_db_setup: None) -> list[UUID]:
    made = [make_bot() for _ in range(BOTS)]
    for bot in made:
        make_profile(bot)
    return [bot.id for bot in made]


@settings(max_examples=60, deadline=None)
@given(plan=st.lists(blocks, min_size=1, max_size=3))
def test_each_line_sees_what_its_scope_says(bots: list[UUID], plan: list[Block]):
    for block in plan:
        walk(block, bots, around=frozenset())
    assert seen(bots) == frozenset()
    assert (visible_bots(), connection.in_atomic_block) == (None, False)


def walk(block: Block, bots: list[UUID], *, around: frozenset[int]) -> None:
    visible = around if block.scope is None else block.scope
    scope = (
        transaction.atomic()
        if block.scope is None
        else in_bots(bots[number] for number in sorted(block.scope))
    )
    try:
        with scope:
            assert seen(bots) == visible
            for each in block.inside:
                walk(each, bots, around=visible)
            assert seen(bots) == visible
            end(block.ending)
    except (EndedError, DatabaseError):
        assert block.ending in {"raises", "refused"}
    assert seen(bots) == around


def end(ending: Ending) -> None:
    if ending == "raises":
        raise EndedError
    if ending == "refused":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    if ending == "rolled back":
        transaction.set_rollback(True)


def seen(bots: list[UUID]) -> frozenset[int]:
    found = Profile.objects.filter(bot_id__in=bots).values_list("bot_id", flat=True)
    return frozenset(bots.index(bot_id) for bot_id in found)

"""What may follow what."""

from __future__ import annotations

from itertools import product

from broadcast.figures import COUNTED
from broadcast.models import BroadcastShare
from broadcast.states import NEXT, OPEN, OUTSTANDING, UNDER_WAY, BroadcastState, RecipientState, may_follow


def reachable(start: BroadcastState) -> set[BroadcastState]:
    found, new = set(), {start}
    while new:
        found |= new
        new = {each for state in new for each in NEXT[state]} - found
    return found


def test_every_state_is_reached_from_a_draft_and_nothing_follows_the_end() -> None:
    assert reachable(BroadcastState.DRAFT) == set(BroadcastState)
    assert reachable(BroadcastState.CANCELLED) == {BroadcastState.CANCELLED}


def test_what_has_begun_is_never_a_draft_again() -> None:
    assert not reachable(BroadcastState.FREEZING) & OPEN
    assert reachable(BroadcastState.FREEZING) >= UNDER_WAY


def test_everything_but_what_is_over_can_be_cancelled() -> None:
    over = {BroadcastState.FINISHED, BroadcastState.CANCELLED}
    assert {state for state in BroadcastState if may_follow(state, "cancelled")} == set(BroadcastState) - over


def test_nothing_follows_itself() -> None:
    assert not [state for state in BroadcastState if may_follow(state, state)]
    assert sum(may_follow(one, other) for one, other in product(BroadcastState, repeat=2)) == sum(
        len(states) for states in NEXT.values()
    )


def test_each_state_of_a_recipient_has_its_figure_but_waiting_which_is_what_remains() -> None:
    fields = {field.name for field in BroadcastShare._meta.get_fields()}
    assert set(COUNTED) <= fields
    assert {state.value for state in RecipientState} - set(COUNTED) == {"waiting"}
    assert {"waiting", "deferred", "released"} == OUTSTANDING

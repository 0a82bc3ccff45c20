from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bots.contracts import WantedBot
from core.ids import new_id
from runtime.supervisor.plan import plan


def wanted(state: str = "running", *, own: bool = False) -> WantedBot:
    return WantedBot(
        id=new_id(),
        slug="s",
        wanted_state=state,
        generation=1,
        has_own_process=own,
        updated_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def planned(
    *bots: WantedBot, current: dict[str, list[UUID]] | None = None, per_worker: int = 2, alone: Any = ()
) -> dict[str, list[WantedBot]]:
    return plan(wanted=bots, current=current or {}, per_worker=per_worker, alone=alone)


def test_bots_are_packed_and_one_worker_has_room() -> None:
    a, b, c, d = (wanted() for _ in range(4))
    assert planned(a, b, c, d) == {"pack-1": [a, b], "pack-2": [c, d], "pack-3": []}
    assert planned(a, b, c) == {"pack-1": [a, b], "pack-2": [c]}


def test_only_bots_that_should_run_are_planned_and_a_paused_one_should() -> None:
    running, paused = wanted(), wanted("paused")
    assert planned(running, paused, wanted("stopped"), per_worker=9) == {"pack-1": [running, paused]}


def test_nobody_wanted_is_one_worker_that_waits() -> None:
    assert planned() == {"pack-1": []}


def test_everybody_stays_where_they_are_and_newcomers_fill_the_gaps() -> None:
    a, b, c = (wanted() for _ in range(3))
    current = {"pack-1": [new_id(), a.id], "pack-2": [b.id]}
    assert planned(c, b, a, current=current) == {"pack-2": [b], "pack-1": [a, c]}


def test_where_fewer_fit_than_before_some_move() -> None:
    a, b = wanted(), wanted()
    assert planned(a, b, current={"pack-1": [a.id, b.id]}, per_worker=1) == {
        "pack-1": [a],
        "pack-2": [b],
        "pack-3": [],
    }


def test_a_bot_may_ask_for_a_process_of_its_own() -> None:
    a, b = wanted(own=True), wanted()
    assert planned(a, b) == {f"bot-{a.id}": [a], "pack-1": [b]}
    assert planned(a, b, current={"pack-1": [a.id, b.id]}) == {f"bot-{a.id}": [a], "pack-1": [b]}


def test_a_suspect_is_run_alone_and_comes_back_when_it_is_none_any_more() -> None:
    a, b = wanted(), wanted()
    apart = planned(a, b, current={"pack-1": [a.id, b.id]}, alone={a.id})
    assert apart == {f"bot-{a.id}": [a], "pack-1": [b]}
    together = planned(a, b, current={name: [bot.id for bot in bots] for name, bots in apart.items()})
    assert together == {"pack-1": [b, a], "pack-2": []}

from __future__ import annotations

import asyncio

import pytest

from runtime.dispatch.gate import Gate


class Visitors:
    """Goes through a gate and writes down who is inside together."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.inside: set[str] = set()
        self.seen: list[frozenset[str]] = []
        self.may_leave = {name: asyncio.Event() for name in ("a", "b", "c", "suspect", "other suspect")}

    def enter(self, name: str) -> asyncio.Task[None]:
        return asyncio.create_task(self._enter(name))

    async def _enter(self, name: str) -> None:
        async with self.gate.alone() if "suspect" in name else self.gate.shared():
            self.inside.add(name)
            self.seen.append(frozenset(self.inside))
            try:
                await self.may_leave[name].wait()
            finally:
                self.inside.remove(name)

    async def settle(self) -> set[str]:
        """Who is inside when everybody has gone as far as they may."""
        for _ in range(10):
            await asyncio.sleep(0)
        return set(self.inside)


@pytest.fixture
async def visitors() -> Visitors:
    return Visitors()


async def test_turns_run_side_by_side(visitors: Visitors) -> None:
    visitors.enter("a")
    visitors.enter("b")
    assert await visitors.settle() == {"a", "b"}


async def test_a_suspect_waits_until_all_have_left_and_nobody_enters_before_it(visitors: Visitors) -> None:
    visitors.enter("a")
    await visitors.settle()
    visitors.enter("suspect")
    await visitors.settle()
    visitors.enter("b")
    assert await visitors.settle() == {"a"}
    visitors.may_leave["a"].set()
    assert await visitors.settle() == {"suspect"}
    visitors.enter("c")
    assert await visitors.settle() == {"suspect"}
    visitors.may_leave["suspect"].set()
    assert await visitors.settle() == {"b", "c"}
    assert frozenset({"suspect"}) in visitors.seen
    assert not [together for together in visitors.seen if "suspect" in together and len(together) > 1]


async def test_suspects_come_one_after_the_other(visitors: Visitors) -> None:
    visitors.enter("suspect")
    visitors.enter("other suspect")
    assert await visitors.settle() == {"suspect"}
    visitors.may_leave["suspect"].set()
    assert await visitors.settle() == {"other suspect"}


@pytest.mark.parametrize("gone", ["a", "suspect", "b"])
async def test_one_who_gives_up_holds_nobody_back(visitors: Visitors, gone: str) -> None:
    tasks = {"a": visitors.enter("a")}
    await visitors.settle()
    tasks["suspect"] = visitors.enter("suspect")
    await visitors.settle()
    tasks["b"] = visitors.enter("b")
    await visitors.settle()
    tasks[gone].cancel()
    await visitors.settle()
    for name in ("a", "suspect", "b"):
        visitors.may_leave[name].set()
    done = await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in done] == [name == gone for name in tasks]
    visitors.enter("c")
    assert await visitors.settle() == {"c"}

"""The way out: what is kept of a person is erased, here or everywhere."""

from __future__ import annotations

from core import aio
from runtime.dispatch.act import Act
from runtime.handlers.run import acknowledge, run, visit_of
from sessions_app.services import forget_person


async def ask(act: Act) -> None:
    await run(act, forget_person.ask_to_forget)


async def decide(act: Act) -> None:
    said = act.heard.tap.data.partition(":")[2] if act.heard.tap else ""
    if said == "everywhere":
        acknowledge(act)
        # It opens a scope of its own, over all bots.
        await aio.run(forget_person.forget_everywhere, visit=visit_of(act))
    else:
        service = {"here": forget_person.forget_here, "ask": forget_person.ask_to_forget}
        await run(act, service.get(said, forget_person.keep_after_all))

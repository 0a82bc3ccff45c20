"""Into a session, back into it, and out of it."""

from __future__ import annotations

from runtime.dispatch.act import Act
from runtime.handlers.run import acknowledge, run, visit_of
from runtime.handlers.typing import typing
from sessions_app.lines import KINDS
from sessions_app.services.open_session import open_session, switch_session
from sessions_app.services.resume_session import resume_session
from sessions_app.services.show_summary import show_summary as show_summary_service


async def open_natasha(act: Act) -> None:
    await run(act, open_session, kind="natasha")


async def open_diagnostic(act: Act) -> None:
    await run(act, open_session, kind="diagnostic")


async def open_tapped(act: Act) -> None:
    await run(act, open_session, kind=_kind(act))


async def switch(act: Act) -> None:
    await run(act, switch_session, kind=_kind(act))


async def resume(act: Act) -> None:
    said = act.heard.tap.data.partition(":")[2] if act.heard.tap else ""
    await run(act, resume_session, how=said if said in ("open", "gently", "not_now") else "open")


async def end(act: Act) -> None:
    visit = visit_of(act)
    if visit.session is None:
        await run(act, resume_session, how="open")
        return
    acknowledge(act)
    async with typing(act):
        await act.desk.conversation.end(visit, visit.session, act.desk.companion)


async def show_summary(act: Act) -> None:
    await run(act, show_summary_service, stages=act.desk.companion.stages)


def _kind(act: Act) -> str:
    said = act.heard.tap.data.partition(":")[2] if act.heard.tap else ""
    return said if said in KINDS else KINDS[0]

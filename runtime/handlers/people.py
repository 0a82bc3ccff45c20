"""A person and their way: journey, portrait, readiness, programmes, the platform, and quiet."""

from __future__ import annotations

from uuid import UUID

from journey.stages import StageCode
from runtime.dispatch.act import Act
from runtime.handlers.run import acknowledge, run, visit_of
from runtime.handlers.typing import typing
from sessions_app import answers
from sessions_app.services import keep_quiet, show_journey, show_portrait, show_readiness
from sessions_app.services.say_text import say_old_button


async def journey(act: Act) -> None:
    acknowledge(act)
    await answers.show_journey(visit_of(act), act.desk.companion)


async def dispute_stage(act: Act) -> None:
    stage = _tapped(act)
    if stage in StageCode.__members__:
        await run(act, show_journey.dispute_stage, stage=stage, stages=act.desk.companion.stages)
    else:
        await run(act, say_old_button)


async def portrait(act: Act) -> None:
    await run(act, show_portrait.show_portrait)


async def finding(act: Act) -> None:
    said, _, named = _tapped(act).partition(":")
    await run(act, show_portrait.handle_finding, what=said, finding_id=_id(named))


async def readiness(act: Act) -> None:
    acknowledge(act)
    async with typing(act):
        await answers.analyse_readiness(visit_of(act), act.desk.companion)


async def streams(act: Act) -> None:
    await run(act, show_readiness.show_streams, streams=act.desk.companion.streams.streams(_language(act)))


async def choose_stream(act: Act) -> None:
    offered = act.desk.companion.streams.streams(_language(act))
    await run(act, show_readiness.choose_stream, slug=_tapped(act), streams=offered)


async def platform(act: Act) -> None:
    has_platform = bool(act.desk.settings.platform_url)
    await run(act, show_readiness.show_platform, has_platform=has_platform)


async def pause(act: Act) -> None:
    await run(act, keep_quiet.keep_quiet)


async def resume(act: Act) -> None:
    await run(act, keep_quiet.speak_first)


def _language(act: Act) -> str:
    return visit_of(act).language


def _tapped(act: Act) -> str:
    return act.heard.tap.data.partition(":")[2] if act.heard.tap else ""


def _id(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None

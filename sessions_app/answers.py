"""Answers that take more than a text: a picture that is drawn, a readiness that the model works out. Asynchronous."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict
from uuid import UUID

import structlog

from core import aio
from core.clock import clock
from journey.contracts import Journey
from journey.picture import PICTURE_VERSION, JourneyPicture, draw_journey
from journey.selectors.journey_of import journey_of
from journey.selectors.latest_readiness import readiness_with
from llm.contracts import ModelRefused, ModelUnavailable
from mailbox.selectors.media import media_with
from sessions_app.bill import Bill
from sessions_app.companion import Companion
from sessions_app.contracts import Line, Visit
from sessions_app.lines import line
from sessions_app.pages import journey_line, journey_picture
from sessions_app.reflections import readiness_digest, weigh
from sessions_app.selectors.reflection_context import person_context
from sessions_app.services.answer import answer
from sessions_app.services.show_journey import show_journey as show_journey_service
from sessions_app.services.show_readiness import show_known_readiness, show_new_readiness

log = structlog.get_logger(__name__)


async def show_journey(visit: Visit, companion: Companion) -> None:
    """/my_journey: the twelve stages as a picture, drawn once for what it shows, and as text."""
    now, language = clock.now(), visit.language
    stages = companion.stages.stages(language)
    journey, picture, known = await aio.run_in_bot(visit.bot_id, _look, visit=visit, companion=companion)
    # Drawing takes tens of milliseconds: not on the loop that serves everybody else.
    png = b"" if known else await asyncio.to_thread(draw_journey, picture)
    await aio.run_in_bot(
        visit.bot_id,
        show_journey_service,
        visit=visit,
        png=png,
        digest=_digest(visit.person.id, picture),
        told=lambda photo: journey_line(language, journey=journey, stages=stages, now=now, photo=photo),
    )


async def analyse_readiness(visit: Visit, companion: Companion) -> None:
    """/analyze_readiness: what the person is ready for; what is known already is not asked again."""
    language, bot_id, profile_id = visit.language, visit.bot_id, visit.person.id
    if visit.is_in_distress:
        await _say(visit, line("readiness.not_now", language))
        return
    context = await aio.run_in_bot(bot_id, person_context, bot_id=bot_id, profile_id=profile_id)
    if context is None or not (any(each.text for each in context.acts) or context.posts):
        await _say(visit, line("readiness.too_early", language))
        return
    streams = companion.streams.streams(language)
    digest = readiness_digest(companion, context)
    known = await aio.run_in_bot(bot_id, readiness_with, bot_id=bot_id, profile_id=profile_id, digest=digest)
    if known is not None:
        await aio.run_in_bot(bot_id, show_known_readiness, visit=visit, found=known.streams, streams=streams)
        return
    bill = Bill(companion.model)
    try:
        async with companion.place():
            found = await weigh(companion, context, bill=bill)
    except (ModelUnavailable, ModelRefused) as error:
        log.warning("readiness.model_failed", code=error.code)
        await _say(visit, line("readiness.unavailable", language))
        return
    await aio.run_in_bot(
        bot_id,
        show_new_readiness,
        visit=visit,
        found=found,
        streams=streams,
        digest=digest,
        cost=bill.cost(),
    )


def _look(*, visit: Visit, companion: Companion) -> tuple[Journey, JourneyPicture, UUID | None]:
    journey = journey_of(bot_id=visit.bot_id, profile_id=visit.person.id)
    picture = journey_picture(
        visit.language,
        journey=journey,
        stages=companion.stages.stages(visit.language),
        name=visit.person.first_name,
        now=clock.now(),
    )
    known = media_with(bot_id=visit.bot_id, digest=_digest(visit.person.id, picture))
    return journey, picture, known


def _digest(profile_id: UUID, picture: JourneyPicture) -> str:
    """Names what a picture shows, and whom: two people never share a file."""
    content = [PICTURE_VERSION, str(profile_id), asdict(picture)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


async def _say(visit: Visit, told: Line) -> None:
    await aio.run_in_bot(visit.bot_id, answer, visit=visit, lines=[told])

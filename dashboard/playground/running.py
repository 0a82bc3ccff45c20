"""Both wordings asked side by side, by the bot's own model, within its budget. Asynchronous."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from bots.contracts import BotSettings, MetricSample
from bots.selectors.get_bot_settings import get_bot_settings
from bots.selectors.spending import TOTAL, budget_left
from bots.services.flush_metrics import flush_metrics
from bots.services.tell_if_spent import tell_if_spent
from core import aio
from core.clock import clock
from dashboard.playground.asking import question_of, with_wording
from dashboard.playground.contracts import SIDES, Outcome, Scene, Standing, Trial
from dashboard.playground.scenes import scene_of_session, scene_of_text
from dashboard.playground.shelf import keep_standing
from llm.contracts import ModelRefused, ModelUnavailable, Question
from llm.model import Model, build_model
from llm.pricing import cost_micros, estimate_tokens
from sessions_app.bill import Bill
from sessions_app.crisis.detection import detect
from sessions_app.outcomes import DiagnosticStep, SessionSummary
from sessions_app.selectors.companion_of import companion_of, model_settings

_PROPERLY = ("reply", "summary")


async def run(trial: Trial) -> Standing:
    """Try it, and say how it stands whenever that changes. Raises BotError, Undecryptable, ModelRefused for a bot
    without a usable model, and what the database and the cache raise.
    """
    scene = await _scene(trial)
    if scene is None:
        return await _told(trial, Standing("refused", why="gone"))
    settings = await aio.run(get_bot_settings, trial.bot_id)
    model = build_model(model_settings(settings.model))
    try:
        return await _asked(trial, scene, settings, model)
    finally:
        await model.aclose()


async def _scene(trial: Trial) -> Scene | None:
    if trial.source == "text":
        return scene_of_text(trial)
    return await aio.run_in_bot(trial.bot_id, scene_of_session, trial)


async def _asked(trial: Trial, scene: Scene, settings: BotSettings, model: Model) -> Standing:
    # The persona that is tried may not be the bot's: its other prompts come along with it.
    companion = await aio.run(
        companion_of, settings=replace(settings, persona_id=trial.persona_id), model=model
    )
    questions = {
        side: question_of(
            trial.key,
            scene,
            with_wording(companion, key=trial.key, language=trial.language, body=getattr(trial, side).body),
        )
        for side in SIDES
    }
    price = sum(_most_micros(each, settings) for each in questions.values())
    left = await aio.run(budget_left, bot_id=trial.bot_id, purpose="own")
    if left is not None and price > left:
        refused = Standing("refused", why="over_budget", asked_micros=price, left_micros=left)
        return await _told(trial, refused)
    sign = detect("\n".join(scene.new), scene.language)
    standing = Standing("running", crisis=sign.kind if sign else "", said_then=scene.said_then)
    await _told(trial, standing)

    async def side(name: str) -> None:
        nonlocal standing
        outcome = await _outcome(questions[name], model)
        standing = replace(standing, left=outcome) if name == "left" else replace(standing, right=outcome)
        await _told(trial, standing)

    await asyncio.gather(*(side(name) for name in SIDES))
    spent = sum(each.cost_micros for each in (standing.left, standing.right) if each)
    if spent:
        await aio.run_in_bot(trial.bot_id, _note_spending, trial, spent)
    return await _told(trial, replace(standing, state="done"))


async def _outcome(question: Question, model: Model) -> Outcome:
    """The answer of one side, or why there is none; what it cost in any case."""
    bill = Bill(model)
    shown = tuple((line.role, line.text) for line in question.lines)
    try:
        answer = await bill.ask(question)
    except (ModelUnavailable, ModelRefused) as error:
        cost = bill.cost()
        return Outcome(
            shown=shown,
            prompt_tokens=cost.prompt_tokens,
            completion_tokens=cost.completion_tokens,
            cost_micros=cost.cost_micros,
            error=error.code,
        )
    text, details = _parts(answer.text, answer.parsed)
    return Outcome(
        text=text,
        details=details,
        shown=shown,
        model=answer.model,
        source=answer.source,
        prompt_tokens=answer.usage.prompt_tokens,
        completion_tokens=answer.usage.completion_tokens,
        is_estimated=answer.usage.estimated,
        cost_micros=answer.usage.cost_micros,
        latency_ms=answer.latency_ms,
        attempts=answer.attempts,
    )


def _parts(text: str, parsed: BaseModel | None) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """What the person gets to read, and what else an answer in a shape says."""
    if parsed is None:
        return text, ()
    said = parsed.model_dump(mode="json")
    told = ""
    if isinstance(parsed, DiagnosticStep | SessionSummary):
        told = next((said.pop(name) for name in _PROPERLY if name in said), "")
    return told, tuple(said.items())


def _most_micros(question: Question, settings: BotSettings) -> int:
    """What a question may cost at most, answered at the first try."""
    if settings.model.provider == "demo":
        return 0
    return cost_micros(
        prompt_tokens=estimate_tokens(line.text for line in question.lines),
        completion_tokens=question.max_tokens or settings.model.max_tokens,
        input_price=settings.model.input_price,
        output_price=settings.model.output_price,
    )


def _note_spending(trial: Trial, micros: int) -> None:
    sample = MetricSample(trial.bot_id, TOTAL, clock.now(), len(SIDES), float(micros), float(micros))
    flush_metrics(samples=[sample])
    tell_if_spent(bot_id=trial.bot_id)


async def _told(trial: Trial, standing: Standing) -> Standing:
    await asyncio.to_thread(keep_standing, trial.id, standing)
    return standing

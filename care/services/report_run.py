from __future__ import annotations

from django.db.models import F

from care.contracts import Run
from care.models import RotationRun
from mailbox.contracts import Post
from mailbox.models import Priority
from mailbox.selectors.sent_message import sent_message
from mailbox.services.post import post
from profiles.selectors.language_of import language_of
from sessions_app.rendering import Html
from sessions_app.speech import say


def report_run(*, run: Run) -> None:
    """Tell whoever asked for a run in Telegram how it stands, in the one message that is edited each time."""
    if run.report_id is None:
        return
    message = sent_message(bot_id=run.bot_id, message_id=run.report_id)
    if message is None or message.telegram_message_id is None:
        # Not out yet: the next batch tells.
        return
    language = language_of(bot_id=run.bot_id, telegram_id=message.chat_id)
    RotationRun.objects.for_bot(run.bot_id).filter(id=run.id).update(reports=F("reports") + 1)
    post(
        bot_id=run.bot_id,
        posts=[
            Post(
                key=f"{run.id}:report:{run.reports + 1}",
                chat_id=message.chat_id,
                method="editMessageText",
                params={
                    "chat_id": message.chat_id,
                    "message_id": message.telegram_message_id,
                    "text": run_text(language, run),
                    "parse_mode": "HTML",
                },
                priority=Priority.OPERATOR,
            )
        ],
        wake=True,
    )


def run_text(language: str, run: Run) -> Html:
    """How a run stands, in words."""
    key = {"running": "begun", "wanted": "waiting"}.get(run.state, run.state)
    return say(
        f"fill.{key}",
        language,
        processed=run.processed,
        candidates=run.candidates,
        updated=run.updated,
        skipped=run.skipped,
        failed=run.failed,
        tokens=run.prompt_tokens + run.completion_tokens,
        cost=f"{run.cost_micros / 1_000_000:.2f}",
        note=run.note,
    )

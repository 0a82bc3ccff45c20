from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from bots.selectors.get_bot_settings import get_bot_settings
from bots.selectors.spending import budget_left
from core.clock import clock
from core.ids import new_id
from core.work import ask_for_task
from dashboard.playground.contracts import Side, Source, Trial
from dashboard.playground.errors import PlaygroundError
from dashboard.playground.shelf import begin, keep_trial

TASK = "dashboard.tasks.run_trial"
LONGEST_TEXT = 4000


def want_trial(
    *,
    user_id: int,
    bot_id: UUID,
    persona_id: UUID,
    key: str,
    language: str,
    left: Side,
    right: Side,
    source: Source,
    text: str = "",
    known: str = "",
    stage: str = "",
    is_gentle: bool = False,
    session_id: UUID | None = None,
    upto: UUID | None = None,
) -> UUID:
    """Have two wordings tried in the background, soon after the transaction has committed; the trial's id.

    Raises PlaygroundError: `playground.no_words`, `long`, `no_session`, `over_budget`, `busy` where another one of
    this person's is under way; BotError, Undecryptable; and what the cache raises.
    """
    text, known = text.strip(), known.strip()
    if source == "text" and not text:
        raise PlaygroundError("no_words", _("Write what the person says."))
    if max(len(text), len(known)) > LONGEST_TEXT:
        raise PlaygroundError("long", _("At most %(most)d characters, please.") % {"most": LONGEST_TEXT})
    if source == "session" and session_id is None:
        raise PlaygroundError("no_session", _("Choose a session, and what the bot is to answer in it."))
    _within_budget(bot_id)
    trial = Trial(
        id=new_id(),
        user_id=user_id,
        bot_id=bot_id,
        persona_id=persona_id,
        key=key,
        language=language,
        left=left,
        right=right,
        source=source,
        wanted_at=clock.now().timestamp(),
        text=text,
        known=known,
        stage=stage,
        is_gentle=is_gentle,
        session_id=session_id,
        upto=upto,
    )
    if not begin(user_id, trial.id):
        raise PlaygroundError("busy", _("Your last trial is still under way; a moment, please."))
    keep_trial(trial)
    ask_for_task(TASK, str(trial.id))
    return trial.id


def _within_budget(bot_id: UUID) -> None:
    """What it will cost is known once it is put together; that nothing is left is known now."""
    model = get_bot_settings(bot_id).model
    if model.provider == "demo" or not (model.input_price or model.output_price):
        return
    if budget_left(bot_id=bot_id, purpose="own") == 0:
        raise PlaygroundError(
            "over_budget",
            _(
                "The bot has spent its budget of today (UTC). Try again tomorrow, or raise it on the bot's page."
            ),
        )

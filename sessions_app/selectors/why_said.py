from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bots.models import PromptVersion
from journey.models import JourneyProgress
from profiles.models import Finding, ProfileVersion
from sessions_app.models import Message, Role

_MOST_COUNTED = 400


@dataclass(frozen=True, slots=True)
class WhySaid:
    """What is kept of how an answer of the bot's came about. Without `model` it is a text of the product's own."""

    at: datetime
    model: str
    prompt_tokens: int
    completion_tokens: int
    # Millionths of a USD, and milliseconds.
    cost_micros: int
    latency_ms: int | None
    # The version of the prompt; without one the default that ships with the code spoke, or no prompt at all.
    prompt_version_id: UUID | None
    prompt_key: str
    prompt_number: int | None
    session_kind: str
    # How much of the session was said before, 400 at most; the prompt takes what fits, the newest first.
    said_before: int
    # What was known of the person at that time.
    stage: str
    summary_number: int | None
    findings: int


def why_said(*, bot_id: UUID, conversation_id: UUID, message_id: UUID) -> WhySaid | None:
    """How an answer of the bot's came about, as far as that is kept; None where it said no such thing itself."""
    said = (
        Message.objects.for_bot(bot_id)
        .filter(id=message_id, conversation_id=conversation_id, role=Role.BOT, operator_id__isnull=True)
        .select_related("session", "conversation")
        .first()
    )
    if said is None:
        return None
    version = None
    if said.prompt_version_id is not None:
        # No constraint holds it: versions go with their persona.
        rows = PromptVersion.objects.filter(id=said.prompt_version_id)
        version = rows.select_related("prompt").first()
    before = 0
    if said.session_id is not None:
        earlier = Message.objects.for_bot(bot_id).filter(
            session_id=said.session_id, created_at__lt=said.created_at
        )
        before = earlier[:_MOST_COUNTED].count()
    person = {"profile_id": said.conversation.profile_id}
    steps = JourneyProgress.objects.for_bot(bot_id).filter(started_at__lte=said.created_at, **person)
    summaries = ProfileVersion.objects.for_bot(bot_id).filter(created_at__lte=said.created_at, **person)
    findings = Finding.objects.for_bot(bot_id).filter(
        created_at__lte=said.created_at, is_refused=False, **person
    )
    return WhySaid(
        at=said.created_at,
        model=said.model,
        prompt_tokens=said.prompt_tokens,
        completion_tokens=said.completion_tokens,
        cost_micros=said.cost_micros,
        latency_ms=said.latency_ms,
        prompt_version_id=version.id if version else None,
        prompt_key=version.prompt.key if version else "",
        prompt_number=version.number if version else None,
        session_kind=said.session.kind if said.session else "",
        said_before=before,
        stage=steps.order_by("-started_at").values_list("stage", flat=True).first() or "",
        summary_number=summaries.order_by("-number").values_list("number", flat=True).first(),
        findings=findings.exclude(ended_at__lte=said.created_at).count(),
    )

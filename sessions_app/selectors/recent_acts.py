from __future__ import annotations

from uuid import UUID

from profiles.selectors.activity_of import activity_of
from sessions_app.analysis.contracts import ActLine
from sessions_app.models import Message, Role

# How far back a portrait and the readiness look.
LATEST = 50


def recent_acts(*, bot_id: UUID, profile_id: UUID, limit: int = LATEST) -> list[ActLine]:
    """What a person did last, oldest first, with the words where they said any.

    A row of the activity log and the words of the same update carry the id of its inbound row. A command is
    something done, not said: who only asked us things has told nothing, and asking again changes nothing.
    """
    acts = activity_of(bot_id=bot_id, profile_id=profile_id, limit=limit)
    talked = [each.id for each in acts if each.kind != "command"]
    said = dict(
        Message.objects.for_bot(bot_id)
        .filter(inbound_id__in=talked, role=Role.USER)
        .values_list("inbound_id", "text")
    )
    return [
        ActLine(at=each.at, kind=each.kind, name=_name(each.details), text=said.get(each.id, ""))
        for each in reversed(acts)
    ]


def _name(details: object) -> str:
    if not isinstance(details, dict):
        return ""
    return str(details.get("command") or details.get("media") or details.get("stream") or "")[:60]

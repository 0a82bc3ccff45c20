from __future__ import annotations

from uuid import UUID

from django.db.models import F, Func, JSONField, Value

from profiles.models import Profile


class _Merged(Func):
    """jsonb || jsonb."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = JSONField()


def set_marker(*, bot_id: UUID, profile_id: UUID, name: str, value: object) -> bool:
    """Set one marker of a person; False where the person is gone.

    In one statement, so that two who set different markers at once do not undo each other.
    """
    marker = Value({name: value}, output_field=JSONField())
    rows = Profile.objects.for_bot(bot_id).filter(id=profile_id)
    return bool(rows.update(markers=_Merged(F("markers"), marker)))

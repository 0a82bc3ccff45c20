from __future__ import annotations

from sessions_app.models import SavedReply

_MOST = 200


def saved_replies(*, language: str, name: str) -> list[tuple[str, str]]:
    """Names and texts of what operators use again: in this language, and in no language; `{name}` filled in."""
    rows = SavedReply.objects.filter(language__in=["", language]).values_list("name", "text")[:_MOST]
    return [(title, text.replace("{name}", name)) for title, text in rows]

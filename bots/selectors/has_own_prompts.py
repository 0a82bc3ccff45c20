from __future__ import annotations

from bots.models import Prompt


def has_own_prompts() -> bool:
    """Whether somebody has published a wording of their own; those that came with the product have no author."""
    return Prompt.objects.filter(published__author__isnull=False).exists()

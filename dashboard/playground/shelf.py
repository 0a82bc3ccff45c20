"""Trials and what came of them, sealed in the cache for a quarter of an hour: nothing of them is kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from django.core.cache import cache

from core.encryption import Undecryptable, decrypt, encrypt
from dashboard.playground.contracts import Outcome, Side, Standing, Trial

KEPT_FOR: Final = 900
# Whoever works at a trial works no longer than this.
_TAKEN_FOR: Final = 300
_IDS: Final = ("id", "bot_id", "persona_id", "session_id", "upto")


def keep_trial(trial: Trial) -> None:
    """Keep what was asked for. Raises what the cache raises."""
    _put(_key(trial.id, "asked"), asdict(trial))


def kept_trial(trial_id: UUID) -> Trial | None:
    """What was asked for, while it is kept."""
    found = _get(_key(trial_id, "asked"))
    if found is None:
        return None
    ids = {name: UUID(found[name]) if found[name] else None for name in _IDS}
    sides = {name: Side(**found[name]) for name in ("left", "right")}
    return Trial(**{**found, **ids, **sides})


def keep_standing(trial_id: UUID, standing: Standing) -> None:
    """Keep how it stands. Raises what the cache raises."""
    _put(_key(trial_id, "standing"), asdict(standing))


def kept_standing(trial_id: UUID) -> Standing:
    """How it stands; nothing is known yet of one that nobody has taken up."""
    found = _get(_key(trial_id, "standing"))
    if found is None:
        return Standing("waiting")
    return Standing(**{**found, "left": _outcome(found["left"]), "right": _outcome(found["right"])})


def take(trial_id: UUID) -> bool:
    """Take it up; False where somebody has: a task that is handed out twice asks no model twice."""
    return bool(cache.add(_key(trial_id, "taken"), 1, timeout=_TAKEN_FOR))


def begin(user_id: int, trial_id: UUID) -> bool:
    """Note that a trial of theirs is under way; False where one is already."""
    return bool(cache.add(_busy(user_id), str(trial_id), timeout=_TAKEN_FOR))


def end(user_id: int) -> None:
    """It is over."""
    cache.delete(_busy(user_id))


def _outcome(found: Mapping[str, Any] | None) -> Outcome | None:
    if found is None:
        return None
    pairs = {name: tuple(tuple(each) for each in found[name]) for name in ("details", "shown")}
    return Outcome(**{**found, **pairs})


def _put(key: str, value: Any) -> None:
    cache.set(key, encrypt(json.dumps(value, ensure_ascii=True, default=str)), timeout=KEPT_FOR)


def _get(key: str) -> Any | None:
    sealed = cache.get(key)
    if sealed is None:
        return None
    try:
        return json.loads(decrypt(sealed))
    except (Undecryptable, ValueError):
        return None


def _key(trial_id: UUID, what: str) -> str:
    return f"playground:{what}:{trial_id}"


def _busy(user_id: int) -> str:
    return f"playground:busy:{user_id}"

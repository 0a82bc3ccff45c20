"""Which bot runs in which worker process. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from bots.contracts import WantedBot

RUN = ("running", "paused")


def plan(
    *,
    wanted: Sequence[WantedBot],
    current: Mapping[str, Collection[UUID]],
    per_worker: int,
    alone: Collection[UUID],
) -> dict[str, list[WantedBot]]:
    """Workers' names and their bots: everybody stays where they are, newcomers fill the gaps.

    One worker always has room, with or without bots: starting a process takes a second that a new bot need not wait.

    `alone` are bots that get a process of their own besides those whose row asks for it: suspects of ending it.
    """
    running = [bot for bot in wanted if bot.wanted_state in RUN]
    places: dict[str, list[WantedBot]] = {}
    homes = {bot_id: name for name, bots in current.items() for bot_id in bots}
    homeless: list[WantedBot] = []
    for bot in running:
        own = f"bot-{bot.id}"
        if bot.has_own_process or bot.id in alone:
            places.setdefault(own, []).append(bot)
            continue
        home = homes.get(bot.id, "")
        if home.startswith("pack-") and len(places.get(home, ())) < per_worker:
            places.setdefault(home, []).append(bot)
        else:
            homeless.append(bot)
    for bot in homeless:
        places.setdefault(_with_room(places, per_worker), []).append(bot)
    places.setdefault(_with_room(places, per_worker), [])
    return places


def _with_room(places: Mapping[str, Sequence[WantedBot]], per_worker: int) -> str:
    number = 1
    while len(places.get(f"pack-{number}", ())) >= per_worker:
        number += 1
    return f"pack-{number}"

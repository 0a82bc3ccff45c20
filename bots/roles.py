"""What a member of staff may do in a bot: one role for each bot, and what each role comes to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Capability(StrEnum):
    """Something that one may do in a bot, or with its people."""

    SEE_FIGURES = "see_figures"  # counts, costs, states: nothing of any person
    SEE_PEOPLE = "see_people"
    SEE_WORDS = "see_words"  # what was said in private
    CHANGE_PEOPLE = "change_people"
    ANSWER = "answer"  # write in the bot's place
    CHANGE_BOT = "change_bot"
    CHANGE_PROMPTS = "change_prompts"
    START_STOP = "start_stop"
    BROADCAST = "broadcast"
    GIVE_ACCESS = "give_access"
    ERASE = "erase"
    EXPORT = "export"


class Role(StrEnum):
    """What somebody is in one bot. Superusers are everything in all of them."""

    OWNER = "owner"
    MANAGER = "manager"
    COACH = "coach"
    ANALYST = "analyst"
    READ_ONLY = "read_only"


ALL = frozenset(Capability)
NONE: frozenset[Capability] = frozenset()

_LOOKS = frozenset({Capability.SEE_FIGURES, Capability.SEE_PEOPLE, Capability.SEE_WORDS})

CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.OWNER: ALL,
    # What cannot be taken back, and who else gets in, is the owner's.
    Role.MANAGER: ALL - {Capability.GIVE_ACCESS, Capability.ERASE},
    Role.COACH: _LOOKS | {Capability.CHANGE_PEOPLE, Capability.ANSWER},
    # No personal text, and so no people: the database gives none.
    Role.ANALYST: frozenset({Capability.SEE_FIGURES}),
    Role.READ_ONLY: _LOOKS,
}


def capabilities_of_role(role: str) -> frozenset[Capability]:
    """What a role may do; a role that is not known, nothing."""
    return CAPABILITIES[Role(role)] if role in set(Role) else NONE

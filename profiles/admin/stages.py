"""Names of the stages in lists and filters. The journey itself lives in a room above; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAGES: Mapping[str, str | Promise] = {
    "ORDINARY_WORLD": _("Ordinary World"),
    "CALL_TO_ADVENTURE": _("Call to Adventure"),
    "REFUSAL": _("Refusal of the Call"),
    "MEETING_MENTOR": _("Meeting the Mentor"),
    "CROSSING_THRESHOLD": _("Crossing the Threshold"),
    "TESTS_ALLIES_ENEMIES": _("Tests, Allies, Enemies"),
    "APPROACH": _("Approach to the Inmost Cave"),
    "ORDEAL": _("Ordeal"),
    "REWARD": _("Reward"),
    "ROAD_BACK": _("The Road Back"),
    "RESURRECTION": _("Resurrection"),
    "RETURN_WITH_ELIXIR": _("Return with the Elixir"),
}


def stage_name(code: str) -> str:
    """The name of a stage; of a code that is none, the code."""
    return str(STAGES.get(code, code))

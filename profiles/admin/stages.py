"""Names of the stages in lists and filters. The journey lives in a room above; it brings the names in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
# Names by code, in the language of the page.
Source = Callable[[], Mapping[str, str]]
_source: list[Source] = []


def name_stages_by(source: Source) -> None:
    """Have this say from now on what the stages are called: staff may word them anew at any time."""
    _source[:] = [source]


def stage_names_in_force() -> Mapping[str, str]:
    """What the stages are called now; one question for a whole page."""
    return _source[0]() if _source else {code: str(name) for code, name in STAGES.items()}

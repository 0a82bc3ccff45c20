from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from journey.errors import JourneyError
from journey.models import StageVersion
from journey.selectors.stage_wordings import stage_wordings
from journey.services.publish_stage import publish_stage

# A stage and a language.
Place = tuple[str, str]


def set_intensities(
    *, wanted: Mapping[Place, str], seen: Mapping[Place, UUID | None], author: User | None
) -> list[StageVersion]:
    """Set how hard the coach may push on each of these stages; each that changes becomes its next version.

    All or nothing. `seen` are the versions that the author had before them, None for what ships. Raises JourneyError:
    `journey.stage_unknown`, `intensity_unknown`, and `stage_changed` where one is in force that they did not see.
    """
    with transaction.atomic():
        now = stage_wordings()
        if not wanted.keys() <= now.keys():
            raise JourneyError("stage_unknown", _("There is no such stage."))
        changed = {place: how for place, how in wanted.items() if now[place].stage.intensity != how}
        if any(now[place].version_id != seen.get(place) for place in changed):
            raise JourneyError(
                "stage_changed",
                _(
                    "Somebody else has changed a stage since you opened this page. Look again, and save again."
                ),
            )
        versions = []
        for (code, language), how in changed.items():
            wording = asdict(now[code, language].stage)
            del wording["code"], wording["number"]
            versions.append(
                publish_stage(
                    **wording | {"code": code, "language": language, "intensity": how}, author=author
                )
            )
    return versions

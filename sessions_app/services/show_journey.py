from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from journey.services.dispute_stage import dispute_stage as dispute
from mailbox.selectors.media import media_with
from mailbox.services.keep_media import keep_media
from sessions_app.companion import StageBook
from sessions_app.contracts import Line, Visit
from sessions_app.lines import line
from sessions_app.pages import disputed
from sessions_app.services.answer import answer


def show_journey(*, visit: Visit, png: bytes, digest: str, told: Callable[[UUID | None], Line]) -> None:
    """/my_journey with its picture: the one that is kept under `digest`, else `png`, which is kept from now on."""
    photo = media_with(bot_id=visit.bot_id, digest=digest)
    if photo is None and png:
        photo = keep_media(
            bot_id=visit.bot_id,
            digest=digest,
            filename="journey.png",
            content_type="image/png",
            content=png,
            chat_id=visit.chat_id,
        )
    answer(visit=visit, lines=[told(photo)])


def dispute_stage(*, visit: Visit, stage: str, stages: StageBook) -> None:
    """ "This is not me": the stage is taken back, and the next analysis is told."""
    back = dispute(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        stage=stage,
        correlation_id=visit.correlation_id,
    )
    language = visit.language
    if back is None:
        told = line("journey.dispute_old", language)
    else:
        told = disputed(
            language,
            stage=stages.stage(stage, language),
            back=stages.stage(back, language) if back else None,
        )
    answer(visit=visit, lines=[told])

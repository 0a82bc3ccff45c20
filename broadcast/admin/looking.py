"""A broadcast's texts as they will look: for the page on which they are written, and before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bots.models import Bot
from broadcast.admin.bubble import bubble
from broadcast.admin.faces import language_now, person_name
from broadcast.book import names_said
from broadcast.content import Content, check_content, problems_told
from broadcast.criteria.errors import CriteriaError
from broadcast.preview import preview_messages
from broadcast.selectors.readers import nobody
from broadcast.selectors.sample_of_audience import sample_of_audience
from broadcast.wording import VARIABLES
from core.clock import clock


def looks(
    content: Content, *, media: str, bot_ids: Sequence[UUID], criteria: str, may_see_people: bool
) -> dict[str, Any]:
    """Every text as its first reader would get it, and all that is wrong with it; for the template."""
    reader, reader_name, bot_name = _reader(bot_ids, criteria, may_see_people=may_see_people)
    shown = preview_messages(
        content, media=media, reader=reader, bot_name=bot_name, names=names_said(), now=clock.now()
    )
    problems = check_content(content, media=media, variables=tuple(VARIABLES))
    return {
        "messages": [
            {
                "label": each.label,
                "language": each.language,
                "html": bubble(each.html) if each.html.strip() else "",
                "buttons": each.buttons,
            }
            for each in shown
        ],
        "has_variants": len(content.variants) > 1,
        "problems": problems_told(problems, language_now()),
        "reader": reader_name,
        "bot_name": bot_name,
        "media": media,
    }


def _reader(bot_ids: Sequence[UUID], criteria: str, *, may_see_people: bool) -> tuple[Any, str, str]:
    """Somebody to whom it would go, if anybody; what they and their bot are called."""
    try:
        found = sample_of_audience(bot_ids=bot_ids, criteria=criteria, most=1) if may_see_people else []
    except CriteriaError:
        found = []
    if found:
        one = found[0]
        name = person_name(one.reader.first_name, one.last_name, one.username)
        return one.reader, name or str(one.reader.telegram_id), one.bot_name
    bot = Bot.objects.filter(id__in=bot_ids).order_by("name").values_list("name", flat=True).first()
    return nobody(), "", bot or _("the bot")

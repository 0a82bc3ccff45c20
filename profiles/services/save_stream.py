from __future__ import annotations

import re
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from bots.announcements import tell_runtime
from bots.models import Bot
from core.clock import clock
from profiles.errors import ProfileError
from profiles.models import Stream
from profiles.plain import plain_line, plain_text

_SLUG = re.compile(r"[a-z0-9-]{1,32}")


class StreamTexts(TypedDict, total=False):
    """What staff say of a stream; a stream that is new needs both names."""

    name_ru: str
    name_en: str
    description_ru: str
    description_en: str
    url: str
    position: int
    is_offered: bool


def save_stream(*, slug: str, is_new: bool = False, **texts: Unpack[StreamTexts]) -> Stream:
    """Write a stream down; running bots offer it so before their next answer.

    The slug is what rows of people hold, so it never changes. Raises ProfileError: `profiles.slug_unfit`,
    `profiles.slug_taken`, `profiles.stream_unknown`, `profiles.stream_invalid`, `profiles.url_unfit` (nothing is
    changed then).
    """
    if not _SLUG.fullmatch(slug):
        raise ProfileError("slug_unfit", _("A slug has 1 to 32 small letters, digits and hyphens."))
    with transaction.atomic():
        stream = Stream.objects.select_for_update().filter(slug=slug).first()
        if is_new and stream is not None:
            raise ProfileError("slug_taken", _("There is a stream “%(slug)s” already.") % {"slug": slug})
        if not is_new and stream is None:
            raise ProfileError("stream_unknown", _("This stream does not exist any more."))
        stream = stream or Stream(slug=slug)
        if _change(stream, texts) or is_new:
            stream.save()
            _tell_bots()
    return stream


def withdraw_stream(*, slug: str) -> bool:
    """Offer a stream no longer; it stays for those who hold it. False if it was not offered."""
    with transaction.atomic():
        changed = Stream.objects.filter(slug=slug, is_offered=True).update(
            is_offered=False, updated_at=clock.now()
        )
        if changed:
            _tell_bots()
    return bool(changed)


def _change(stream: Stream, texts: StreamTexts) -> bool:
    new: dict[str, object] = {**texts}
    for name, value in texts.items():
        if name.startswith("description_"):
            new[name] = plain_text(str(value), 600)
        elif isinstance(value, str):
            # Names stand on buttons.
            new[name] = plain_line(value, 300)
    if not str(new.get("url") or "https://").startswith(("https://", "http://")):
        raise ProfileError("url_unfit", _("An address begins with https:// or http://."))
    changed = [name for name, value in new.items() if getattr(stream, name) != value]
    for name in changed:
        setattr(stream, name, new[name])
    try:
        stream.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        said = (f"{_named(name)}: {' '.join(words)}" for name, words in error.message_dict.items())
        raise ProfileError("stream_invalid", " ".join(said)) from error
    return bool(changed)


def _named(field: str) -> str:
    # As the form calls it, where staff look for what is meant.
    return str(capfirst(getattr(Stream._meta.get_field(field), "verbose_name", field)))


def _tell_bots() -> None:
    # What the runtime compares: without it a running bot would see no reason to look again.
    Bot.objects.update(updated_at=clock.now())
    for bot_id in Bot.objects.order_by("id").values_list("id", flat=True):
        tell_runtime(bot_id)

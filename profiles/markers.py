"""What may be a marker that staff set: a named fact about a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from profiles.errors import ProfileError
from profiles.plain import plain_line

LONGEST_NAME = 40
LONGEST_VALUE = 200
MOST = 50
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Those whose values are slugs of programmes; of the second the service that notes purchases writes a list.
STREAM = "interested_stream"
KEPT_BY_OTHERS = frozenset({"purchased_streams"})


def marker_name(said: str) -> str:
    """The name of a marker. Raises ProfileError: `marker_name`, `marker_kept`."""
    name = said.strip().lower()
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise ProfileError("marker_name", _("A name begins with a letter: a–z, digits and _ , 40 at most."))
    if name in KEPT_BY_OTHERS:
        raise ProfileError("marker_kept", _("This one is kept by “Joined a stream”."))
    return name


def marker_value(name: str, said: str, *, known: Mapping[str, object], streams: Collection[str]) -> str:
    """The value of a marker, "" to remove it. Raises ProfileError: `marker_long`, `marker_stream`, `marker_many`."""
    if len(said.strip()) > LONGEST_VALUE:
        raise ProfileError("marker_long", _("A value has 200 characters at most."))
    value = plain_line(said, LONGEST_VALUE)
    if value and name == STREAM and value not in streams:
        raise ProfileError("marker_stream", _("There is no such stream; it is named by its slug."))
    if value and name not in known and len(known) >= MOST:
        raise ProfileError("marker_many", _("This person has enough markers; remove one first."))
    return value

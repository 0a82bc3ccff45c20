"""Who follows a link: a person, or a program that only looks where it leads."""

from __future__ import annotations

import re

from django.http import HttpRequest

# Programs that look at a link to show what it is, or at everything there is. A Cubot is a telephone.
_PROGRAMS = re.compile(
    r"(?<!cu)bot\b|crawler|spider|preview|facebookexternalhit|facebookcatalog|meta-external|whatsapp/|vkshare"
    r"|skypeuri|viber|mattermost|google-inspectiontool|lighthouse",
    re.IGNORECASE,
)


def is_somebody(request: HttpRequest) -> bool:
    """Whether it is a person who wants to go there now."""
    headers = request.headers
    is_ahead = "prefetch" in f"{headers.get('Sec-Purpose', '')} {headers.get('Purpose', '')}"
    return request.method == "GET" and not is_ahead and not _PROGRAMS.search(headers.get("User-Agent", ""))

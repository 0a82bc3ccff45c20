"""The shell of the admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": "reLove",
    "SITE_HEADER": "reLove",
    "SITE_SUBHEADER": _("Companions for the way back to oneself"),
    "SITE_SYMBOL": "favorite",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {
        "primary": {
            "50": "255 241 242",
            "100": "255 228 230",
            "200": "254 205 211",
            "300": "253 164 175",
            "400": "251 113 133",
            "500": "225 60 94",
            "600": "200 38 78",
            "700": "168 28 66",
            "800": "141 27 61",
            "900": "121 27 57",
            "950": "67 9 27",
        },
    },
}

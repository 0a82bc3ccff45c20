"""How values look in the admin: badges, times that have passed, and buttons which ask before they act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import action as unfold_action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from core.clock import clock

P = ParamSpec("P")
T = TypeVar("T")

NOTHING = "–"

# With "ago" in each: what follows from a number stands in another case there than on its own, in Russian for one.
_AGO: dict[str, Any] = {
    "year": ngettext_lazy("%(num)d year ago", "%(num)d years ago", "num"),
    "month": ngettext_lazy("%(num)d month ago", "%(num)d months ago", "num"),
    "week": ngettext_lazy("%(num)d week ago", "%(num)d weeks ago", "num"),
    "day": ngettext_lazy("%(num)d day ago", "%(num)d days ago", "num"),
    "hour": ngettext_lazy("%(num)d hour ago", "%(num)d hours ago", "num"),
    "minute": ngettext_lazy("%(num)d minute ago", "%(num)d minutes ago", "num"),
}


def badge(text: object, kind: str = "") -> SafeString:
    """A small coloured label; kinds are unfold's: success, warning, danger, info, primary, or none."""
    return mark_safe(  # noqa: S308 - the template escapes
        render_to_string("unfold/helpers/label.html", {"text": text, "type": kind})
    )


def ago(moment: datetime | None) -> SafeString | str:
    """How long ago, with the exact time on hovering."""
    if moment is None:
        return NOTHING
    seconds = (clock.now() - moment).total_seconds()
    if seconds < 60:
        words = _("%(seconds)d s ago") % {"seconds": max(0, int(seconds))}
    else:
        # Django keeps all of it on one line; a number with its unit is enough.
        number, space, rest = timesince(moment, clock.now(), time_strings=_AGO, depth=1).partition("\xa0")
        words = f"{number}{space}{rest.replace(space, ' ')}"
    exact = date_format(localtime(moment), "DATETIME_FORMAT")
    return format_html('<span class="whitespace-nowrap" title="{}">{}</span>', exact, words)


def short(text: str, *, most: int = 60) -> SafeString | str:
    """The beginning of a text on one line, the rest on hovering."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return format_html('<span title="{}">{}…</span>', text, text[: most - 1].rstrip())


def dialog_action(
    *,
    label: str | Promise,
    icon: str,
    question: str | Promise,
    button: str | Promise,
    form: type[BaseDialogForm] | None = None,
    variant: str = "DEFAULT",
    permissions: tuple[str, ...] = ("change",),
    path: str,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A button that opens a dialog; only its submitted form acts, so that no mere link changes anything."""
    dialog: Mapping[str, Any] = {
        "title": label,
        "description": question,
        "form_class": form,
        "form_submit_text": button,
    }
    decorate = unfold_action(
        permissions=permissions,
        description=label,
        url_path=path,
        icon=icon,
        variant=ActionVariant[variant],
        dialog=dialog,
    )
    return cast("Callable[[Callable[P, T]], Callable[P, T]]", decorate)

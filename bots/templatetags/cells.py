"""The cells of the admin's lists."""

from __future__ import annotations

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_LABEL = re.compile(r'\A(<t[dh][^>]*? data-label=")([^"&])')


@register.filter
def begin_large(cell: SafeString) -> SafeString:
    """A cell whose label, which a phone shows beside it, begins with a capital as the column's heading does."""
    return mark_safe(_LABEL.sub(lambda found: found[1] + found[2].upper(), cell, count=1))  # noqa: S308

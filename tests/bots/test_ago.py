"""How the admin says how long ago something was, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import translation

from bots.admin.faces import ago
from core.clock import Clock, clock

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("passed", "english", "russian"),
    [
        (timedelta(seconds=30), "30 s ago", "30 с назад"),
        (MINUTE, "1 minute ago", "1 минуту назад"),
        (2 * MINUTE, "2 minutes ago", "2 минуты назад"),
        (21 * MINUTE, "21 minutes ago", "21 минуту назад"),
        (HOUR, "1 hour ago", "1 час назад"),
        (5 * HOUR, "5 hours ago", "5 часов назад"),
        (DAY, "1 day ago", "1 день назад"),
        (7 * DAY, "1 week ago", "1 неделю назад"),
        (21 * DAY, "3 weeks ago", "3 недели назад"),
        (40 * DAY, "1 month ago", "1 месяц назад"),
        (400 * DAY, "1 year ago", "1 год назад"),
        (5 * 366 * DAY, "5 years ago", "5 лет назад"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(
    stopped_clock: Clock, passed: timedelta, english: str, russian: str
) -> None:
    for language, words in (("en", english), ("ru", russian)):
        with translation.override(language):
            (said,) = re.findall(r">([^<]+)<", ago(clock.now() - passed))
        assert said.replace("\xa0", " ") == words

"""Whether somebody asks for a human in the bot's place. Pure."""

from __future__ import annotations

import re
from typing import Final

# A mere "человек" counts only where somebody is to be fetched: people talk about people.
_LIVING: Final = r"""
    (?:жив(?:ого|ым|ой|ому)\s(?:человек\w*|оператор\w*|психолог\w*|специалист\w*|коуч\w*|собеседник\w*)
    |оператор(?:а|ом|у)|кого-нибудь\sживого|кем-нибудь\sживым)
"""
_ENGLISH: Final = r"(?:human|operator|(?:real|live|living|actual)\s(?:human|person|someone)|someone\sreal)"
_ASKING: Final = re.compile(
    rf"""\b(?:
    (?:позови|пригласи|подключи|соедини|переключи|переведи)(?:те)?\s(?:\w+\s){{0,3}}?
        (?:{_LIVING}|человек(?:а|ом)|кого-нибудь|менеджера|админа|администратора)
    |(?:хочу|можно|могу|дай(?:те)?|надо|нужно|хотел\w*\sбы)\s(?:\w+\s){{0,3}}?
        (?:говорить|поговорить|пообщаться|связаться)\s(?:\w+\s){{0,2}}?{_LIVING}
    |(?:нужен|дай(?:те)?|хочу)\s(?:мне\s)?(?:живой\s(?:человек|оператор|собеседник)|оператор|{_LIVING})
    |(?:talk|speak|chat)\s(?:to|with)\s(?:an?\s|some\s)?{_ENGLISH}
    |(?:call|get|give|fetch|bring|connect|transfer)\s(?:me\s)?(?:to\s|with\s)?an?\s{_ENGLISH}
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Nobody asks for somebody in the middle of a long story.
_READ: Final = 2000


def asks_for_human(text: str) -> bool:
    """Whether they want to talk with a person of the team. Who is marked so by mistake costs one look."""
    return _ASKING.search(" ".join(text[:_READ].replace(",", " ").split())) is not None

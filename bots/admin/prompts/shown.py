"""How wordings look on the pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bots.admin.faces import ago
from bots.comparison import glance
from bots.prompt_catalogue import prompt_catalogue
from bots.selectors.prompt_editions import Edition, Editions, PromptRef

LANGUAGE_NAMES: Final = {"ru": gettext_lazy("Russian"), "en": gettext_lazy("English")}
_VARIABLE: Final = re.compile(r"(\{[A-Za-z_][A-Za-z0-9_.]{0,60}\})")


def address(ref: PromptRef, page: str = "prompt", **more: Any) -> str:
    """One of the pages of a prompt."""
    where = {"persona_id": ref.persona_id, "key": ref.key, "language": ref.language}
    return reverse(f"admin:bots_persona_{page}", kwargs=where | more)


def name_of(each: Edition) -> str:
    """What a wording is called."""
    if each.kind == "version":
        return _("Version %(number)d") % {"number": each.number}
    return _("Draft") if each.kind == "draft" else _("As shipped")


def shown(each: Edition, ref: PromptRef, since: Edition | None = None) -> dict[str, Any]:
    """A wording, for the template; and what is new in it since another one."""
    links = {
        "read": address(ref, "prompt_read", token=each.token),
        "try": f"{reverse('playground:page')}?persona={ref.persona_id}&key={ref.key}"
        f"&language={ref.language}&left={each.token}",
    }
    if each.kind == "draft":
        where = {"draft_id": each.id}
        links |= {
            "edit": address(ref, "prompt_draft", **where),
            "publish": address(ref, "prompt_draft_publish", **where),
        }
    elif each.kind == "version":
        links["publish"] = address(ref, "prompt_publish", version_id=each.id)
    else:
        links["publish"] = address(ref, "prompt_withdraw")
    return {
        "edition": each,
        "name": name_of(each),
        "at": ago(each.at) if each.at else "",
        "length": len(each.body),
        "since": name_of(since) if since else "",
        "news": glance(since.body, each.body) if since else None,
        "links": links,
    }


def choices(editions: Sequence[Edition], chosen: str) -> list[dict[str, Any]]:
    """Wordings to choose from."""
    return [
        {
            "token": each.token,
            "words": " · ".join(
                part
                for part in (name_of(each), each.title, _("in force") if each.is_in_force else "", each.by)
                if part
            ),
            "is_chosen": each.token == chosen,
        }
        for each in editions
    ]


def head(ref: PromptRef, persona_name: str) -> dict[str, Any]:
    """What stands above each page of a prompt."""
    catalogue = prompt_catalogue()
    card = catalogue.card(ref.key)
    return {
        "ref": ref,
        "card": card,
        "persona_name": persona_name,
        "language_name": LANGUAGE_NAMES.get(ref.language, ref.language),
        "address": address(ref),
        "persona_address": reverse("admin:bots_persona_change", args=[ref.persona_id]),
        "languages": [
            {
                "code": each,
                "name": LANGUAGE_NAMES.get(each, each),
                "address": address(PromptRef(ref.persona_id, ref.key, each)),
                "is_here": each == ref.language,
            }
            for each in catalogue.languages
        ],
    }


def listed(found: Editions, in_force: Edition, ref: PromptRef) -> list[dict[str, Any]]:
    """The rows of a page: a draft beside what is in force, a version beside the one before it."""
    rows = [shown(each, ref, in_force) for each in found.drafts]
    earlier = [*found.versions[1:], found.next or found.shipped]
    rows += [shown(each, ref, since) for each, since in zip(found.versions, earlier, strict=False)]
    if not found.next:
        rows.append(shown(found.shipped, ref))
    now = in_force.number or 0
    return [{**row, "is_later": (row["edition"].number or 0) > now} for row in rows]


def variables_of(key: str, text: str = "") -> list[dict[str, Any]]:
    """What may stand in a prompt, and whether it does."""
    return [
        {"variable": each, "braced": f"{{{each.name}}}", "is_used": f"{{{each.name}}}" in text}
        for each in prompt_catalogue().variables(key)
    ]


def pieces(text: str, key: str) -> list[tuple[str, str, str]]:
    """The text in pieces: what it is ("", "variable" or "unknown"), itself, and what a variable stands for."""
    known = {f"{{{each.name}}}": each.meaning for each in prompt_catalogue().variables(key)}
    return [
        ("" if not place % 2 else "variable" if piece in known else "unknown", piece, known.get(piece, ""))
        for place, piece in enumerate(_VARIABLE.split(text))
        if piece
    ]

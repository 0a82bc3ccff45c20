"""The wordings of a prompt: drafts, versions, and the one that ships with the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Left, Length

from bots.models import Prompt, PromptDraft, PromptVersion
from bots.prompt_catalogue import prompt_catalogue

SHIPPED: Final = "shipped"
IN_FORCE: Final = "now"
PAGE: Final = 30
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class PromptRef:
    """Which prompt is meant."""

    persona_id: UUID
    key: str
    language: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One wording. `token` names it in addresses: "shipped", "v3", "d" and the draft's id.

    Lists have only its beginning. `revision` is a draft's own; `number` a version's.
    """

    token: str
    kind: Literal["draft", "version", "shipped"]
    beginning: str
    length: int
    is_in_force: bool
    body: str = ""
    id: UUID | None = None
    number: int | None = None
    revision: int = 0
    title: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Editions:
    """All drafts, one page of versions, the newest first, and the wording that ships."""

    prompt_id: UUID | None
    drafts: tuple[Edition, ...]
    versions: tuple[Edition, ...]
    shipped: Edition
    # The number before which the next page ends, None on the last.
    older: int | None


@dataclass(frozen=True, slots=True)
class InForce:
    """One prompt of a persona at a glance; without a number the wording that ships is in force."""

    key: str
    language: str
    number: int | None
    at: datetime | None
    by: str
    note: str
    drafts: int


def editions_of(*, ref: PromptRef, before: int | None = None) -> Editions:
    """The wordings of one prompt, without their texts; three queries."""
    prompt = _prompt(ref)
    published_id = prompt.published_id if prompt else None
    shipped = _shipped(ref, is_in_force=published_id is None)
    if prompt is None:
        return Editions(None, (), (), shipped, None)
    drafts = (
        PromptDraft.objects.filter(prompt=prompt)
        .select_related("editor")
        .defer("body")
        .annotate(beginning=Left("body", _SHOWN), length=Length("body"))
    )
    older = Q() if before is None else Q(number__lt=before)
    versions = list(
        PromptVersion.objects.filter(older, prompt=prompt)
        .select_related("author")
        .defer("body")
        .annotate(beginning=Left("body", _SHOWN), length=Length("body"))
        .order_by("-number")[: PAGE + 1]
    )
    return Editions(
        prompt.id,
        tuple(_draft(each) for each in drafts) if before is None else (),
        tuple(_version(each, published_id) for each in versions[:PAGE]),
        shipped,
        versions[PAGE - 1].number if len(versions) > PAGE else None,
    )


def edition(*, ref: PromptRef, token: str) -> Edition | None:
    """The wording of this name with its text; "now" is the one in force. None where there is none."""
    prompt = _prompt(ref)
    published_id = prompt.published_id if prompt else None
    if token == SHIPPED or (token == IN_FORCE and published_id is None):
        return _shipped(ref, is_in_force=published_id is None)
    if prompt is None:
        return None
    if token.startswith("d"):
        return _found_draft(prompt, token[1:])
    if token == IN_FORCE:
        wanted: dict[str, Any] = {"id": published_id}
    elif token.startswith("v") and token[1:].isascii() and token[1:].isdecimal() and len(token) < 10:
        wanted = {"number": int(token[1:])}
    else:
        return None
    row = PromptVersion.objects.filter(prompt=prompt, **wanted).select_related("author").first()
    return _version(row, published_id) if row else None


def names_of_editions(*, ref: PromptRef) -> list[Edition]:
    """All drafts and the newest versions of one prompt, and what ships, for somebody to choose from."""
    found = editions_of(ref=ref)
    return [*found.drafts, *found.versions, found.shipped]


def prompts_in_force(*, persona_id: UUID) -> Mapping[tuple[str, str], InForce]:
    """Each prompt of a persona in each language, in the order of the catalogue; one query."""
    catalogue = prompt_catalogue()
    rows = {
        (row.key, row.language): row
        for row in Prompt.objects.filter(persona_id=persona_id)
        .select_related("published__author")
        .defer("published__body")
        .annotate(draft_count=Count("drafts"))
    }
    return {
        (card.key, language): _in_force(card.key, language, rows.get((card.key, language)))
        for card in catalogue.cards()
        for language in catalogue.languages
    }


def version_number(*, ref: PromptRef, version_id: UUID) -> int | None:
    """The number of this version of the prompt; None where it is another prompt's, or nobody's."""
    where = {"persona_id": ref.persona_id, "key": ref.key, "language": ref.language}
    rows = PromptVersion.objects.filter(
        id=version_id, **{f"prompt__{name}": each for name, each in where.items()}
    )
    return rows.values_list("number", flat=True).first()


def place_of_version(*, version_id: UUID) -> tuple[PromptRef, int] | None:
    """Which prompt a version is of, and its number."""
    row = PromptVersion.objects.filter(id=version_id).select_related("prompt").first()
    return (ref_of(row.prompt), row.number) if row else None


def ref_of(prompt: Prompt) -> PromptRef:
    """Its name."""
    return PromptRef(prompt.persona_id, prompt.key, prompt.language)


def _prompt(ref: PromptRef) -> Prompt | None:
    return Prompt.objects.filter(persona_id=ref.persona_id, key=ref.key, language=ref.language).first()


def _found_draft(prompt: Prompt, said: str) -> Edition | None:
    try:
        draft_id = UUID(said)
    except ValueError:
        return None
    row = PromptDraft.objects.filter(prompt=prompt, id=draft_id).select_related("editor").first()
    return _draft(row) if row else None


def _draft(row: Any) -> Edition:
    is_whole = "body" not in row.get_deferred_fields()
    return Edition(
        token=f"d{row.id.hex}",
        kind="draft",
        beginning=row.body[:_SHOWN] if is_whole else row.beginning,
        length=len(row.body) if is_whole else row.length,
        is_in_force=False,
        body=row.body if is_whole else "",
        id=row.id,
        revision=row.revision,
        title=row.title,
        by=row.editor.get_username() if row.editor else "",
        at=row.changed_at,
    )


def _version(row: Any, published_id: UUID | None) -> Edition:
    is_whole = "body" not in row.get_deferred_fields()
    return Edition(
        token=f"v{row.number}",
        kind="version",
        beginning=row.body[:_SHOWN] if is_whole else row.beginning,
        length=len(row.body) if is_whole else row.length,
        is_in_force=row.id == published_id,
        body=row.body if is_whole else "",
        id=row.id,
        number=row.number,
        title=row.note,
        by=row.author.get_username() if row.author else "",
        at=row.created_at,
    )


def _shipped(ref: PromptRef, *, is_in_force: bool) -> Edition:
    body = prompt_catalogue().shipped(ref.key, ref.language)
    return Edition(
        token=SHIPPED,
        kind="shipped",
        beginning=body[:_SHOWN],
        length=len(body),
        is_in_force=is_in_force,
        body=body,
    )


def _in_force(key: str, language: str, row: Any) -> InForce:
    if row is None:
        return InForce(key, language, None, None, "", "", 0)
    now = row.published
    return InForce(
        key,
        language,
        number=now.number if now else None,
        at=now.created_at if now else None,
        by=now.author.get_username() if now and now.author else "",
        note=now.note if now else "",
        drafts=row.draft_count,
    )

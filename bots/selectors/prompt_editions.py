"""The wordings of a prompt: drafts, versions, and the one that ships with the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import Count, Q

from bots.models import Prompt, PromptDraft, PromptVersion
from bots.prompt_catalogue import prompt_catalogue

SHIPPED: Final = "shipped"
IN_FORCE: Final = "now"
PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class PromptRef:
    """Which prompt is meant."""

    persona_id: UUID
    key: str
    language: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One wording. `token` names it in addresses: "shipped", "v3", "d" and the draft's id.

    `revision` is a draft's own, `number` a version's; `title` is what a draft is called, or a version's note.
    """

    token: str
    kind: Literal["draft", "version", "shipped"]
    body: str
    is_in_force: bool
    id: UUID | None = None
    number: int | None = None
    revision: int = 0
    title: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Editions:
    """All drafts, the latest first, one page of versions, the newest first, and the wording that ships."""

    drafts: tuple[Edition, ...]
    versions: tuple[Edition, ...]
    shipped: Edition
    # The version that came before the last of the page, where there is one.
    next: Edition | None

    @property
    def all(self) -> tuple[Edition, ...]:
        return (*self.drafts, *self.versions, self.shipped)


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


class Wordings:
    """The wordings of one prompt, each looked up once. The prompt itself may have no row yet."""

    def __init__(self, ref: PromptRef) -> None:
        self.ref = ref
        self._prompt = (
            Prompt.objects.filter(persona_id=ref.persona_id, key=ref.key, language=ref.language)
            .select_related("published__author")
            .first()
        )
        self._found: dict[str, Edition] = {}
        self._keep(self.shipped)
        if self._prompt is not None and self._prompt.published is not None:
            self._keep(self._version(self._prompt.published))

    @property
    def prompt_id(self) -> UUID | None:
        return self._prompt.id if self._prompt else None

    @property
    def shipped(self) -> Edition:
        """The wording that ships with the product."""
        body = prompt_catalogue().shipped(self.ref.key, self.ref.language)
        return Edition(SHIPPED, "shipped", body, is_in_force=self._published_id is None)

    @property
    def in_force(self) -> Edition:
        """The one that bots speak with."""
        return next(each for each in self._found.values() if each.is_in_force)

    def find(self, token: str) -> Edition | None:
        """The wording of this name, "now" is the one in force; None where there is none."""
        if token == IN_FORCE:
            return self.in_force
        if token not in self._found and self._prompt is not None:
            found = self._look_up(self._prompt, token)
            return self._keep(found) if found else None
        return self._found.get(token)

    def listed(self, before: int | None = None) -> Editions:
        """A page of them; drafts stand on the first. Two queries."""
        if self._prompt is None:
            return Editions((), (), self.shipped, None)
        older = Q() if before is None else Q(number__lt=before)
        rows = PromptVersion.objects.filter(older, prompt=self._prompt).select_related("author")
        versions = [self._version(each) for each in rows.order_by("-number")[: PAGE + 1]]
        drafts = (
            [
                _draft(each)
                for each in PromptDraft.objects.filter(prompt=self._prompt).select_related("editor")
            ]
            if before is None
            else []
        )
        for each in (*drafts, *versions):
            self._keep(each)
        return Editions(
            tuple(drafts),
            tuple(versions[:PAGE]),
            self.shipped,
            versions[PAGE] if len(versions) > PAGE else None,
        )

    @property
    def _published_id(self) -> UUID | None:
        return self._prompt.published_id if self._prompt else None

    def _look_up(self, prompt: Prompt, token: str) -> Edition | None:
        if token.startswith("d"):
            drafts = PromptDraft.objects.filter(prompt=prompt).select_related("editor")
            draft_id = _id(token[1:])
            draft = drafts.filter(id=draft_id).first() if draft_id else None
            return _draft(draft) if draft else None
        if token.startswith("v") and token[1:].isascii() and token[1:].isdecimal() and len(token) < 10:
            rows = PromptVersion.objects.filter(prompt=prompt, number=int(token[1:]))
            version = rows.select_related("author").first()
            return self._version(version) if version else None
        return None

    def _version(self, row: PromptVersion) -> Edition:
        return Edition(
            token=f"v{row.number}",
            kind="version",
            body=row.body,
            is_in_force=row.id == self._published_id,
            id=row.id,
            number=row.number,
            title=row.note,
            by=row.author.get_username() if row.author else "",
            at=row.created_at,
        )

    def _keep(self, each: Edition) -> Edition:
        return self._found.setdefault(each.token, each)


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


def _draft(row: PromptDraft) -> Edition:
    return Edition(
        token=f"d{row.id.hex}",
        kind="draft",
        body=row.body,
        is_in_force=False,
        id=row.id,
        revision=row.revision,
        title=row.title,
        by=row.editor.get_username() if row.editor else "",
        at=row.changed_at,
    )


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


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

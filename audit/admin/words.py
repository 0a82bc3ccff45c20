"""How the book of changes is said: what was changed, its fields, and before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.admin.columns import column_of
from audit.models import AuditAction, AuditEntry
from bots.roles import Role
from profiles.differences import Change, differences

NOTHING: Final = "–"
HIDDEN: Final = "…"

COLOURS: Final[dict[str, str]] = {
    AuditAction.INSERT: "success",
    AuditAction.UPDATE: "info",
    AuditAction.DELETE: "danger",
    AuditAction.ERASE: "danger",
    AuditAction.READ: "",
    AuditAction.EXPORT: "warning",
    AuditAction.REFUSED: "warning",
}
SUBJECTS: Final[dict[str, Any]] = {
    "bots": gettext_lazy("Bot"),
    "bot_access": gettext_lazy("Access to a bot"),
    "auth_user": gettext_lazy("Member of staff"),
    "auth_user_groups": gettext_lazy("Group of a member of staff"),
    "auth_user_user_permissions": gettext_lazy("Permission of a member of staff"),
    "auth_group": gettext_lazy("Group"),
    "auth_group_permissions": gettext_lazy("Permission of a group"),
    "second_factors": gettext_lazy("Authenticator app"),
    "recovery_codes": gettext_lazy("Recovery code"),
    "staff_sessions": gettext_lazy("Browser of a member of staff"),
    "personas": gettext_lazy("Persona"),
    "prompts": gettext_lazy("Prompt"),
    "prompt_drafts": gettext_lazy("Draft of a prompt"),
    "prompt_versions": gettext_lazy("Wording of a prompt"),
    "stage_versions": gettext_lazy("Wording of a stage"),
    "streams": gettext_lazy("Programme"),
    "broadcasts": gettext_lazy("Broadcast"),
    "segments": gettext_lazy("Segment"),
    "saved_replies": gettext_lazy("Saved reply"),
    "alerts": gettext_lazy("Alert"),
    "profiles": gettext_lazy("Person"),
    "findings": gettext_lazy("What is known of a person"),
    "profile_versions": gettext_lazy("Portrait of a person"),
    "linked_channels": gettext_lazy("Channel of a person"),
    "inbox_items": gettext_lazy("Conversation"),
    "inbox_notes": gettext_lazy("Note beside a conversation"),
    "messages": gettext_lazy("Message"),
    "profile.read": gettext_lazy("Page of a person"),
    "profile.exported": gettext_lazy("Data of a person"),
    "profile.erased": gettext_lazy("Person, everywhere"),
    "conversation.opened": gettext_lazy("Private conversation"),
    "mail.read": gettext_lazy("Row of a queue"),
    "words.searched": gettext_lazy("Words of people"),
    "updates.replayed": gettext_lazy("Buried updates, handled once more"),
    "updates.discarded": gettext_lazy("Buried updates"),
    "messages.cancelled": gettext_lazy("Messages that waited"),
    "messages.sent_again": gettext_lazy("Messages that were not delivered, sent once more"),
}
# Where a subject has a page.
_PAGES: Final[dict[str, str]] = {
    "bots": "admin:bots_bot_change",
    "auth_user": "admin:auth_user_change",
    "personas": "admin:bots_persona_change",
    "streams": "admin:profiles_stream_change",
    "broadcasts": "admin:broadcast_broadcast_change",
    "saved_replies": "admin:sessions_app_savedreply_change",
    "alerts": "admin:bots_alert_change",
    "profiles": "admin:profiles_profile_change",
    "profile.read": "admin:profiles_profile_change",
    "profile.exported": "admin:profiles_profile_change",
    "conversation.opened": "admin:profiles_profile_change",
    "mail.read": "admin:profiles_profile_change",
}
_NAMING: Final = ("name", "title", "username", "name_en", "key", "slug", "kind")
# Fields that hold a member of staff.
_STAFF: Final = frozenset(
    {"by", "user_id", "author_id", "asked_by", "operator_id", "assigned_to_id", "acknowledged_by_id"}
)
# What belongs to a member of staff and is called as they are.
_OF_STAFF: Final = frozenset({"bot_access", "staff_sessions", "second_factors"})
# What says nothing to anybody who reads it.
_SKIPPED: Final = frozenset({"id", "created_at", "updated_at", "changed_at"})
# Words of events, and columns that have no name of their own.
_WORDS: Final[dict[str, Any]] = {
    "by": gettext_lazy("by"),
    "reason": gettext_lazy("reason"),
    "conversation": gettext_lazy("conversation"),
    "row": gettext_lazy("row"),
    "rows": gettext_lazy("rows"),
    "count": gettext_lazy("how many"),
    "kind": gettext_lazy("kind"),
    "assigned_to_id": gettext_lazy("whose task"),
    "asked_by_telegram_id": gettext_lazy("asked for by, Telegram id"),
    "editor_id": gettext_lazy("changed by"),
    "fingerprint": gettext_lazy("fingerprint"),
    "token_fingerprint": gettext_lazy("fingerprint of the token"),
    "token_sealed": gettext_lazy("token, sealed"),
    "model_key_sealed": gettext_lazy("key of the model, sealed"),
    "secret_sealed": gettext_lazy("secret, sealed"),
    "digest": gettext_lazy("digest"),
    "generation": gettext_lazy("generation"),
    "is_current": gettext_lazy("current"),
    "last_step": gettext_lazy("last code"),
    "looked_up_at": gettext_lazy("looked up in Telegram"),
    "photo_id": gettext_lazy("photo"),
    "photo_file_id": gettext_lazy("file of the photo"),
    "report_id": gettext_lazy("report"),
    "report_digest": gettext_lazy("digest of the report"),
    "reports": gettext_lazy("reports"),
    "revision": gettext_lazy("revision"),
    "rotation_tried_at": gettext_lazy("last tried to refresh"),
    "run_id": gettext_lazy("run"),
    "inbound_id": gettext_lazy("update it answers"),
    "telegram_message_id": gettext_lazy("number in Telegram"),
    "session": gettext_lazy("session"),
    "group_id": gettext_lazy("group"),
    "permission_id": gettext_lazy("permission"),
    "user_id": gettext_lazy("user"),
}
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
# Beyond so many letters texts are compared word by word, and stand in the page as such.
_LONG: Final = 60
# Around a change so much of what stayed is shown.
_AROUND: Final = 40
_MOST_LETTERS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entry: what it was and is, or for long texts how the one became the other."""

    name: str
    was: str
    now: str
    pieces: tuple[Change, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in entries are called."""

    staff: Mapping[int, str]
    bots: Mapping[str, str]


def subject_of(entry: AuditEntry) -> str:
    """What it was done to; of a refusal the address."""
    return str(SUBJECTS.get(entry.subject, entry.subject))


def name_of(entry: AuditEntry, names: Names) -> str:
    """What that is called, as far as the entry or the names say."""
    if entry.subject == "bots" and entry.row_id in names.bots:
        return names.bots[entry.row_id]
    if entry.subject == "auth_user" and entry.row_id.isdecimal():
        return names.staff.get(int(entry.row_id), "")
    said = {**(entry.before or {}), **(entry.after or {})}
    if entry.subject in _OF_STAFF:
        return names.staff.get(said.get("user_id") or 0, "")
    found = next((said[each] for each in _NAMING if isinstance(said.get(each), str)), "")
    return "" if found == HIDDEN else found[:80]


def page_of(entry: AuditEntry) -> str:
    """Where it can be looked at; "" where it has no page."""
    name = _PAGES.get(entry.subject)
    if name is None or not entry.row_id or entry.action in {AuditAction.DELETE, AuditAction.ERASE}:
        return ""
    try:
        return reverse(name, args=[entry.row_id])
    except NoReverseMatch:
        return ""


def fields_of(entry: AuditEntry, names: Names) -> list[Field]:
    """What the entry says, field by field."""
    after = entry.after
    if after is not None and entry.action == AuditAction.REFUSED:
        is_closed = after.get("status") == HTTPStatus.FORBIDDEN
        return [Field(_("answer"), "", _("not allowed") if is_closed else _("there is nothing such"))]
    if after is not None and after.get("by") == entry.actor_id:
        # Events say it too.
        after = {name: value for name, value in after.items() if name != "by"}
    return list(_fields(entry.before, after, names, entry.subject))


def _fields(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names, subject: str
) -> Iterator[Field]:
    was, now = before or {}, after or {}
    is_change = before is not None and after is not None
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if not is_change and (name in _SKIPPED or (old in _EMPTY and new in _EMPTY)):
            continue
        said = field_name(name, subject)
        if HIDDEN in {_hashed(old), _hashed(new)}:
            yield Field(said, "", "", is_hidden=True)
            continue
        first, second = (value_said(name, each, names, subject) for each in (old, new))
        if is_change and max(len(first), len(second)) > _LONG:
            yield Field(said, "", "", tuple(_trimmed(differences(first, second))))
        else:
            yield Field(said, first if before is not None else "", second if after is not None else "")


def field_name(name: str, subject: str = "") -> str:
    """A column of a table, or a word of an event, as staff call it."""
    column = column_of(subject, name)
    said = str(column.verbose_name) if column is not None else ""
    # A column that nobody has named is called by Django as in the code.
    if column is not None and said not in {column.name.replace("_", " "), "ID"}:
        return said
    return str(_WORDS.get(name) or name.removesuffix("_id").removesuffix("_sealed").replace("_", " "))


def value_said(name: str, value: Any, names: Names, subject: str = "") -> str:
    """A value in words."""
    if value in _EMPTY and not isinstance(value, bool):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _STAFF and isinstance(value, int):
        return names.staff.get(value, f"#{value}")
    if isinstance(value, str):
        column = column_of(subject, name)
        chosen = dict(column.flatchoices).get(value) if column is not None else None
        return str(chosen) if chosen is not None else _text_said(name, value, names)
    if name == "bot_ids" and isinstance(value, list):
        return ", ".join(names.bots.get(str(each), str(each)) for each in value)
    said = str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)
    return said[:_MOST_LETTERS]


def _text_said(name: str, value: str, names: Names) -> str:
    if value in names.bots:
        return names.bots[value]
    if name == "role" and value in set(Role):
        return str(_ROLES[Role(value)])
    if name == "reason" and value in _REASONS:
        return str(_REASONS[value])
    if name.endswith(("_at", "_until", "_since")) or name == "day":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return date_format(localtime(moment), "DATETIME_FORMAT") if moment.tzinfo else value
    return value[:_MOST_LETTERS]


_ROLES: Final[dict[Role, Any]] = {
    Role.OWNER: gettext_lazy("owner"),
    Role.MANAGER: gettext_lazy("manager"),
    Role.COACH: gettext_lazy("coach"),
    Role.ANALYST: gettext_lazy("analyst"),
    Role.READ_ONLY: gettext_lazy("read only"),
}


# Why staff read what is private: the codes of events.
_REASONS: Final[dict[str, Any]] = {
    "asked": gettext_lazy("They asked for a human"),
    "complaint": gettext_lazy("A complaint"),
    "crisis": gettext_lazy("Sign of crisis"),
    "handover": gettext_lazy("I go on with a colleague's work"),
    "mend": gettext_lazy("To find out what went wrong"),
    "other": gettext_lazy("Something else"),
    "quality": gettext_lazy("To see how the bot speaks"),
}


def _hashed(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _trimmed(changes: tuple[Change, ...]) -> Iterator[Change]:
    """Of what stayed only what stands around a change."""
    for place, each in enumerate(changes):
        if each.kind != "same" or len(each.text) <= 2 * _AROUND + 10:
            yield each
            continue
        head = "" if place == 0 else each.text[:_AROUND]
        tail = "" if place == len(changes) - 1 else each.text[-_AROUND:]
        yield Change("same", f"{head} … {tail}")

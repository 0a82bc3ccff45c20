from __future__ import annotations

from datetime import datetime
from typing import IO, Any, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from core.clock import clock
from events.services.record_event import record_event
from profiles.exporting import lines_of, personal_models, rows_about, written
from profiles.selectors.telegram_id_of import telegram_id_of

# What Telegram takes as one file, with room for everything else.
MOST_FILES: Final = 40 * 1024 * 1024
_ABOUT: Final = """\
Everything that this bot keeps about one person, on {at}.
Всё, что этот бот хранит об одном человеке, на {at}.

One file for each table; "profiles.json" is the person, "messages.json" what was said on both sides,
"activity_logs.json" and "activity_archive.json" what was done, "findings.json" what was understood of it.
Files that the bot made or got for this person lie in "files/".
По файлу на таблицу: «profiles.json» — сам человек, «messages.json» — всё сказанное обеими сторонами,
«activity_logs.json» и «activity_archive.json» — что происходило, «findings.json» — что из этого понято.
Файлы для этого человека лежат в «files/».

{rows}
"""


def export_person(*, bot_id: UUID, profile_id: UUID, into: IO[bytes], author_id: int | None = None) -> int:
    """Write all that is kept about a person into a ZIP: a JSON file for each table, and their files.

    The number of rows; that it was done is kept, with the member of staff who did. Raises LookupError for somebody
    who is not known. Call it in a transaction: what the file says was true at one moment.
    """
    telegram_id = telegram_id_of(bot_id=bot_id, profile_id=profile_id)
    if telegram_id is None:
        raise LookupError(profile_id)
    now = clock.now()
    counts: dict[str, int] = {}
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        files = _Files(archive, now)
        for model in personal_models():
            name = model._meta.db_table
            rows = rows_about(model, bot_id=bot_id, profile_id=profile_id, telegram_id=telegram_id)
            counts[name] = 0
            with archive.open(_entry(f"{name}.json", now), "w", force_zip64=True) as table:
                for row_id, line in lines_of(rows):
                    shown = files.put_aside(f"{name}-{row_id}", line)
                    table.write((",\n" if counts[name] else "[\n").encode())
                    table.write(written(shown).encode())
                    counts[name] += 1
                table.write(b"\n]\n" if counts[name] else b"[]\n")
        files.write()
        rows_in_words = "\n".join(f"{name}: {count}" for name, count in counts.items())
        about = _ABOUT.format(at=f"{now:%Y-%m-%d %H:%M} UTC", rows=rows_in_words)
        archive.writestr(_entry("READ ME.txt", now), about)
    by = {} if author_id is None else {"by": author_id}
    record_event(
        bot_id=bot_id,
        kind="profile.exported",
        profile_id=profile_id,
        payload={**by, "rows": sum(counts.values())},
    )
    return sum(counts.values())


class _Files:
    """Files of the person, which stand in the ZIP by themselves: only one part of it is written at a time."""

    def __init__(self, archive: ZipFile, at: datetime) -> None:
        self._archive, self._at = archive, at
        self._kept: list[tuple[str, bytes]] = []
        self._size = 0

    def put_aside(self, name: str, line: dict[str, Any]) -> dict[str, Any]:
        """The line with the place of its file instead of the bytes."""
        return {
            key: self._place(name, value) if isinstance(value, bytes) else value
            for key, value in line.items()
        }

    def write(self) -> None:
        for name, content in self._kept:
            self._archive.writestr(_entry(name, self._at), content)

    def _place(self, name: str, content: bytes) -> str:
        if not content:
            return ""
        # An earlier export says nothing that this one does not.
        if content.startswith(b"PK\x03\x04") or self._size + len(content) > MOST_FILES:
            return f"({len(content)} bytes)"
        self._size += len(content)
        self._kept.append((f"files/{name}{_ending(content)}", content))
        return self._kept[-1][0]


def _ending(content: bytes) -> str:
    for start, ending in (
        (b"\x89PNG", ".png"),
        (b"\xff\xd8\xff", ".jpg"),
        (b"OggS", ".ogg"),
        (b"%PDF", ".pdf"),
    ):
        if content.startswith(start):
            return ending
    return ".bin"


def _entry(name: str, at: datetime) -> ZipInfo:
    entry = ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry

"""The files of the sandbox: their bytes once, and each bot's own names for them."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sandbox.images import Image

MOST_BYTES = 200 * 2**20  # over all files; beyond it those unused for longest are forgotten
LARGEST_FILE = 50 * 2**20  # one file
MOST_FILES = 20_000  # file_ids, likewise
_SUFFIX = re.compile(r"[a-z0-9]{1,8}$")
_DIGEST = re.compile(r"[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class FileKind:
    """How Telegram names the files of one kind: in refusals, in their ids, in their paths."""

    title: str
    id_prefix: str
    unique_prefix: str
    folder: str


KINDS = {
    "photo": FileKind("Photo", "AgACAgIAAxkB", "AQAD", "photos"),
    "document": FileKind("Document", "BQACAgIAAxkB", "AgAD", "documents"),
    "video": FileKind("Video", "BAACAgIAAxkB", "AgAD", "videos"),
    "voice": FileKind("VoiceNote", "AwACAgIAAxkB", "AgAD", "voice"),
    "profile": FileKind("ProfilePhoto", "AQADAgATqwIx", "AQAD", "profile_photos"),
}


@dataclass(frozen=True, slots=True)
class File:
    """What one `file_id` of one bot stands for; size in bytes, width and height in pixels, duration in s."""

    file_id: str
    file_unique_id: str
    bot_id: int
    kind: str
    digest: str
    size: int
    path: str
    name: str = ""
    mime_type: str = ""
    width: int = 0
    height: int = 0
    duration: int = 0

    def as_fields(self) -> dict[str, Any]:
        """What a message that carries this file says of it: its photo, video, document or voice."""
        ids = {"file_id": self.file_id, "file_unique_id": self.file_unique_id, "file_size": self.size}
        if self.kind == "document":
            return {"document": {"file_name": self.name, "mime_type": self.mime_type, **ids}}
        if self.kind == "voice":
            return {"voice": {"duration": self.duration, "mime_type": self.mime_type, **ids}}
        if self.kind == "video":
            shape = {"width": self.width, "height": self.height, "duration": self.duration}
            return {"video": {**shape, "file_name": self.name, "mime_type": self.mime_type, **ids}}
        return {"photo": [{**ids, "width": self.width, "height": self.height}]}

    def as_file(self) -> dict[str, Any]:
        """The Bot API's File."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "file_size": self.size,
            "file_path": self.path,
        }


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sends; its name without folders."""

    name: str
    mime_type: str
    content: bytes = field(repr=False)


class Contents(Protocol):
    """Where the bytes lie, by their SHA-256."""

    def read(self, digest: str) -> bytes: ...
    def write(self, digest: str, content: bytes) -> None: ...
    def remove(self, digest: str) -> None: ...
    def sizes(self) -> dict[str, int]: ...


class InMemory:
    """Bytes that live as long as the process."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def read(self, digest: str) -> bytes:
        return self._contents[digest]

    def write(self, digest: str, content: bytes) -> None:
        self._contents[digest] = content

    def remove(self, digest: str) -> None:
        self._contents.pop(digest, None)

    def sizes(self) -> dict[str, int]:
        return {digest: len(content) for digest, content in self._contents.items()}


class InFolder:
    """Bytes beside the state file, one file each; the folder is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, digest: str) -> bytes:
        return (self._folder / digest).read_bytes()

    def write(self, digest: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f"{digest}.new"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        draft.replace(self._folder / digest)

    def remove(self, digest: str) -> None:
        (self._folder / digest).unlink(missing_ok=True)

    def sizes(self) -> dict[str, int]:
        if not self._folder.is_dir():
            return {}
        return {file.name: file.stat().st_size for file in self._folder.iterdir() if _DIGEST.match(file.name)}


class FileStore:
    """All files of one sandbox, within its bounds; what was used last stays longest."""

    def __init__(self, folder: Path | None = None) -> None:
        self._contents: Contents = InFolder(folder) if folder else InMemory()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._total = 0
        self._files: OrderedDict[str, File] = OrderedDict()
        self._by_path: dict[tuple[int, str], str] = {}
        self._last_number = 0

    def add(self, content: bytes) -> str:
        """Keep these bytes; their SHA-256. What is too much beside them is forgotten."""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._sizes:
            self._contents.write(digest, content)
            self._sizes[digest] = len(content)
            self._total += len(content)
        self._sizes.move_to_end(digest)
        while self._total > MOST_BYTES and len(self._sizes) > 1:
            self._forget(next(iter(self._sizes)))
        return digest

    def content(self, digest: str) -> bytes | None:
        """The bytes; None when they were forgotten."""
        if digest not in self._sizes:
            return None
        try:
            content = self._contents.read(digest)
        except FileNotFoundError:  # somebody tidied the folder up
            self._forget(digest)
            return None
        self._sizes.move_to_end(digest)
        return content

    def issue_photo(
        self, bot_id: int, content: bytes, image: Image, *, kind: str = "photo", face: str = ""
    ) -> File:
        """A `file_id` of this bot for a picture."""
        return self.issue(
            bot_id=bot_id,
            kind=kind,
            content=content,
            name=f"photo.{image.suffix}",
            face=face,
            mime_type=image.mime_type,
            width=image.width,
            height=image.height,
        )

    def issue_upload(self, bot_id: int, upload: Upload, *, kind: str, **about: Any) -> File:
        """A `file_id` of this bot for a document, a voice or a video; `about` holds what is known of its length."""
        return self.issue(
            bot_id=bot_id,
            kind=kind,
            content=upload.content,
            name=upload.name,
            mime_type=upload.mime_type,
            **about,
        )

    def issue(
        self, *, bot_id: int, kind: str, content: bytes, name: str, face: str = "", **about: Any
    ) -> File:
        """A `file_id` of this bot for these bytes.

        It is new each time, but for a face (`face` names which) one bot always knows the same one.
        """
        digest = self.add(content)
        names = KINDS[kind]
        seed = f"{bot_id}:{kind}:{face}:{digest}" if face else secrets.token_hex(32)
        file_id = names.id_prefix + _short(seed, 60)
        known = self._files.get(file_id)
        if known is not None:
            self._files.move_to_end(file_id)
            return known
        self._last_number += 1
        file = File(
            file_id=file_id,
            file_unique_id=names.unique_prefix + _short(f"{kind}:{face}:{digest}", 12),
            bot_id=bot_id,
            kind=kind,
            digest=digest,
            size=len(content),
            path=f"{names.folder}/file_{self._last_number}.{_suffix(name)}",
            name=name,
            **about,
        )
        self._remember(file)
        return file

    def find(self, bot_id: int, file_id: str) -> File | None:
        """The file that this bot knows by this id; None when it knows none, or its bytes were forgotten."""
        file = self._files.get(file_id)
        if file is None or file.bot_id != bot_id or file.digest not in self._sizes:
            return None
        self._files.move_to_end(file_id)
        self._sizes.move_to_end(file.digest)
        return file

    def at(self, bot_id: int, path: str) -> File | None:
        """The file that this bot may download from this path."""
        file_id = self._by_path.get((bot_id, path))
        return self.find(bot_id, file_id) if file_id else None

    def snapshot(self) -> dict[str, Any]:
        """Everything but the bytes, as JSON takes it; what was used last stands at the end."""
        return {
            "last_number": self._last_number,
            "contents": list(self._sizes),
            "files": [asdict(file) for file in self._files.values()],
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Put back what was saved and is still there; bytes that nobody knows any more are removed."""
        there = self._contents.sizes()
        self._last_number = saved["last_number"]
        for digest in saved["contents"]:
            if digest in there:
                self._sizes[digest] = there.pop(digest)
        self._total = sum(self._sizes.values())
        for digest in there:
            self._contents.remove(digest)
        for fields in saved["files"]:
            if fields["digest"] in self._sizes:
                self._remember(File(**fields))

    def _remember(self, file: File) -> None:
        self._files[file.file_id] = file
        self._by_path[file.bot_id, file.path] = file.file_id
        if len(self._files) > MOST_FILES:
            _, oldest = self._files.popitem(last=False)
            del self._by_path[oldest.bot_id, oldest.path]

    def _forget(self, digest: str) -> None:
        self._total -= self._sizes.pop(digest)
        self._contents.remove(digest)
        for file in [file for file in self._files.values() if file.digest == digest]:
            del self._files[file.file_id]
            del self._by_path[file.bot_id, file.path]


def _suffix(name: str) -> str:
    """The ending of a file's name, fit for a path."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return ending if _SUFFIX.match(ending) else "bin"


def _short(seed: str, length: int) -> str:
    """So many characters of A-Za-z0-9_- that follow from the seed."""
    spread = hashlib.shake_256(seed.encode()).digest(length)
    return base64.urlsafe_b64encode(spread).decode()[:length]

"""Files that go along with a message: which they are, and how Telegram gets them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from mailbox.contracts import MediaFile
from telegram_client.contracts import Upload


def files_in(params: Mapping[str, object]) -> dict[str, UUID]:
    """The parameters of a call that stand for files of ours, {"media_id": …}, by name."""
    return {
        name: UUID(str(value["media_id"]))
        for name, value in params.items()
        if isinstance(value, dict) and value.keys() == {"media_id"}
    }


def with_files(params: Mapping[str, object], files: Mapping[UUID, MediaFile]) -> Mapping[str, object]:
    """The call as Telegram takes it: its own id of a file that it has, an upload of one that it has not.

    Raises LookupError where a file is gone.
    """
    named = files_in(params)
    return {**params, **{name: _sendable(files[media_id]) for name, media_id in named.items()}}


def file_ids_of(
    params: Mapping[str, object], files: Mapping[UUID, MediaFile], result: object
) -> dict[UUID, str]:
    """What Telegram calls the files that were uploaded with a call, read from its answer."""
    named = files_in(params)
    uploaded = {name: media_id for name, media_id in named.items() if not files[media_id].file_id}
    found = {media_id: _file_id(result, name) for name, media_id in uploaded.items()}
    return {media_id: file_id for media_id, file_id in found.items() if file_id}


def _sendable(file: MediaFile) -> object:
    return file.file_id or Upload(
        content=file.content, filename=file.filename, content_type=file.content_type
    )


def _file_id(result: object, name: str) -> str:
    given = result.get(name) if isinstance(result, dict) else None
    # A photo comes back in several sizes, the largest last; any of them names the photo.
    largest = given[-1] if isinstance(given, list) and given else given
    file_id = largest.get("file_id") if isinstance(largest, dict) else None
    return file_id if isinstance(file_id, str) else ""

"""A getUpdates answer taken apart into its raw elements, whatever was written into them.

One element that cannot be parsed must cost neither its neighbours nor the way on: each keeps its own bytes,
and each tells its `update_id` wherever one can be made out.
"""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, JSONDecoder

from telegram_client.answers import refusal_in
from telegram_client.contracts import RawUpdate
from telegram_client.errors import AnswerTooLarge, BadAnswer

MAX_BODY = 50 * 1024 * 1024
"""Bytes of one answer; larger ones raise AnswerTooLarge."""

_LAST_ID = 2**63 - 2
"""The greatest id whose successor, the offset that confirms it, fits a 64-bit integer."""

_BOM = b"\xef\xbb\xbf"
_DIGITS = 4000  # Python refuses to parse integers of more than 4300 digits (CVE-2020-10735)

# What gives a broken element its shape. Brackets are taken in runs and strings without going back, so that
# a megabyte of either is one step. A string that nobody closed reaches to the end.
_SHAPE = re.compile(r'[\[{]+|[\]}]+|,|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BLANK = re.compile(r"[ \t\r\n]*")
_ID_AFTER_KEY = re.compile(r"[ \t\r\n]*:[ \t\r\n]*([0-9]{1,19})[ \t\r\n]*[,}\]]")


def _lenient_int(digits: str) -> int | float:
    return int(digits) if len(digits) < _DIGITS else float(digits)


# Raw control characters inside strings are let through (strict=False): the element as a whole is still JSON.
_scan = JSONDecoder(strict=False).raw_decode
_scan_lenient = JSONDecoder(strict=False, parse_int=_lenient_int).raw_decode


def split_batch(body: bytes) -> list[RawUpdate]:
    """The elements of `result` in their order, each with its exact bytes.

    Elements may be anything; see RawUpdate for what is then missing. An answer that breaks off yields the
    elements that are whole. Raises Refused for `ok: false`, AnswerTooLarge beyond MAX_BODY, and BadAnswer
    where this is no answer to getUpdates.
    """
    if len(body) > MAX_BODY:
        msg = f"the answer has {len(body)} bytes, {MAX_BODY} is the limit"
        raise AnswerTooLarge(msg)
    text = body.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    answer = _Answer(text)
    try:
        answer.read()
    except (JSONDecodeError, RecursionError, IndexError):
        if not (answer.ok is True and answer.updates):
            msg = f"the answer to getUpdates is no JSON ({len(body)} bytes)"
            raise BadAnswer(msg) from None
    if answer.ok is not True:
        raise refusal_in(answer.fields, method="getUpdates")
    if answer.updates is None:
        msg = "the answer to getUpdates has no list of updates"
        raise BadAnswer(msg)
    return answer.updates


def read_update(body: bytes) -> RawUpdate:
    """One update that came by itself, as webhooks bring it. Never raises."""
    text = body.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    start = _skip(text, 0)
    try:
        value, end = _parse(text, start)
    except (JSONDecodeError, RecursionError):
        return RawUpdate(_written_id(text, start, len(text)), body, None)
    if _skip(text, end) != len(text):
        return RawUpdate(None, body, None)
    return RawUpdate(_id_of(value), body, value)


def next_offset(updates: list[RawUpdate], current: int | None) -> int | None:
    """The offset that confirms all of `updates` once they are kept.

    One past the greatest id, even where that is below `current`: Telegram starts anew at a random number
    after a quiet week. Where it is `current` again although there were updates, the server gave nothing that
    can be confirmed, or repeats itself: wait before asking again.
    """
    ids = [update.update_id for update in updates if update.update_id is not None]
    return max(ids) + 1 if ids else current


class _Answer:
    """The outermost object of an answer, read member by member."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Telegram escapes all that is not ASCII; then characters are bytes, and encoding is a copy.
        self._codec = "ascii" if text.isascii() else "utf-8"
        self.updates: list[RawUpdate] | None = None
        self.fields: dict[str, object] = {}

    @property
    def ok(self) -> object:
        return self.fields.get("ok")

    def read(self) -> None:
        """Raises JSONDecodeError or IndexError where the text breaks off, RecursionError where too deep."""
        text = self._text
        at = self._expect("{", _skip(text, 0))
        if text[at] == "}":
            return
        while True:
            key, at = _parse(text, at)
            at = self._expect(":", _skip(text, at))
            if key == "result" and text[at] == "[":
                at = self._read_updates(at + 1)
            else:
                self.fields[str(key)], at = _parse(text, at)
            at = _skip(text, at)
            if text[at] == "}":
                return
            at = self._expect(",", at)

    def _expect(self, mark: str, at: int) -> int:
        if not self._text.startswith(mark, at):
            raise JSONDecodeError(f"expected {mark}", "", at)
        return _skip(self._text, at + 1)

    def _read_updates(self, at: int) -> int:
        """From behind the list's opening bracket to behind its closing one."""
        text, codec = self._text, self._codec
        updates = self.updates = []
        at = _skip(text, at)
        if text[at] == "]":
            return at + 1
        while True:
            try:
                value, end = _parse(text, at)
                mark = _skip(text, end)
                whole = text[mark] in ",]"
            except (JSONDecodeError, RecursionError):
                whole = False
            if whole:
                updates.append(RawUpdate(_id_of(value), text[at:end].encode(codec, "surrogateescape"), value))
            else:
                mark = _end_of_broken(text, at)
                payload = text[at:mark].rstrip(" \t\r\n").encode(codec, "surrogateescape")
                updates.append(RawUpdate(_written_id(text, at, mark), payload, None))
            if text[mark] == "]":
                return mark + 1
            at = _skip(text, mark + 1)


def _skip(text: str, at: int) -> int:
    """The position of the next character that is not blank."""
    if text[at : at + 1] > " ":
        return at
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _parse(text: str, at: int) -> tuple[object, int]:
    try:
        return _scan(text, at)
    except JSONDecodeError:
        raise
    except ValueError:
        return _scan_lenient(text, at)


def _id_of(value: object) -> int | None:
    if type(value) is not dict:
        return None
    update_id = value.get("update_id")
    return update_id if type(update_id) is int and 0 <= update_id <= _LAST_ID else None


def _end_of_broken(text: str, at: int) -> int:
    """Where the mark stands that ends an element which is no JSON. Raises JSONDecodeError where none does."""
    depth = 0
    for found in _SHAPE.finditer(text, at):
        first, start = text[found.start()], found.start()
        if first in "[{":
            depth += found.end() - start
        elif first in "]}":
            closed = found.end() - start
            if closed > depth:
                return start + depth
            depth -= closed
        elif first == "," and depth == 0:
            return start
    raise JSONDecodeError("the answer breaks off", "", at)


def _written_id(text: str, start: int, end: int) -> int | None:
    """The update_id of an object that cannot be parsed, from its outermost level."""
    depth = 0
    for found in _SHAPE.finditer(text, start, end):
        first = text[found.start()]
        if first in "[{":
            depth += found.end() - found.start()
        elif first in "]}":
            depth -= found.end() - found.start()
        elif depth == 1 and found[0] == '"update_id"' and (written := _ID_AFTER_KEY.match(text, found.end())):
            update_id = int(written[1])
            return update_id if update_id <= _LAST_ID else None
    return None

"""What the admin says in Russian: all of it is said, and what is compiled is what is written."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(settings.BASE_DIR)
LISTED = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
COMPILED = LISTED.with_suffix(".mo")
FORMS = 3  # один, два, пять
HOW = "manage.py makemessages -l ru --no-location -i 'tests/*' -i 'bench/*' -i 'sandbox/*'; then compilemessages -l ru"
# What staff never read: tests, measurements, and the developer's sandbox.
ELSEWHERE = ("tests", "bench", "sandbox", "locale", "docs", "static")

Entry = dict[str, str]


def entries(path: Path) -> Iterator[Entry]:
    """The entries of a .po file: `msgid`, `msgstr` or `msgstr[0]`…, `msgctxt`, and `flags`."""
    for block in re.split(r"\n{2,}", path.read_text(encoding="utf-8").strip()):
        entry: Entry = {"flags": ""}
        field = ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry["flags"] += line[2:] if line.startswith("#,") else ""
                continue
            name, _space, said = ("", "", line) if line.startswith('"') else line.partition(" ")
            field = name or field
            entry[field] = entry.get(field, "") + ast.literal_eval(said)
        if "msgid" in entry:
            yield entry


@lru_cache(maxsize=1)
def listed() -> list[Entry]:
    """All that is said, without the header."""
    return [each for each in entries(LISTED) if each["msgid"]]


def key(entry: Entry) -> str:
    return f"{entry['msgctxt']}\x04{entry['msgid']}" if "msgctxt" in entry else entry["msgid"]


def said(entry: Entry) -> list[str]:
    return [words for name, words in sorted(entry.items()) if name.startswith("msgstr")]


def places(words: str) -> list[str]:
    """What is filled in by the code, and the tags."""
    return sorted(re.findall(r"%\(\w+\)[.\d]*[sdf]|%[sd]|%%|\{\w*\}|</?\w+", words))


def test_what_is_compiled_is_what_is_written():
    with COMPILED.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written: dict[object, str] = {}
    for each in listed():
        if "msgid_plural" in each:
            written |= {(key(each), form): words for form, words in enumerate(said(each))}
        else:
            written[key(each)] = each["msgstr"]
    kept = {name: words for name, words in compiled._catalog.items() if name}  # type: ignore[attr-defined]
    assert kept == written
    counted = (0, 1, 2, 5, 11, 21, 22, 111)
    assert [compiled.plural(number) for number in counted] == [2, 0, 1, 2, 2, 0, 1, 2]  # type: ignore[attr-defined]


def test_everything_is_said_in_russian_and_nothing_was_guessed():
    unsaid = [each["msgid"] for each in listed() if not all(said(each)) or "fuzzy" in each["flags"]]
    assert unsaid == []
    plurals = [each for each in listed() if "msgid_plural" in each]
    assert [each["msgid"] for each in plurals if len(said(each)) != FORMS] == []


def test_what_is_filled_in_is_filled_in_in_russian_too():
    wrong = [
        (each["msgid"], words)
        for each in listed()
        for words in said(each)
        if places(words) not in (places(each["msgid"]), places(each.get("msgid_plural", each["msgid"])))
    ]
    assert wrong == []


def test_no_words_name_who_wrote_them():
    head = LISTED.read_text(encoding="utf-8").partition("\n\n")[0]
    assert "Last-Translator" not in head
    assert "FIRST AUTHOR" not in head


@pytest.mark.skipif(
    shutil.which("xgettext") is None,
    reason="GNU gettext is not here: NOBODY LOOKED FOR WORDS WITHOUT RUSSIAN",
)
def test_no_words_of_the_code_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for room in ROOT.iterdir():
        if room.is_dir() and not room.name.startswith(".") and room.name not in ELSEWHERE:
            leave = shutil.ignore_patterns(
                "__pycache__", "migrations", "*.js", "*.css", "*.svg", "*.sql", "*.toml"
            )
            shutil.copytree(room, tmp_path / room.name, ignore=leave)
    (tmp_path / "locale").mkdir()
    monkeypatch.chdir(tmp_path)
    with override_settings(LOCALE_PATHS=[tmp_path / "locale"]):
        call_command("makemessages", locale=["ru"], no_location=True, verbosity=0)
    found = [each for each in entries(tmp_path / "locale/ru/LC_MESSAGES/django.po") if each["msgid"]]
    assert len(found) > 1000
    known = {(key(each), each.get("msgid_plural")) for each in listed()}
    missing = [each["msgid"] for each in found if (key(each), each.get("msgid_plural")) not in known]
    assert missing == [], f"say these in Russian: {HOW}"

"""The cells of the admin's lists, which a phone shows with their labels beside them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import unfold
from django.conf import settings
from django.test import Client
from django.utils.safestring import SafeString

from bots.templatetags.cells import begin_large
from tests.web.people import browser, make_user


def labels(client: Client, page: str) -> list[str]:
    response: Any = client.get(page)
    assert response.status_code == 200
    return re.findall(r'data-label="([^"]*)"', response.content.decode())


@pytest.mark.parametrize(
    ("language", "known"),
    [("en", ["Slug", "Page on the platform"]), ("ru", ["Короткое имя", "Страница на платформе"])],
)
def test_a_label_begins_with_a_capital_and_has_no_other(language: str, known: list[str]) -> None:
    client = browser(make_user(superuser=True))
    client.cookies["django_language"] = language
    said = labels(client, "/admin/profiles/stream/")
    assert set(known) <= set(said)
    assert all(each[:1].isupper() for each in said)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<td class="a" data-label="о чём">x</td>', '<td class="a" data-label="О чём">x</td>'),
        ('<th data-label="last seen">x</th>', '<th data-label="Last seen">x</th>'),
        ('<td data-label="&lt;b">x</td>', '<td data-label="&lt;b">x</td>'),
        ('<td data-label="">x</td>', '<td data-label="">x</td>'),
        # What stands in the cell is somebody's.
        ('<td><i data-label="vera">x</i></td>', '<td><i data-label="vera">x</i></td>'),
    ],
)
def test_only_the_label_of_the_cell_itself_is_raised(cell: str, shown: str) -> None:
    assert begin_large(SafeString(cell)) == shown


def test_the_rows_are_unfolds_own_but_for_the_labels() -> None:
    theirs = Path(unfold.__path__[0]) / "templates/admin/change_list_results.html"
    ours = Path(settings.BASE_DIR) / "templates/admin/change_list_results.html"
    _comment, _newline, page = ours.read_text().partition("\n")
    assert page.replace(" cells ", " ").replace("|begin_large", "") == theirs.read_text()


def test_no_style_raises_the_first_letter_of_every_word() -> None:
    style = (Path(settings.BASE_DIR) / "static/core/colours.css").read_text()
    assert r".before\:capitalize::before { text-transform: none; }" in style

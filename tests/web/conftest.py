from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.web.people import browser, make_user
from tests.web.town import Town, open_town


@pytest.fixture(autouse=True)
def _as_the_web_process(as_staff: None) -> None:
    """All pages are served under the staff's role."""


@pytest.fixture
def owner(as_staff: None) -> Client:
    """The browser of the installation's owner."""
    return browser(make_user(superuser=True))


@pytest.fixture
def town() -> Iterator[Town]:
    """A Telegram that the pages ask."""
    with open_town() as town:
        yield town

"""Whoever guesses passwords waits, longer each time; whoever mistypes theirs hardly notices."""

from __future__ import annotations

import itertools
import os
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from bots.models import SignInTry
from bots.services.claim_try import claim_try
from bots.services.forgive_tries import forgive_tries, take_back_try
from core.clock import Clock

LOGIN = "/admin/login/"
PASSWORD = "correct horse battery"

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _noon(stopped_clock: Clock, settings: Settings) -> None:
    """Waits follow the clock; and passwords are compared quickly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    SignInTry.objects.all().delete()


@pytest.fixture
def vera() -> User:
    return User.objects.create_superuser(f"vera-{os.getpid()}-{next(_numbers)}", password=PASSWORD)


def try_it(user: User | str, password: str, **headers: str) -> str:
    """What the page says; "in" where it let them in."""
    name = user if isinstance(user, str) else user.username
    response = Client(**headers).post(LOGIN, {"username": name, "password": password})  # type: ignore[arg-type]
    return "in" if response.status_code == 302 else str(response.content.decode())


def test_four_wrong_passwords_cost_nothing(vera: User):
    for _ in range(4):
        assert "Please enter the correct username" in try_it(vera, "wrong")
    assert try_it(vera, PASSWORD) == "in"
    # And are forgotten.
    for _ in range(4):
        assert "Please enter the correct username" in try_it(vera, "wrong")
    assert try_it(vera, PASSWORD) == "in"


def test_after_the_fifth_even_the_right_one_waits_and_it_is_said_how_long(vera: User, stopped_clock: Clock):
    for _ in range(5):
        assert "Please enter the correct username" in try_it(vera, "wrong")
    assert "Too many tries. Try again in 30 seconds." in try_it(vera, PASSWORD)
    stopped_clock.advance(timedelta(seconds=20))
    assert "Try again in 10 seconds." in try_it(vera, PASSWORD)
    stopped_clock.advance(timedelta(seconds=11))
    assert try_it(vera, PASSWORD) == "in"


def test_the_wait_doubles_up_to_an_hour(stopped_clock: Clock):
    for _ in range(5):
        assert claim_try(key="somebody") is None
    waits = []
    for _ in range(9):
        wait = claim_try(key="somebody")
        assert wait is not None
        waits.append(wait.total_seconds())
        stopped_clock.advance(wait)
        assert claim_try(key="somebody") is None
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_tries_that_were_not_allowed_do_not_lengthen_the_wait():
    for _ in range(5):
        assert claim_try(key="x") is None
    assert [claim_try(key="x") for _ in range(3)] == [timedelta(seconds=30)] * 3
    assert SignInTry.objects.get().count == 5


def test_a_day_without_tries_forgets_them(stopped_clock: Clock):
    for _ in range(5):
        claim_try(key="x")
    stopped_clock.advance(timedelta(days=1, seconds=1))
    assert [claim_try(key="x") for _ in range(5)] == [None] * 5


def test_what_was_forgotten_is_swept_away(stopped_clock: Clock):
    claim_try(key="old")
    stopped_clock.advance(timedelta(days=2))
    claim_try(key="new")
    assert SignInTry.objects.count() == 1


def test_somebody_elses_guesses_from_elsewhere_lock_nobody_out(vera: User):
    for _ in range(6):
        try_it(vera, "wrong", REMOTE_ADDR="203.0.113.5")
    assert "Too many tries" in try_it(vera, PASSWORD, REMOTE_ADDR="203.0.113.5")
    assert try_it(vera, PASSWORD, REMOTE_ADDR="203.0.113.6") == "in"


def test_a_name_in_other_letters_is_the_same_name(vera: User):
    for _ in range(5):
        try_it(vera.username.upper(), "wrong")
    assert "Too many tries" in try_it(vera, PASSWORD)


def test_an_account_that_does_not_exist_is_treated_alike():
    for _ in range(5):
        assert "Please enter the correct username" in try_it("nobody-at-all", "wrong")
    assert "Too many tries" in try_it("nobody-at-all", "wrong")


def test_one_address_that_tries_many_names_waits_as_well():
    for number in range(50):
        assert "Please enter the correct username" in try_it(f"guess-{number}", "wrong")
    assert "Too many tries" in try_it("guess-50", "wrong")


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(vera: User, settings: Settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for _ in range(5):
        try_it(vera, "wrong", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.5")
    assert "Too many" in try_it(vera, PASSWORD, HTTP_X_FORWARDED_FOR="7.7.7.7, 203.0.113.5")
    assert try_it(vera, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.6") == "in"


def test_neither_names_nor_addresses_are_kept(vera: User):
    try_it(vera, "wrong", REMOTE_ADDR="203.0.113.5")
    kept = str(list(SignInTry.objects.values_list("key", flat=True)))
    assert vera.username not in kept
    assert "203.0.113.5" not in kept


def test_success_takes_back_what_it_claimed():
    for _ in range(3):
        claim_try(key="x")
    take_back_try(key="x")
    assert SignInTry.objects.get().count == 2
    forgive_tries(key="x")
    assert not SignInTry.objects.exists()


def test_an_empty_form_counts_for_nobody():
    try_it("", "")
    assert not SignInTry.objects.exists()

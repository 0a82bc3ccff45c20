"""A password alone lets nobody in who has an authenticator app; and where it is compulsory, nobody who has none."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django_otp.oath import TOTP
from pytest_django import Settings

from bots.models import Bot, RecoveryCode, SecondFactor
from bots.roles import Role
from bots.services.enrol_second_factor import (
    begin_second_factor,
    confirm_second_factor,
    renew_recovery_codes,
)
from bots.services.prove_second_factor import prove_second_factor
from bots.services.rotate_secrets import rotate_secrets
from core.clock import Clock, clock
from core.errors import AppError
from tests.cast import make_profile
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach, make_user

PAGE, CODE, QR = "/admin/two-factor/", "/admin/two-factor/code/", "/admin/two-factor/qr.svg"
LED = f"{CODE}?next=%2Fadmin%2F"


@pytest.fixture(autouse=True)
def _noon(stopped_clock: Clock) -> None:
    """Codes follow the clock."""


def code_of(user: User) -> str:
    """What the person's app shows now."""
    app = TOTP(base64.b32decode(SecondFactor.objects.get(user=user).secret))
    app.time = clock.now().timestamp()
    return f"{app.token():06}"


def enrol(user: User) -> list[str]:
    """Give the person an app in use; the recovery codes."""
    begin_second_factor(user=user)
    codes = confirm_second_factor(user=user, code=code_of(user))
    clock.advance(timedelta(seconds=31))  # type: ignore[attr-defined]
    return codes


def goes_to(response: Any) -> str | None:
    return response["Location"] if response.status_code == 302 else None


def test_whoever_has_no_app_signs_in_as_ever() -> None:
    assert browser(make_user(superuser=True)).get("/admin/").status_code == 200


def test_a_password_alone_opens_nothing_to_who_has_an_app(bot: Bot) -> None:
    vera = make_profile(bot, first_name="Verochka")
    coach = make_coach(bot)
    enrol(coach)
    client = browser(coach)
    assert goes_to(client.get("/admin/")) == LED
    assert goes_to(client.post(f"/admin/profiles/profile/{vera.id}/pause/")) == CODE
    piece = client.get("/admin/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece["HX-Redirect"]) == (204, CODE)
    page = client.get(CODE)
    assert page.status_code == 200
    assert bot.name not in page.content.decode()


def test_the_code_opens_the_way_to_where_one_was_going(bot: Bot) -> None:
    coach = make_coach(bot)
    enrol(coach)
    client = browser(coach)
    before = client.session.session_key
    sent = {"code": code_of(coach), "next": "/admin/bots/bot/?q=x"}
    assert goes_to(client.post(CODE, sent)) == "/admin/bots/bot/?q=x"
    assert client.get("/admin/bots/bot/").status_code == 200
    assert client.session.session_key != before
    # Another browser has proved nothing by that.
    assert goes_to(browser(coach).get("/admin/")) == LED
    # And here the page leads on.
    assert goes_to(client.get(CODE)) == "/admin/"


def test_nobody_is_led_to_another_site(bot: Bot) -> None:
    coach = make_coach(bot)
    enrol(coach)
    client = browser(coach)
    sent = {"code": code_of(coach), "next": "https://evil.example/"}
    assert goes_to(client.post(CODE, sent)) == "/admin/"


def test_a_code_counts_once() -> None:
    user = make_user(superuser=True)
    enrol(user)
    code = code_of(user)
    assert goes_to(browser(user).post(CODE, {"code": code})) == "/admin/"
    again = browser(user).post(CODE, {"code": code})
    assert "not the code" in again.content.decode()


def test_a_recovery_code_lets_in_once_however_it_is_typed() -> None:
    user = make_user(superuser=True)
    code = enrol(user)[3]
    assert goes_to(browser(user).post(CODE, {"code": code.lower().replace("-", " ")})) == "/admin/"
    assert goes_to(browser(user).post(CODE, {"code": code})) is None
    assert RecoveryCode.objects.filter(second_factor__user=user).count() == 9


def test_another_persons_codes_are_worth_nothing() -> None:
    mine, theirs = make_user(), make_user()
    enrol(mine)
    codes = enrol(theirs)
    assert prove_second_factor(user=mine, code=codes[0]) is False
    assert prove_second_factor(user=mine, code=code_of(theirs)) is False
    assert prove_second_factor(user=make_user(), code=codes[0]) is False


def test_whoever_guesses_codes_has_to_wait_and_is_told_how_long(stopped_clock: Clock) -> None:
    user = make_user(superuser=True)
    enrol(user)
    client = browser(user)
    for _ in range(5):
        assert "not the code" in client.post(CODE, {"code": "AAAA-BBBB-CCCC-DDDD"}).content.decode()
    right = {"code": code_of(user)}
    assert "Try again in 30 seconds." in client.post(CODE, right).content.decode()
    stopped_clock.advance(timedelta(seconds=31))
    assert goes_to(client.post(CODE, {"code": code_of(user)})) == "/admin/"


def test_an_app_is_added_step_by_step_and_codes_are_shown_once() -> None:
    user = make_user(superuser=True)
    client = browser(user)
    assert "Add an authenticator app" in client.get(PAGE).content.decode()
    assert client.get(QR).status_code == 404
    assert goes_to(client.post(PAGE, {"action": "begin"})) == PAGE

    page = client.get(PAGE).content.decode()
    secret = SecondFactor.objects.get(user=user).secret
    assert secret in page.replace(" ", "")
    assert f'src="{QR}"' in page
    picture = client.get(QR)
    assert (picture["Content-Type"], picture["Cache-Control"].split(",")[0]) == (
        "image/svg+xml",
        "max-age=0",
    )
    # Nothing is asked for until it is known to work.
    assert browser(user).get("/admin/").status_code == 200

    assert "not the code" in client.post(PAGE, {"action": "confirm", "code": "000000"}).content.decode()
    done = client.post(PAGE, {"action": "confirm", "code": code_of(user)}).content.decode()
    codes = set(re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", done))
    assert len(codes) == 10
    later = client.get(PAGE).content.decode()
    assert "10 recovery codes are left" in later
    assert not any(code in later for code in codes)
    assert secret not in later.replace(" ", "")
    assert client.get(QR).status_code == 404
    assert goes_to(browser(user).get("/admin/")) == LED


def test_other_recovery_codes_and_turning_it_off_ask_for_the_code(stopped_clock: Clock) -> None:
    user = make_user(superuser=True)
    old = enrol(user)
    client = browser(user)
    client.post(CODE, {"code": old[0]})
    for action in ("renew", "drop"):
        assert "not the code" in client.post(PAGE, {"action": action, "code": "000000"}).content.decode()
    assert "Your recovery codes" in client.post(PAGE, {"action": "renew", "code": old[1]}).content.decode()
    assert prove_second_factor(user=user, code=old[2]) is False
    assert goes_to(client.post(PAGE, {"action": "drop", "code": code_of(user)})) == PAGE
    assert browser(user).get("/admin/").status_code == 200


def test_where_it_is_compulsory_one_is_led_to_adding_an_app(bot: Bot, settings: Settings) -> None:
    settings.STAFF_OTP_REQUIRED = True
    user = make_coach(bot, role=Role.OWNER)
    client = browser(user)
    assert goes_to(client.get("/admin/profiles/profile/")) == PAGE
    assert client.get(PAGE).status_code == 200
    client.post(PAGE, {"action": "begin"})
    page = client.get(PAGE).content.decode()
    assert bot.name not in page
    assert client.get(QR).status_code == 200
    client.post(PAGE, {"action": "confirm", "code": code_of(user)})
    assert client.get("/admin/profiles/profile/").status_code == 200
    # And not turned off again.
    clock.advance(timedelta(seconds=31))  # type: ignore[attr-defined]
    client.post(PAGE, {"action": "drop", "code": code_of(user)})
    assert SecondFactor.objects.filter(user=user).exists()


def test_who_was_let_in_before_it_became_compulsory_is_led_there_too(settings: Settings) -> None:
    client = browser(make_user(superuser=True))
    assert client.get("/admin/").status_code == 200
    settings.STAFF_OTP_REQUIRED = True
    assert goes_to(client.get("/admin/")) == PAGE


def test_one_may_leave_instead() -> None:
    user = make_user(superuser=True)
    enrol(user)
    client = browser(user)
    client.post("/admin/logout/")
    assert goes_to(client.get("/admin/")) == "/admin/login/?next=/admin/"


def test_a_superuser_resets_it_for_who_lost_everything(owner: Client) -> None:
    user = make_user()
    enrol(user)
    address = f"/admin/auth/user/{user.pk}/reset-two-factor/"
    sent = {"_form_submitted": "true"}
    assert browser(make_user(superuser=False)).post(address, sent).status_code == 403
    assert SecondFactor.objects.filter(user=user).exists()
    assert goes_to(owner.post(address, sent)) == f"/admin/auth/user/{user.pk}/change/"
    assert not SecondFactor.objects.filter(user=user).exists()
    assert owner.post(address, sent).status_code == 302


def test_a_new_app_asks_anew_in_every_browser() -> None:
    user = make_user(superuser=True)
    enrol(user)
    client = browser(user)
    client.post(CODE, {"code": code_of(user)})
    SecondFactor.objects.filter(user=user).delete()
    enrol(user)
    assert goes_to(client.get("/admin/")) == LED


def test_the_secret_is_kept_sealed_and_codes_as_digests(owner_database: Any) -> None:
    user = make_user()
    codes = enrol(user)
    secret = SecondFactor.objects.get(user=user).secret
    row = owner_database.execute("SELECT * FROM second_factors WHERE user_id = %s", [user.pk]).fetchone()
    kept = owner_database.execute("SELECT digest FROM recovery_codes").fetchall()
    assert secret not in str(row)
    assert not {code.replace("-", "") for code in codes} & {each for (each,) in kept}


def test_the_secret_survives_another_key() -> None:
    user = make_user()
    enrol(user)
    factor = SecondFactor.objects.get(user=user)
    with database_role("runtime"):
        rotate_secrets()
    again = SecondFactor.objects.get(user=user)
    assert (again.secret, again.secret_sealed != factor.secret_sealed) == (factor.secret, True)


@pytest.mark.parametrize(
    ("prepare", "service", "code"),
    [
        (False, lambda user: confirm_second_factor(user=user, code="000000"), "sign_in.not_begun"),
        (False, lambda user: renew_recovery_codes(user=user), "sign_in.not_enrolled"),
        (True, lambda user: begin_second_factor(user=user), "sign_in.enrolled"),
        (True, lambda user: confirm_second_factor(user=user, code="000000"), "sign_in.enrolled"),
    ],
)
def test_what_comes_out_of_turn_is_refused(
    prepare: bool, service: Callable[[User], object], code: str
) -> None:
    user = make_user()
    if prepare:
        enrol(user)
    with pytest.raises(AppError) as refusal:
        service(user)
    assert refusal.value.code == code


def test_pages_about_oneself_are_for_staff_alone() -> None:
    for address in (PAGE, CODE, QR):
        response: HttpResponse = browser(make_user(staff=False)).get(address)
        assert goes_to(response) == f"/admin/login/?next={address}"

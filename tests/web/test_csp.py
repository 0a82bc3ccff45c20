"""What pages may load and run; and that they keep to it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from bots.models import Bot
from core.clock import clock
from core.csp import own_policy, shell_policy
from core.middleware import ContentSecurityPolicyMiddleware
from tests.broadcast.campaigns import begun, content
from tests.cast import make_profile
from tests.web.broadcast_forms import become
from tests.web.broadcast_forms import page as page_of
from tests.web.people import browser, make_user

HEADER = "Content-Security-Policy"
PAGES = (
    "/admin/",
    "/admin/login/",
    "/admin/bots/bot/",
    "/admin/bots/bot/add/?by_hand=1",
    "/admin/new-bot/",
    "/admin/profiles/profile/",
    "/admin/bots/alert/",
    "/admin/two-factor/",
    "/admin/sessions/",
    "/admin/auth/user/",
    "/admin/password_change/",
)


def policy_of(response: Any) -> dict[str, str]:
    parts = [each.partition(" ") for each in response[HEADER].split("; ")]
    return {name: value for name, _space, value in parts}


def assert_nothing_inline(response: Any) -> None:
    assert "unsafe-inline" not in response[HEADER]
    assert policy_of(response)["style-src-attr"] == "'none'"
    assert re.findall(r'\s(?:x-bind)?:?style="', response.content.decode()) == []


@pytest.mark.parametrize("address", ["/healthz", "/go/nonsense", "/b/nonsense", "/no/such/page"])
def test_our_own_pages_run_nothing_that_stands_in_them(address: str) -> None:
    policy = policy_of(Client().get(address))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "unsafe" not in str(policy)
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


def test_a_style_sheet_in_a_page_has_the_nonce_of_its_response() -> None:
    first, second = (Client().get("/go/nonsense") for _ in range(2))
    nonces = []
    for response in (first, second):
        (nonce,) = re.findall(r'<style nonce="([\w-]{20,})">', response.content.decode())
        assert policy_of(response)["style-src"] == f"'self' 'nonce-{nonce}'"
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize("address", PAGES)
def test_the_shells_pages_hold_no_script_and_no_style_that_is_not_let_through(
    owner: Client, address: str
) -> None:
    client = Client() if "login" in address else owner
    response = client.get(address)
    assert response.status_code == 200
    policy, page = policy_of(response), response.content.decode()
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert "unsafe-inline" not in policy["style-src"]
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page) == []
    assert re.findall(r"<[^<>]*\son(?:click|change|load|submit|error|input)=", page) == []
    for style in re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy["style-src"]
    assert re.findall(r'\ssrc="(?:https?:)?//', page) == []


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/login/",
        "/admin/inbox/",
        "/admin/gallery/",
        "/admin/playground/",
        "/admin/queues/",
        "/admin/work/",
        "/admin/new-bot/",
        "/admin/sessions/",
        "/admin/two-factor/",
        "/admin/audit/auditentry/",
        "/admin/profiles/profile/",
        "/admin/profiles/activitylog/",
        "/admin/profiles/stream/",
        "/admin/profiles/stream/add/",
        "/admin/journey/stageversion/",
        "/admin/journey/stageversion/intensity/",
        "/admin/journey/journeyprogress/",
        "/admin/journey/readiness/",
        "/admin/care/rotationrun/",
        "/admin/care/proactivemessage/",
        "/admin/events/event/",
        "/admin/bots/botmetricday/",
        "/admin/bots/bot/add/?by_hand=1",
        "/admin/bots/persona/add/",
        "/admin/broadcast/broadcast/",
        "/admin/broadcast/broadcast/add/",
        "/admin/broadcast/broadcast/segments/",
        "/admin/password_change/",
    ],
)
def test_of_the_shells_pages_our_own_hold_nothing_inline(owner: Client, bot: Bot, address: str) -> None:
    make_profile(bot, first_name='" style="color:red')
    response = (Client() if "login" in address else owner).get(address)
    assert response.status_code == 200
    assert_nothing_inline(response)


def test_a_persons_pages_hold_nothing_inline(owner: Client, bot: Bot) -> None:
    person = make_profile(
        bot,
        first_name='" style="color:red',
        streams=["healing"],
        readiness={"healing": 72, "love": 0},
        metaphysical_profile={"light": 40},
    )
    page = f"/admin/profiles/profile/{person.id}/"
    shown = ""
    for part in ("change/", "panel/overview/", "panel/portrait/", "message/", "pause/", "block/", "erase/"):
        response = owner.get(f"{page}{part}")
        assert response.status_code == 200
        assert_nothing_inline(response)
        shown += response.content.decode()
    assert '<rect width="72%" height="100%"' in shown
    assert '<circle cx="70%"' in shown


def test_a_bots_pages_hold_nothing_inline(owner: Client, bot: Bot) -> None:
    for address in (f"bots/bot/{bot.id}/change/", f"bots/bot/{bot.id}/history/", f"bot-token/{bot.id}/"):
        response = owner.get(f"/admin/{address}")
        assert response.status_code == 200
        assert_nothing_inline(response)


def test_a_broadcasts_pages_hold_nothing_inline(owner: Client, bot: Bot) -> None:
    for _ in range(40):
        make_profile(bot)
    running = begun(bot, texts=content("One", "Two"), title='" style="color:red')
    for state in ("blocked", "failed", "unknown", "deferred"):
        become(running, bot, state, most=2)
    become(running, bot, "sent", most=24, sent_at=clock.now())
    for name in ("change", "live", "look", "ledger", "compare"):
        response = owner.get(page_of(running, name))
        assert response.status_code == 200
        assert_nothing_inline(response)
    assert '<line x1="75.00%" x2="80.00%"' in owner.get(page_of(running)).content.decode()
    assert '<svg class="bc-interval"' in owner.get(page_of(running, "compare")).content.decode()


def test_what_is_refused_in_the_shell_is_strict_too(owner: Client) -> None:
    response = owner.get("/admin/no/such/page/")
    assert response.status_code == 404
    assert_nothing_inline(response)


def test_a_list_with_actions_is_let_have_the_shells_own_style(owner: Client, bot: Bot) -> None:
    """And every other list is strict: whoever adds an action to one is told here."""
    request = RequestFactory().get("/")
    request.user = make_user(superuser=True)
    for model, its in admin.site._registry.items():
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        is_own = settings.SHELL_OWN_PATHS.fullmatch(address) is not None
        assert is_own is not bool(its.get_actions(request)), address


def test_no_style_sheet_but_the_shells_own_is_let_through() -> None:
    plain = shell_policy()
    for page in (
        b"<style>body {color: red}</style>",
        b'<style id="other">:root {}</style>',
        b"<style>:root {}<b></style>",
    ):
        assert shell_policy(page) == plain
    assert shell_policy(b"<style>\n:root {--a: b}\n</style>") != plain


def test_a_hostile_name_cannot_become_a_style_sheet(owner: Client, bot: Bot) -> None:
    person = make_profile(bot, first_name="</title><style>:root {--x: url(//evil)}</style>")
    response = owner.get(f"/admin/profiles/profile/{person.id}/change/")
    assert "<style>:root {--x" not in response.content.decode()


def test_files_have_the_strict_policy_too(owner: Client) -> None:
    response = owner.get("/static/favicon.svg")
    assert policy_of(response)["script-src"] == "'self'"


def test_a_view_may_write_a_policy_of_its_own(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={HEADER: "default-src 'none'; sandbox"})

    response = ContentSecurityPolicyMiddleware(view)(rf.get("/admin/x"))
    assert response[HEADER] == "default-src 'none'; sandbox"


def test_pages_for_developers_have_none(rf: RequestFactory, settings: Settings) -> None:
    settings.DEBUG = True
    respond = ContentSecurityPolicyMiddleware(lambda _request: HttpResponse(status=500))
    assert HEADER not in respond(rf.get("/x"))
    settings.DEBUG = False
    assert respond(rf.get("/x"))[HEADER] == own_policy()


def test_what_is_no_page_in_the_shell_is_not_read(rf: RequestFactory) -> None:
    response = HttpResponse(b"<style>:root {}</style>", content_type="text/plain")
    assert ContentSecurityPolicyMiddleware(lambda _request: response)(rf.get("/admin/x"))[
        HEADER
    ] == shell_policy(is_own=True)


def test_nobody_puts_our_pages_into_a_frame() -> None:
    for client, address in ((Client(), "/admin/login/"), (browser(make_user(superuser=True)), "/admin/")):
        assert client.get(address)["X-Frame-Options"] == "DENY"


def test_the_sessions_cookie_is_for_this_site_and_not_for_scripts(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = make_user()
    user.set_password("correct horse")
    user.save()
    client = Client()
    assert (
        client.post("/admin/login/", {"username": user.username, "password": "correct horse"}).status_code
        == 302
    )
    cookie = client.cookies["sessionid"]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)

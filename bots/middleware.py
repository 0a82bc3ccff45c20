"""What stands between a request of staff and the pages: their session, their second factor, and their bots."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from bots.selectors.sign_in_standing import Standing, standing_of
from bots.services.note_session import note_session
from bots.services.revoke_sessions import forget_session
from bots.staff_scope import address_of, staff_scope

# In the session: the id of its row.
STAFF_SESSION = "staff_session"

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_OPEN_DOORS = [re.compile(each) for each in settings.OPEN_DOORS]
_OWN_SCOPES = [re.compile(each) for each in settings.OWN_SCOPES]


class StaffSessionMiddleware:
    """Notes in which browsers staff are signed in, and ends a session that was revoked elsewhere."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_staff(request):
            return self._get_response(request)
        user: Any = request.user
        session_id = note_session(
            user_id=user.pk,
            session_id=request.session.get(STAFF_SESSION),
            address=address_of(request),
            agent=request.headers.get("User-Agent", ""),
        )
        if session_id is None:
            logout(request)
            return self._get_response(request)
        if request.session.get(STAFF_SESSION) != str(session_id):
            request.session[STAFF_SESSION] = str(session_id)
        response = self._get_response(request)
        if not request.user.is_authenticated:
            forget_session(session_id=str(session_id))
        return response


class SecondFactorMiddleware:
    """Leads staff who have given their password alone to the code of their app, or to adding an app."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_staff(request):
            return self._get_response(request)
        user: Any = request.user
        standing = standing_of(user=user, session=request.session)
        if standing is Standing.PROVEN:
            return self._get_response(request)
        if request.path in _free(standing):
            # Their bots stay closed: whoever has only the password is nobody yet.
            request.is_unproven = True  # type: ignore[attr-defined]
            return self._get_response(request)
        return _led(request, standing)


class VisibleBotsMiddleware:
    """Web requests see the rows of the bots that the member of staff may see, and nothing where nobody is logged in.

    One transaction around the view and the rendering of its response, undone when the response is a 5xx.
    ATOMIC_REQUESTS would end before lazy template responses render: the admin would show no rows and no error.
    Streams, async views and those that ask somebody else meanwhile (OWN_SCOPES) open their own scope.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_staff(request) or getattr(request, "is_unproven", False) or _scopes_itself(request):
            return self._get_response(request)
        with staff_scope(request):
            response = self._get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _is_staff(request: HttpRequest) -> bool:
    # Links that bots give to people are followed by staff as by anybody.
    path = request.path_info.removeprefix("/")
    if any(each.search(path) for each in _OPEN_DOORS):
        return False
    return request.user.is_authenticated and request.user.is_staff


def _scopes_itself(request: HttpRequest) -> bool:
    path = request.path_info.removeprefix("/")
    return any(each.search(path) for each in _OWN_SCOPES)


def _free(standing: Standing) -> set[str]:
    free = {reverse("admin:logout"), reverse("admin:jsi18n")}
    if standing is Standing.CODE_WANTED:
        return free | {reverse("two-factor-code")}
    return free | {reverse("two-factor"), reverse("two-factor-qr")}


def _led(request: HttpRequest, standing: Standing) -> HttpResponseBase:
    to = reverse("two-factor")
    if standing is Standing.CODE_WANTED:
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        to = f"{reverse('two-factor-code')}?{query}" if query else reverse("two-factor-code")
    if request.headers.get("HX-Request"):
        # A piece of a page was asked for; the page itself is what has to go elsewhere.
        plain = reverse("two-factor-code") if standing is Standing.CODE_WANTED else to
        return HttpResponse(status=204, headers={"HX-Redirect": plain})
    return HttpResponseRedirect(to)

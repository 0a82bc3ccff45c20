"""Signing in: the password, with a growing wait for who guesses, and the code of an authenticator app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from bots.second_factor import address_of
from bots.selectors.sign_in_standing import Standing, factor_state, note_proof, standing_of
from bots.services.claim_try import claim_try
from bots.services.drop_second_factor import drop_second_factor
from bots.services.enrol_second_factor import (
    begin_second_factor,
    confirm_second_factor,
    renew_recovery_codes,
)
from bots.services.forgive_tries import forgive_tries, take_back_try
from bots.services.prove_second_factor import prove_second_factor
from bots.sign_in import address_in
from core.errors import AppError

# One address may stand for a whole office.
_FREE_FOR_ADDRESS = 50
_WRONG = gettext_lazy("This is not the code that the app shows now, nor a recovery code that is left.")


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    """The password. After five wrong ones for a name from one address there is a wait, which grows."""

    def clean(self) -> Any:
        """Look whether one may try at all, and only then at the password."""
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        meta = self.request.META if self.request else {}
        address = address_in(meta, is_behind_proxy=settings.SECURE_PROXY_SSL_HEADER is not None)
        # Names that differ in case are one account's to whoever guesses.
        by_name, by_address = f"password:{name.casefold()}@{address}", f"password:@{address}"
        wait = claim_try(key=by_name) or claim_try(key=by_address, free=_FREE_FOR_ADDRESS)
        if wait is not None:
            raise ValidationError(too_often(wait), code="too_often")
        cleaned = super().clean()
        forgive_tries(key=by_name)
        take_back_try(key=by_address)
        return cleaned


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": "", "spellcheck": "false"}
        ),
    )


def too_often(wait: timedelta) -> str:
    """In words, how long somebody has to wait who has tried too often."""
    seconds = max(1, round(wait.total_seconds()))
    if seconds < 90:
        words = ngettext("%d second", "%d seconds", seconds) % seconds
    else:
        minutes = -(-seconds // 60)
        words = ngettext("%d minute", "%d minutes", minutes) % minutes
    return _("Too many tries. Try again in %s.") % words


@never_cache
@require_http_methods(["GET", "POST"])
def code_page(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then lead on to where the person wanted to go."""
    user = _user(request)
    to = _next(request)
    if standing_of(user=user, session=request.session) is not Standing.CODE_WANTED:
        return HttpResponseRedirect(to)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _proves(user, form):
        note_proof(user=user, session=request.session)
        return HttpResponseRedirect(to)
    context = {"title": _("One more step"), "form": form, "next": to}
    return _page(request, "code.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def two_factor_page(request: HttpRequest) -> HttpResponse:
    """Add an app, or look after the one that there is."""
    user = _user(request)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    form = CodeForm(request.POST if action and action != "begin" else None)
    codes = _ACTIONS[action](request, user, form) if action in _ACTIONS else None
    if isinstance(codes, HttpResponse):
        return codes
    state = factor_state(user=user)
    context = {
        "title": _("Two-factor sign-in"),
        "form": CodeForm() if codes else form,
        "state": state,
        "codes": codes,
        "secret": _in_fours(state.secret) if state else "",
        "is_required": settings.STAFF_OTP_REQUIRED,
        "is_led_here": standing_of(user=_fresh(user), session=request.session) is Standing.ENROLMENT_WANTED,
    }
    return _page(request, "two_factor.html", context)


@never_cache
@require_safe
def qr_picture(request: HttpRequest) -> HttpResponse:
    """The secret as a picture for the app, while it waits for its first code."""
    user = _user(request)
    state = factor_state(user=user)
    if state is None or state.is_confirmed:
        raise Http404
    address = address_of(state.secret, account=user.get_username(), issuer=settings.OTP_ISSUER)
    picture = BytesIO()
    # White behind it, also where the page is dark: apps read nothing else.
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=5, border=4, dark="#000", light="#fff"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def _begin(request: HttpRequest, user: User, form: CodeForm) -> HttpResponse:  # noqa: ARG001
    try:
        begin_second_factor(user=user)
    except AppError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("two-factor"))


def _confirm(request: HttpRequest, user: User, form: CodeForm) -> list[str] | None:
    if not form.is_valid() or _must_wait(user, form):
        return None
    try:
        codes = confirm_second_factor(user=user, code=form.cleaned_data["code"])
    except AppError as error:
        form.add_error("code", error.message)
        return None
    forgive_tries(key=_key(user))
    note_proof(user=user, session=request.session)
    return codes


def _renew(request: HttpRequest, user: User, form: CodeForm) -> list[str] | None:  # noqa: ARG001
    return renew_recovery_codes(user=user) if form.is_valid() and _proves(user, form) else None


def _drop(request: HttpRequest, user: User, form: CodeForm) -> HttpResponse | None:
    if settings.STAFF_OTP_REQUIRED or not form.is_valid() or not _proves(user, form):
        return None
    drop_second_factor(user=user, by=user)
    messages.success(request, _("Two-factor sign-in is off."))
    return HttpResponseRedirect(reverse("two-factor"))


_ACTIONS: dict[str, Callable[[HttpRequest, User, CodeForm], Any]] = {
    "begin": _begin,
    "confirm": _confirm,
    "renew": _renew,
    "drop": _drop,
}


def _proves(user: User, form: CodeForm) -> bool:
    if _must_wait(user, form):
        return False
    if not prove_second_factor(user=user, code=form.cleaned_data["code"]):
        form.add_error("code", str(_WRONG))
        return False
    forgive_tries(key=_key(user))
    return True


def _must_wait(user: User, form: CodeForm) -> bool:
    wait = claim_try(key=_key(user))
    if wait is not None:
        form.add_error("code", too_often(wait))
    return wait is not None


def _key(user: User) -> str:
    return f"code:{user.pk}"


def _fresh(user: User) -> User:
    return User.objects.select_related("second_factor").get(pk=user.pk)


def _in_fours(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user


def _next(request: HttpRequest) -> str:
    said = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        said, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return said if is_ours else reverse("admin:index")


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(
        request, f"admin/sign_in/{template}", {**admin.site.each_context(request), **context}
    )


admin.site.login_form = SignInForm

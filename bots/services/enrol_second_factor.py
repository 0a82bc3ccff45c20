"""An authenticator app is added in two steps: a secret that is shown, then a first code that proves it arrived."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from bots.errors import SignInError
from bots.models import RecoveryCode, SecondFactor
from bots.second_factor import RECOVERY_CODES, new_recovery_code, new_secret, plain, step_of
from core.clock import clock
from core.encryption import encrypt, fingerprint


def begin_second_factor(*, user: User) -> SecondFactor:
    """The factor that waits for its first code, made where there is none. Raises SignInError `sign_in.enrolled`."""
    factor, _is_new = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret_sealed": encrypt(new_secret()), "created_at": clock.now()}
    )
    if factor.is_confirmed:
        raise SignInError("enrolled", _("Two-factor sign-in is on already."))
    return factor


def confirm_second_factor(*, user: User, code: str) -> list[str]:
    """Take the factor into use; the recovery codes, which are told this once.

    Raises SignInError: `sign_in.code_wrong`, `sign_in.enrolled`, `sign_in.not_begun`.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None:
            raise SignInError("not_begun", _("Begin again: there is no code to compare with."))
        if factor.is_confirmed:
            raise SignInError("enrolled", _("Two-factor sign-in is on already."))
        now = clock.now()
        step = step_of(code, secret=factor.secret, now=now, after=factor.last_step)
        if step is None:
            raise SignInError("code_wrong", _("This is not the code that the app shows now."))
        factor.confirmed_at, factor.last_step = now, step
        factor.save(update_fields=["confirmed_at", "last_step"])
        return _write_codes(factor)


def renew_recovery_codes(*, user: User) -> list[str]:
    """Other recovery codes in place of those that there are. Raises SignInError `sign_in.not_enrolled`."""
    with transaction.atomic():
        factor = (
            SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        )
        if factor is None:
            raise SignInError("not_enrolled", _("Two-factor sign-in is off."))
        return _write_codes(factor)


def _write_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(second_factor=factor, digest=fingerprint(plain(each))) for each in codes
    )
    return codes

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from bots.models import SecondFactor
from bots.second_factor import is_like_recovery_code, plain, step_of
from core.clock import clock
from core.encryption import fingerprint


def prove_second_factor(*, user: User, code: str) -> bool:
    """Whether this is the code that the person's app shows now, or one of their recovery codes; each counts once.

    False also where there is no factor in use. How often one may try is the caller's to see to.
    """
    with transaction.atomic():
        factor = (
            SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        )
        if factor is None:
            return False
        if is_like_recovery_code(code):
            spent, _by_model = factor.recovery_codes.filter(digest=fingerprint(plain(code))).delete()
            return bool(spent)
        step = step_of(code, secret=factor.secret, now=clock.now(), after=factor.last_step)
        if step is None:
            return False
        factor.last_step = step
        factor.save(update_fields=["last_step"])
        return True

from __future__ import annotations

import structlog
from django.contrib.auth.models import User

from bots.models import SecondFactor

log = structlog.get_logger(__name__)


def drop_second_factor(*, user: User, by: User) -> bool:
    """The account signs in by its password alone again, until an app is added anew; whether it had one."""
    dropped, _by_model = SecondFactor.objects.filter(user=user).delete()
    if dropped:
        log.info("sign_in.second_factor_dropped", user=user.pk, by=by.pk)
    return bool(dropped)

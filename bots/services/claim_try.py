from __future__ import annotations

from datetime import timedelta

from bots.models import SignInTry
from bots.statements import SQL
from core.clock import clock
from core.encryption import fingerprint

FREE = 5
# In seconds.
SHORTEST, LONGEST = 30.0, 3600.0
FORGOTTEN = timedelta(days=1)


def claim_try(*, key: str, free: int = FREE) -> timedelta | None:
    """Count one try to prove something, before it is made; None if it may be made, else how long to wait.

    After `free` tries without success there is a wait of half a minute, which doubles with each further one up to an
    hour; a day without tries forgets them. `forgive_tries` after success.
    """
    now = clock.now()
    digest = fingerprint(key)
    claimed = SQL["claim_try"].rows(
        {
            "key": digest,
            "now": now,
            "free": free,
            "forgotten": now - FORGOTTEN,
            "shortest": SHORTEST,
            "longest": LONGEST,
        }
    )
    if claimed:
        if claimed[0].count == 1:
            # Whoever comes anew sweeps after those who stayed away.
            SignInTry.objects.filter(last_at__lt=now - FORGOTTEN, wait_until__lt=now).delete()
        return None
    until = SignInTry.objects.filter(key=digest).values_list("wait_until", flat=True).first()
    return max(until - now, timedelta(seconds=1)) if until else None

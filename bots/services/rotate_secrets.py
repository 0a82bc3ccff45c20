from __future__ import annotations

from django.db import transaction

from bots.models import Bot, SecondFactor
from core.encryption import rotate


def rotate_secrets() -> int:
    """Seal the secrets of bots and the second factors of staff anew under the first of ENCRYPTION_KEYS; how many bots.

    Bots go on running: the secrets themselves stay. Raises Undecryptable, and then changes nothing.
    """
    with transaction.atomic():
        bots = list(Bot.objects.select_for_update().order_by("id"))
        for bot in bots:
            bot.token_sealed = rotate(bot.token_sealed)
            bot.model_key_sealed = rotate(bot.model_key_sealed) if bot.model_key_sealed else ""
        Bot.objects.bulk_update(bots, ["token_sealed", "model_key_sealed"], batch_size=200)
        factors = list(SecondFactor.objects.select_for_update().order_by("id"))
        for factor in factors:
            factor.secret_sealed = rotate(factor.secret_sealed)
        SecondFactor.objects.bulk_update(factors, ["secret_sealed"], batch_size=200)
    return len(bots)

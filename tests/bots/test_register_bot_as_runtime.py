from __future__ import annotations

from bots.models import Bot, Persona
from bots.services.ensure_bot import ensure_bot
from tests.cast import make_token


def test_the_runtime_registers_the_bot_of_the_environment_without_writing_personas() -> None:
    personas = Persona.objects.count()

    bot_id, made = ensure_bot(token=make_token(), name="Single")

    assert made
    assert Persona.objects.count() == personas
    assert Bot.objects.get(id=bot_id).wanted_state == "running"

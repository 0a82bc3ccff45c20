"""Trials in the playground, for its tests: what is asked for, run as the worker would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from bots.models import Bot, Persona, PromptDraft
from bots.services.draft_prompt import begin_draft
from dashboard.playground.contracts import Side, Standing, Trial
from dashboard.playground.shelf import keep_trial
from dashboard.services.run_trial import run_trial
from tests.cast import make_bot
from tests.dashboard.talks import Talk, make_talk

PAGE = "/admin/playground/"
KEY, LANGUAGE = "coach.natasha", "en"
WORDS = "Everything is fine, we just stopped talking in the evenings."


def make_persona() -> Persona:
    return Persona.objects.create(slug=f"p-{uuid4().hex[:8]}", name="Vera the persona")


def make_speaking(**fields: Any) -> Bot:
    """A bot with a persona of its own."""
    return make_bot(persona=make_persona(), **fields)


def make_draft(bot: Bot, body: str = "A draft for {person_name}.", **more: Any) -> PromptDraft:
    assert bot.persona_id is not None
    where = {"key": KEY, "language": LANGUAGE, "editor": None, **more}
    return begin_draft(persona_id=bot.persona_id, body=body, **where)


def make_trial(bot: Bot, **fields: Any) -> Trial:
    """A trial that was asked for."""
    assert bot.persona_id is not None
    trial = Trial(
        **{
            "id": uuid4(),
            "user_id": 1,
            "bot_id": bot.id,
            "persona_id": bot.persona_id,
            "key": KEY,
            "language": LANGUAGE,
            "left": Side("d", "Draft", "Draft: {stage_name}, {stage_intensity}, {person_summary}."),
            "right": Side("shipped", "As shipped", "Shipped for {person_name}."),
            "source": "text",
            "wanted_at": 0.0,
            "text": WORDS,
            **fields,
        }
    )
    keep_trial(trial)
    return trial


def played(bot: Bot, **fields: Any) -> Standing:
    """A trial as the worker leaves it."""
    standing = run_trial(trial_id=make_trial(bot, **fields).id)
    assert standing is not None
    return standing


def form(of: Bot, /, **more: Any) -> dict[str, Any]:
    """The page's form as a browser sends it."""
    return {
        "persona": str(of.persona_id),
        "key": KEY,
        "language": LANGUAGE,
        "bot": str(of.id),
        "left": "now",
        "right": "shipped",
        "source": "text",
        "text": WORDS,
        **more,
    }


def asked(client: Client, of: Bot, /, **more: Any) -> Any:
    """Run both, as htmx asks for it."""
    return client.post(f"{PAGE}run/", form(of, **more), headers={"HX-Request": "true"})


def trial_of(response: Any) -> UUID:
    return UUID(str(response.context["trial"].id))


@dataclass(frozen=True)
class Past(Talk):
    """A conversation with a session in it."""

    session_id: UUID

    @property
    def page(self) -> str:
        asked = f"persona={self.bot.persona_id}&key={KEY}&language={LANGUAGE}"
        return f"{PAGE}sessions/{self.bot.id}/{self.session_id}/?{asked}"


def make_past(bot: Bot, **person: Any) -> Past:
    """Somebody with a session of the bot in which nobody has said anything yet."""
    talk = make_talk(bot, **person)
    session = talk.session(question_count=2, state="completed")
    return Past(**{each.name: getattr(talk, each.name) for each in fields(talk)}, session_id=session.id)


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)  # type: ignore[attr-defined]
        # It reads its prompt: the first line says what it was told.
        first = asked["messages"][0]["content"].split("\n\n")[1].splitlines()[0]
        body = json.dumps(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": f"I was told this: {first}"},
                    }
                ],
                "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: Any) -> None:
        """Silent."""


@contextmanager
def model_server() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A model's endpoint: its address, and what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    server.asked = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", server.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

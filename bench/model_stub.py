"""A Chat Completions server that answers at once: to see what the openai SDK costs, and nothing else.

`python -m bench.model_stub PORT`; run by the benches. Ends on SIGTERM.
"""

from __future__ import annotations

import json
import sys

from aiohttp import web

_ANSWER = "Понимаю. А что **вы сами** чувствуете, когда об этом говорите?"
# The crisis check asks for a structured answer and sees no sign.
_VERDICT = json.dumps({"sign": "none", "confidence": 0.0})


def _completion(content: str) -> bytes:
    body = {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1,
        "model": "stub",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020},
    }
    return json.dumps(body, ensure_ascii=False).encode()


_TEXT, _STRUCTURED = _completion(_ANSWER), _completion(_VERDICT)


async def _complete(request: web.Request) -> web.Response:
    asked = await request.read()
    body = _STRUCTURED if b'"response_format"' in asked else _TEXT
    return web.Response(body=body, content_type="application/json")


def main(port: int) -> None:
    """Serve on loopback until told to stop."""
    application = web.Application(client_max_size=2**24)
    application.router.add_post("/v1/chat/completions", _complete)
    web.run_app(application, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))

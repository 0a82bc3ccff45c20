"""`python -m sandbox`: the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from sandbox.errors import ControlError
from sandbox.server import SandboxServer


def main() -> int:
    """Serve until SIGTERM or SIGINT; 0 is a clean end, 1 a start that failed."""
    return asyncio.run(_serve(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A Telegram Bot API server and a chat page on this machine."
    )
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--limits", choices=["on", "off"], default="on", help="Telegram's pace (default: on)")
    parser.add_argument("--state", type=Path, help="a file that keeps bots and chats over restarts")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> int:
    server = SandboxServer(
        host=arguments.host, port=arguments.port, limits=arguments.limits == "on", state=arguments.state
    )
    try:
        await server.start()
    except OSError as error:
        where, reason = (
            f"{arguments.host}:{arguments.port}",
            os.strerror(error.errno) if error.errno else error,
        )
        sys.stderr.write(f"sandbox: cannot listen on {where}: {reason}; try another --port\n")
        return 1
    except ControlError as error:
        sys.stderr.write(f"sandbox: {error.message}\n")
        return 1
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    sys.stdout.write(f"sandbox: chat page at {server.url}/sandbox/\n")
    sys.stdout.flush()
    await stopping.wait()
    await server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

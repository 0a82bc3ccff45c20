"""Which ports to use: the public ones as asked, the inner ones kept from start to start."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bin.kit.console import Trouble, say
from bin.kit.layout import write_private
from bin.kit.network import free_port, is_free


@dataclass(frozen=True)
class InnerPorts:
    """Ports that only our own processes use."""

    postgres: int
    valkey: int
    runbots_metrics: int
    celery_metrics: int


# The usual places for figures, so that a scraper finds them; the servers get any port.
PREFERRED = {"runbots_metrics": 9101, "celery_metrics": 9102}


def check_public(name: str, value: str) -> int:
    """The port that a variable asks for. Raises Trouble, with a cure, where it cannot be used."""
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise Trouble(f"{name}={value} is no port: choose a number from 1 to 65535.")
    port = int(value)
    if not is_free(port):
        why = "needs root" if port < 1024 else "is in use by another program"
        raise Trouble(f"Port {port} {why}. Choose another one: {name}={_free_beside(port)} bin/up")
    return port


def _free_beside(port: int) -> int:
    return (
        next((near for near in range(port + 10, min(port + 200, 65536), 10) if is_free(near)), None)
        or free_port()
    )


def choose_inner(path: Path) -> InnerPorts:
    """The ports of the last start where they are still free, others in the place of those taken meanwhile."""
    try:
        kept: dict[str, int] = json.loads(path.read_text())
    except (OSError, ValueError):
        kept = {}
    chosen: dict[str, int] = {}
    for name in InnerPorts.__dataclass_fields__:
        candidates = [port for port in (kept.get(name), PREFERRED.get(name)) if port and is_free(port)]
        chosen[name] = next((port for port in candidates if port not in chosen.values()), None) or free_port()
        if name in kept and kept[name] != chosen[name]:
            say(f"Port {kept[name]} was taken meanwhile: {name} moves to {chosen[name]}.")
    ports = InnerPorts(**chosen)
    write_private(path, json.dumps(asdict(ports)))
    return ports

"""How much memory the product takes: PSS, where memory that processes share counts once.

`python bench/memory.py`: `runbots` with 5 and with 25 bots after each has answered a few people, and the whole
of `bin/up` with 5 bots.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.child import end, pss_bytes
from bench.report import parser, say, table, verdict, write
from bench.stage import Stage, open_stage
from bench.telegram_side import TelegramSide
from bin.kit.layout import CHECKOUT
from bin.kit.network import free_port
from bin.kit.postgres import DATABASE, OWNER

if TYPE_CHECKING:
    from bench.crowd import Member

# One fewer than a worker takes: beside a full one an empty one is kept ready.
FEW, MANY = 5, 24
PEOPLE = 20
MEGABYTE = 2**20
TARGET_RUNBOTS_MB = 250.0
TARGET_ALL_MB = 1024.0
TARGET_BOT_MB = 3.0
# So long until what a start needs, and the first answers, have settled down.
REST_SECONDS = 12.0
UP_SECONDS = 300.0
# What stands in a command line, and how the table calls it; the first that fits.
PROGRAMS = (
    ("postgres", "PostgreSQL"),
    ("valkey", "Valkey"),
    ("uvicorn", "web"),
    ("celery -A config worker", "Celery worker"),
    ("celery -A config beat", "Celery beat"),
    ("-m sandbox", "sandbox"),
    ("runbots_worker", "runbots: worker"),
    ("manage.py runbots", "runbots: supervisor"),
)


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--no-up", action="store_true", help="leave the whole of bin/up out")
    given = options.parse_args()
    with open_stage(keep_logs=given.logs) as stage:
        stage.enter_django()
        few = _runbots(stage, FEW, name="few")
        many = _runbots(stage, MANY, name="many")
    whole = {} if given.no_up else _whole()
    figures = _show(few, many, whole)
    write(given.json, figures)
    return 0 if figures["is_met"] else 1


def _runbots(stage: Stage, bots: int, *, name: str) -> dict[str, float]:
    """Megabytes of each process of `runbots` with so many bots that have answered."""
    from bench.crowd import gather, retire  # noqa: PLC0415 - it needs the models

    members = gather(stage, bots=bots, people=PEOPLE, name=name)
    stage.start_runbots([each.token for each in members])
    _talk(stage, members)
    time.sleep(REST_SECONDS)
    worker = stage.worker().pid
    found = {"supervisor": pss_bytes(stage.runbots.pid) / MEGABYTE, "worker": pss_bytes(worker) / MEGABYTE}
    stage.stop_runbots()
    retire(members)
    say(f"  runbots with {bots} bots: {sum(found.values()):.0f} MB")
    return found


def _talk(stage: Stage, members: Sequence[Member]) -> None:
    """Everybody writes twice and is answered."""
    from bench.crowd import update  # noqa: PLC0415 - it needs the models

    for _ in range(2):
        before = stage.telegram.answers()
        for member in members:
            stage.telegram.offer(member.token, [update(chat) for chat in member.chats])
        wanted = {each.token: before[each.token] + each.people for each in members}
        stage.wait_until(lambda wanted=wanted: _has_all(stage, wanted), 120, "not everybody was answered")  # type: ignore[misc]


def _has_all(stage: Stage, wanted: dict[str, int]) -> bool:
    seen = stage.telegram.answers()
    return all(seen[token] >= count for token, count in wanted.items())


def _whole() -> dict[str, float]:
    """Megabytes of each program of `bin/up`, with 5 bots that have answered newcomers."""
    with (
        tempfile.TemporaryDirectory(prefix="relove-bench-up-") as folder,
        _up(Path(folder)) as (root, telegram),
    ):
        tokens = telegram.tokens()
        Stage.wait_until(lambda: all(telegram.polled()[each] for each in tokens), 60, "the bots do not hear")
        for token in tokens:
            for person in range(PEOPLE):
                telegram.say(token, 5_000 + person, "/start")
        wanted = PEOPLE * len(tokens)
        Stage.wait_until(
            lambda: sum(telegram.answers().values()) >= wanted, 120, "not everybody was answered"
        )
        time.sleep(REST_SECONDS)
        found: dict[str, float] = {}
        for each in [root, *root.children(recursive=True)]:
            name = _program(each)
            found[name] = found.get(name, 0.0) + pss_bytes(each.pid) / MEGABYTE
    say(f"  the whole of bin/up: {sum(found.values()):.0f} MB")
    return found


@contextmanager
def _up(home: Path) -> Iterator[tuple[psutil.Process, TelegramSide]]:
    """`bin/up` with a home of its own and 5 bots, from its first start to its end."""
    home.chmod(0o711)
    port, sandbox_port = free_port(), free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "RELOVE_HOME": str(home),
        "RELOVE_VENV": str(Path(sys.executable).parents[1]),
        "RELOVE_ENV_FILE": "",
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
    }
    with (home / "up.log").open("wb") as log:
        up = subprocess.Popen([str(CHECKOUT / "bin" / "up")], env=environment, stdout=log, stderr=log)
    root = psutil.Process(up.pid)
    try:
        # The last line of what a newcomer reads when all is up.
        Stage.wait_until(
            lambda: up.poll() is not None or "Stop: Ctrl-C" in (home / "up.log").read_text(),
            UP_SECONDS,
            "bin/up does not come up",
        )
        if up.poll() is not None:
            raise RuntimeError((home / "up.log").read_text())
        telegram = TelegramSide(f"http://127.0.0.1:{sandbox_port}")
        for number in range(FEW - len(telegram.tokens())):
            _register(home, environment, telegram, f"bench-{number}")
        yield root, telegram
    finally:
        _stop(up, root)


def _register(home: Path, environment: dict[str, str], telegram: TelegramSide, name: str) -> None:
    secrets = dict(
        line.split("=", 1) for line in (home / "secrets.env").read_text().splitlines() if "=" in line
    )
    port = json.loads((home / "ports.json").read_text())["postgres"]
    owner = f"postgresql://{OWNER}:{secrets['POSTGRES_OWNER_PASSWORD']}@127.0.0.1:{port}/{DATABASE}"
    keys = {key: secrets[key].strip("'\"") for key in ("SECRET_KEY", "ENCRYPTION_KEYS")}
    subprocess.run(
        [sys.executable, "manage.py", "register_bot", name, "--api-url", telegram.url, "--provider", "demo"],
        cwd=CHECKOUT,
        env={
            **environment,
            **keys,
            "DATABASE_URL": owner,
            "DATABASE_ROLE": "owner",
            "TELEGRAM_BOT_TOKEN": telegram.create_bot(name),
        },
        capture_output=True,
        check=True,
    )


def _stop(up: subprocess.Popen[bytes], root: psutil.Process) -> None:
    offspring = root.children(recursive=True) if up.poll() is None else []
    up.terminate()
    try:
        up.wait(90)
    except subprocess.TimeoutExpired:
        up.kill()
        up.wait()
    end(offspring)


def _program(process: psutil.Process) -> str:
    """What a process is to a reader of the table."""
    try:
        words = " ".join(process.cmdline())
        name = process.name()
    except psutil.NoSuchProcess:
        return "gone"
    for sign, program in PROGRAMS:
        if sign in words or sign in name:
            return program
    return "bin/up and its keeper"


def _show(few: dict[str, float], many: dict[str, float], whole: dict[str, float]) -> dict[str, Any]:
    runbots = sum(few.values())
    each = (many["worker"] - few["worker"]) / (MANY - FEW)
    rows: list[list[object]] = [
        [
            f"runbots with {FEW} bots, all its processes",
            runbots,
            f"< {TARGET_RUNBOTS_MB:.0f}",
            verdict(runbots < TARGET_RUNBOTS_MB),
        ],
        ["each further bot in a worker", each, f"< {TARGET_BOT_MB:.0f}", verdict(each < TARGET_BOT_MB)],
    ]
    is_met = runbots < TARGET_RUNBOTS_MB and each < TARGET_BOT_MB
    if whole:
        total = sum(whole.values())
        rows.insert(
            1,
            [
                f"the whole of bin/up with {FEW} bots",
                total,
                f"< {TARGET_ALL_MB:.0f}",
                verdict(total < TARGET_ALL_MB),
            ],
        )
        is_met = is_met and total < TARGET_ALL_MB
    table("Memory (PSS)", ["what", "MB", "target", "verdict"], rows)
    parts: list[list[object]] = [[f"runbots, {FEW} bots: {name}", size] for name, size in few.items()]
    parts += [[f"runbots, {MANY} bots: {name}", size] for name, size in many.items()]
    parts += [[f"bin/up: {name}", size] for name, size in sorted(whole.items(), key=lambda item: -item[1])]
    table("Of which", ["part", "MB"], parts)
    return {
        "bench": "memory",
        "is_met": is_met,
        "runbots_mb": runbots,
        "each_further_bot_mb": each,
        "whole_mb": sum(whole.values()) if whole else None,
        f"runbots_{FEW}_bots": few,
        f"runbots_{MANY}_bots": many,
        "bin_up": whole,
    }


if __name__ == "__main__":
    raise SystemExit(main())

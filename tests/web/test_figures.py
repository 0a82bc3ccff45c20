from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from celery import signals
from prometheus_client import REGISTRY

from core import metrics, task_metrics
from core.metrics_folder import share_figures

CHECKOUT = Path(__file__).parents[2]


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def run(script: str, **variables: str) -> str:
    """A process of its own: prometheus_client chooses its way when it is first imported."""
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=CHECKOUT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def test_no_label_holds_a_chat_or_a_person() -> None:
    labels = {
        label
        for name, metric in vars(metrics).items()
        if hasattr(metric, "_labelnames") and not name.startswith("_")
        for label in metric._labelnames
    }
    assert labels == {
        "bot",
        "call",
        "kind",
        "purpose",
        "result",
        "outcome",
        "state",
        "statement",
        "task",
        "what",
    }


def test_a_bot_is_in_one_state() -> None:
    states = ["running", "deaf", "stopped"]
    metrics.show_bot_state(bot="m-vera", state="deaf", states=states)
    metrics.show_bot_state(bot="m-vera", state="running", states=states)
    assert [value("relove_bot_state", bot="m-vera", state=state) for state in states] == [1.0, 0.0, 0.0]


def test_figures_are_served_on_this_machine_only_and_a_taken_port_ends_nothing() -> None:
    metrics.updates_total.labels(bot="m-served", kind="message").inc(3)
    server = metrics.serve_metrics(0)
    assert server is not None
    try:
        assert server.server.server_address[0] == "127.0.0.1"
        with urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
            assert 'relove_updates_total{bot="m-served",kind="message"} 3.0' in answer.read().decode()
        assert metrics.serve_metrics(server.port) is None
    finally:
        server.stop()
    again = metrics.serve_metrics(server.port)
    assert again is not None
    again.stop()


WRITE = """
import os, sys
from core import metrics
metrics.updates_total.labels(bot="vera", kind="message").inc(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
metrics.turn_seconds.labels(bot="vera").observe(0.02)
metrics.show_bot_state(bot="vera", state=os.environ["STATE"], states=["running", "deaf"])
metrics.last_successful_poll_timestamp.labels(bot="vera").set(float(os.environ["POLLED"]))
print(os.getpid())
"""


def test_processes_that_share_a_folder_are_added_up_and_the_last_word_on_a_bot_is_true(
    tmp_path: Path,
) -> None:
    folder = str(tmp_path)
    run(WRITE, PROMETHEUS_MULTIPROC_DIR=folder, STATE="deaf", POLLED="200")
    pid = int(run(WRITE, PROMETHEUS_MULTIPROC_DIR=folder, STATE="running", POLLED="100"))

    def figures() -> dict[str, float]:
        lines = metrics.exposition(folder).decode().splitlines()
        return {
            name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines if line[0] != "#")
        }

    seen = figures()
    assert seen['relove_updates_total{bot="vera",kind="message"}'] == 4.0
    assert seen['relove_turn_seconds_count{bot="vera"}'] == 2.0
    assert seen['relove_turn_seconds_bucket{bot="vera",le="0.02"}'] == 2.0
    assert seen['relove_turn_seconds_bucket{bot="vera",le="0.01"}'] == 0.0
    assert seen['relove_bot_state{bot="vera",state="running"}'] == 1.0
    assert seen['relove_bot_state{bot="vera",state="deaf"}'] == 0.0
    assert seen['relove_last_successful_poll_timestamp{bot="vera"}'] == 100.0
    assert not [name for name in seen if "pid=" in name]

    metrics.forget_process(pid, folder=folder)
    assert figures()['relove_updates_total{bot="vera",kind="message"}'] == 4.0


def test_a_folder_is_shared_with_children_and_those_of_the_dead_are_swept(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    stale, alive = tmp_path / "metrics" / f"celery-{dead.pid}", tmp_path / "metrics" / f"celery-{os.getpid()}"
    foreign = tmp_path / "metrics" / "notes-of-mine"
    for each in (stale, alive, foreign):
        each.mkdir(parents=True)

    script = f"""
import os
from pathlib import Path
from core.metrics_folder import share_figures
folder = share_figures(Path({str(tmp_path)!r}), "celery")
assert share_figures(Path("/nowhere"), "celery") == folder
from core import metrics
if os.fork() == 0:
    metrics.worker_restarts_total.inc()
    os._exit(0)
os.wait()
metrics.worker_restarts_total.inc()
assert b"relove_worker_restarts_total 2.0" in metrics.exposition()
print(folder)
"""
    variables = dict.fromkeys(("PROMETHEUS_MULTIPROC_DIR",), "")
    folder = Path(run(script, **variables).strip())

    assert re.fullmatch(r"celery-\d+", folder.name)
    assert not stale.exists()
    assert alive.exists()
    assert foreign.exists()


def test_sharing_too_late_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    with pytest.raises(RuntimeError, match="before"):
        share_figures(tmp_path, "web")
    assert not (tmp_path / "metrics").exists()


def test_background_tasks_are_measured_by_how_they_ended() -> None:
    class Task:
        name = "m.task"

    task_metrics.watch_tasks(port=0)
    signals.worker_ready.send(sender=None)
    for task_id, state in (("1", "SUCCESS"), ("2", "FAILURE")):
        signals.task_prerun.send(sender=Task, task_id=task_id, task=Task)
        signals.task_postrun.send(sender=Task, task_id=task_id, task=Task, state=state)
    signals.task_postrun.send(sender=Task, task_id="never started", task=Task, state="SUCCESS")
    signals.worker_process_shutdown.send(sender=None, pid=1, exitcode=0)

    def count(state: str) -> float | None:
        return value("relove_celery_task_seconds_count", task="m.task", state=state)

    assert (count("success"), count("failure")) == (1.0, 1.0)

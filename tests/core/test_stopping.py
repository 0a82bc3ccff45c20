"""A worker that was told to stop says so to the task that it waits for."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest
from celery.signals import worker_shutting_down

from core import stopping
from core.stopping import is_stopping


@pytest.fixture(autouse=True)
def _afterwards_nobody_stops() -> Iterator[None]:
    yield
    stopping._flag[0] = 0


def _answer(questions: Connection) -> None:
    while questions.recv():
        questions.send(is_stopping())


def test_a_worker_stops_when_it_is_told_to_and_its_pool_knows() -> None:
    here, there = multiprocessing.Pipe()
    # As the pool's processes are: forked before anything happened.
    process = multiprocessing.get_context("fork").Process(target=_answer, args=[there], daemon=True)
    process.start()

    def pool_knows() -> bool:
        here.send(True)
        return bool(here.recv())

    assert (is_stopping(), pool_knows()) == (False, False)
    worker_shutting_down.send(sender="worker@here", sig="SIGTERM", how="Warm", exitcode=0)
    assert (is_stopping(), pool_knows()) == (True, True)
    here.send(False)
    process.join()

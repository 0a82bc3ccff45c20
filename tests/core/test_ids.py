"""Ids sort by their age."""

from __future__ import annotations

import threading

from core.ids import new_id


def test_ids_are_of_version_7():
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_newer_ids_sort_after_older_ones_however_fast_they_come():
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_threads_never_make_the_same():
    made: list[list[object]] = []
    threads = [
        threading.Thread(target=lambda: made.append([new_id() for _ in range(2_000)])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each for some in made for each in some}) == 16_000

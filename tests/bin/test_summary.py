"""The closing line: that of both runs of pytest together."""

from __future__ import annotations

import pytest

from bin.kit.summary import Summary


def closing(*lines: str) -> str:
    summary = Summary()
    for line in lines:
        summary.hear(line)
    return summary.closing_line()


def test_two_runs_are_added_up_and_what_one_left_to_the_other_is_not_told() -> None:
    assert (
        closing(
            "...",
            "589 passed, 3 skipped, 12 deselected, 1 warning in 33.61s",
            "12 passed, 592 deselected in 40.05s",
        )
        == "601 passed, 3 skipped, 1 warnings in 73.66s"
    )


def test_failures_and_errors_come_as_pytest_tells_them() -> None:
    assert (
        closing("1 failed, 2 passed, 1 error in 61.20s (0:01:01)") == "1 failed, 2 passed, 1 errors in 61.20s"
    )


def test_a_line_with_a_frame_counts_too() -> None:
    assert closing("======== 3 passed in 0.12s ========") == "3 passed in 0.12s"


@pytest.mark.parametrize("lines", [(), ("no tests ran in 0.01s",), ("5 deselected in 0.10s",)])
def test_nothing_that_ran_is_said_plainly(lines: tuple[str, ...]) -> None:
    assert closing(*lines).startswith("no tests ran in 0.")


def test_what_did_not_run_is_said_once_more_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    summary = Summary()
    summary.say_what_did_not_run()
    summary.hear("SKIPPED [9] tests/web/test_page.py:12: there is no Chromium")
    capsys.readouterr()
    summary.say_what_did_not_run()
    assert capsys.readouterr().out == ("\nNOT RUN:\n  [9] tests/web/test_page.py:12: there is no Chromium\n")


def test_only_tests_that_ran_count_as_run(capsys: pytest.CaptureFixture[str]) -> None:
    summary = Summary()
    summary.hear("4 skipped, 5 deselected in 0.10s")
    assert not summary.ran
    summary.hear("1 failed in 0.10s")
    assert summary.ran
    assert capsys.readouterr().out == "4 skipped, 5 deselected in 0.10s\n1 failed in 0.10s\n"

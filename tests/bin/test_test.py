"""bin/test as a person or CI runs it, on a checkout that is small enough to be checked in seconds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from bin.kit.browser import find_browser
from bin.kit.layout import CHECKOUT

pytestmark = pytest.mark.processes

# What the real ones are called with is looked at; what they answer is up to the test.
MANAGE = """
import os
import sys

with open("asked.txt", "a") as file:
    print(*sys.argv[1:], os.environ["HTTPS"], file=file)
"""
TESTS = """
import os

import pytest


def test_it_is_alone():
    assert "OPENAI_API_KEY" not in os.environ
    assert os.environ["DATABASE_URL"].startswith("postgresql://app_owner:")
    assert os.environ["REDIS_URL"].startswith("redis://:")
    assert os.environ["RELOVE_ENV_FILE"] == ""
    from product import answer

    assert answer() == 42


@pytest.mark.processes
def test_one_that_starts_processes():
    assert True
"""
PROJECT = """
[tool.ruff]
extend-exclude = ["bin", "home"]
[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = "-q -p no:django"
markers = ["processes: slow"]
asyncio_default_fixture_loop_scope = "function"
[tool.coverage.run]
source = ["product"]
parallel = true
patch = ["subprocess"]
disable_warnings = ["no-data-collected"]
[tool.coverage.report]
fail_under = 90
[tool.mypy]
files = ["product"]
[tool.importlinter]
root_package = "product"
[[tool.importlinter.contracts]]
name = "none"
type = "forbidden"
source_modules = ["product"]
forbidden_modules = ["product.none"]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A product of one function, with our bin/."""
    shutil.copytree(CHECKOUT / "bin", tmp_path / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    for file in CHECKOUT.glob("requirements*.txt"):
        shutil.copy(file, tmp_path)
    for name in ("product", "product/none", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "product" / "__init__.py").write_text("def answer() -> int:\n    return 42\n")
    (tmp_path / "tests" / "test_product.py").write_text(TESTS.lstrip())
    (tmp_path / "manage.py").write_text(MANAGE.lstrip())
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


def run(checkout: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return subprocess.run(
        [checkout / "bin" / "test", *arguments],
        env={
            **kept,
            "RELOVE_HOME": str(checkout / "home"),
            "OPENAI_API_KEY": "real",
            # What mypy learnt of the standard library serves the next run too.
            "MYPY_CACHE_DIR": str(checkout.parent / "mypy"),
            **env,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_all_is_run_and_the_last_line_is_the_sum_of_both_parts(checkout: Path) -> None:
    done = run(checkout)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lines[-1].startswith("2 passed in ")
    assert lines[-2] == "All is well."
    assert [line.split()[:2] for line in lines if line.startswith("ok ")] == [
        ["ok", "ruff"],
        ["ok", "ruff"],
        ["ok", "mypy"],
        ["ok", "import"],
        ["ok", "migrations"],
        ["ok", "deploy"],
    ]
    assert any(line.split() == ["TOTAL", "2", "0", "100%"] for line in lines)
    assert (checkout / "asked.txt").read_text().splitlines() == [
        "makemigrations --check --dry-run on",
        "check --deploy --fail-level WARNING on",
    ]
    assert list((checkout / "home").iterdir()) == []


def test_what_fails_hides_nothing_of_the_rest_and_fails_the_whole(checkout: Path) -> None:
    (checkout / "product" / "__init__.py").write_text(
        "import os\n\n\ndef answer() -> int:\n    return 41\n\n\ndef other() -> int:\n    return 0\n"
    )
    done = run(checkout)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert any("`os` imported but unused" in line for line in lines)
    assert any(line.startswith("ok     deploy check") for line in lines)
    assert lines[-2] == "Failed: ruff check, tests, side by side, coverage"
    assert lines[-1].startswith("1 failed, 1 passed in ")


def test_arguments_go_to_pytest_alone(checkout: Path) -> None:
    done = run(checkout, "tests", "-k", "alone")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("1 passed, 1 deselected in ")
    assert not (checkout / "asked.txt").exists()


def test_servers_alone_live_until_the_end_of_input(checkout: Path) -> None:
    done = run(checkout, "--servers")
    assert done.returncode == 0
    assert [line.partition("=")[0] for line in done.stdout.splitlines()] == [
        "export DATABASE_URL",
        "export REDIS_URL",
        "export RELOVE_TEST_ADMIN_DATABASE_URL",
        "export RELOVE_ENV_FILE",
        "# until Ctrl-C or the end of input",
    ]
    assert list((checkout / "home").iterdir()) == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(checkout: Path, sign: signal.Signals) -> None:
    (checkout / "tests" / "test_product.py").write_text(
        "import time\n\n\ndef test_long():\n    print('it runs', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [checkout / "bin" / "test", "tests", "-s"],
        env={**os.environ, "RELOVE_HOME": str(checkout / "home")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert next(line for line in running.stdout if line.strip()).strip() == "it runs"
        running.send_signal(sign)
        running.stdout.read()
        assert running.wait(60) == 130
    assert list((checkout / "home").iterdir()) == []


def test_a_browser_is_the_one_named_or_one_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("RELOVE_CHROMIUM", raising=False)
    (tmp_path / "chromium-browser").write_text("#!/bin/sh\n")
    (tmp_path / "chromium-browser").chmod(0o755)
    assert find_browser(install=False) == str(tmp_path / "chromium-browser")
    monkeypatch.setenv("RELOVE_CHROMIUM", "/opt/mine")
    assert find_browser(install=True) == "/opt/mine"

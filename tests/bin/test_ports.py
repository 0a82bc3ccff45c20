"""Ports: asked for, kept, and refused with a cure."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bin.kit.console import Trouble
from bin.kit.network import free_port, is_free
from bin.kit.port_choice import check_public, choose_inner


@pytest.fixture
def stranger() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_taken_as_asked() -> None:
    port = free_port()
    assert check_public("PORT", str(port)) == port


def test_a_port_in_use_is_named_with_its_variable_and_a_free_one(stranger: int) -> None:
    with pytest.raises(Trouble) as told:
        check_public("SANDBOX_PORT", str(stranger))
    message = str(told.value)
    assert message.startswith(
        f"Port {stranger} is in use by another program. Choose another one: SANDBOX_PORT="
    )
    offered = int(message.partition("SANDBOX_PORT=")[2].split()[0])
    assert is_free(offered)


@pytest.mark.parametrize("value", ["eighty", "0", "65536", "-1", "80.5"])
def test_what_is_no_port_is_refused(value: str) -> None:
    with pytest.raises(Trouble, match=f"PORT={value} is no port"):
        check_public("PORT", value)


def test_inner_ports_stay_the_same_from_start_to_start(tmp_path: Path) -> None:
    first = choose_inner(tmp_path / "ports.json")
    assert choose_inner(tmp_path / "ports.json") == first


def test_an_inner_port_that_a_stranger_took_moves_alone(
    tmp_path: Path, stranger: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ports.json"
    first = choose_inner(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "postgres": stranger}))
    second = choose_inner(path)
    assert second.postgres != stranger
    assert second.valkey == first.valkey
    assert (
        capsys.readouterr().out
        == f"Port {stranger} was taken meanwhile: postgres moves to {second.postgres}.\n"
    )


def test_an_unreadable_memory_of_ports_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")
    ports = choose_inner(tmp_path / "ports.json")
    assert json.loads((tmp_path / "ports.json").read_text())["valkey"] == ports.valkey

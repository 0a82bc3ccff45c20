"""Ports on loopback: is one free, and which."""

from __future__ import annotations

import socket


def is_free(port: int) -> bool:
    """May a server of ours listen here now?"""
    with socket.socket() as probe:
        # As servers do: a port whose last connection is still being forgotten counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, *, hello: bytes, expected: tuple[bytes, ...]) -> bool:
    """Does a server answer these bytes as its protocol says? An open port or a pid file proves nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.settimeout(0.5)
            connection.sendall(hello)
            return connection.recv(16).startswith(expected)
    except OSError:
        return False

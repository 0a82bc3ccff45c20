"""A Telegram Bot API server and a chat page on this machine: to try a bot without Telegram, and for tests."""

from sandbox.server import SandboxServer

__all__ = ["SandboxServer"]

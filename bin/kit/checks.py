"""What is checked besides the tests, each by a tool of its own."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """One check: what Python is to run, and what it needs to know on top."""

    name: str
    arguments: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


# As a server on the open net would be set up; made up, and used for nothing.
PRODUCTION = {
    "ALLOWED_HOSTS": "relove.example",
    "BEHIND_PROXY": "on",
    "CSRF_TRUSTED_ORIGINS": "https://relove.example",
    "DEBUG": "off",
    "ENCRYPTION_KEYS": "b25seS1mb3ItdGhlLWRlcGxveS1jaGVjay0zMi1ieXQ=",
    "HTTPS": "on",
    "SECRET_KEY": "only-for-the-deploy-check-H7wq0Zb3nYkR5vTtXc9LmPe2sUd8fGjA1oQi6",
}

CHECKS = (
    Check("ruff check", ("-m", "ruff", "check", "--no-fix", ".")),
    Check("ruff format", ("-m", "ruff", "format", "--check", ".")),
    Check("mypy", ("-m", "mypy")),
    Check("import contracts", ("-c", "from importlinter.cli import lint_imports_command as run; run()")),
    Check("migrations", ("manage.py", "makemigrations", "--check", "--dry-run"), PRODUCTION),
    Check("deploy check", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
)

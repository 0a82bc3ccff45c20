#!/usr/bin/env python
"""The command line of the installation."""

from __future__ import annotations

import os
import sys

# What a command may do in the database is its role: the owner migrates, staff and runtime only use.
RUNTIME_COMMANDS = {"runbots", "runbots_worker"}
STAFF_COMMANDS = {
    "runserver",
    "shell",
    "ensure_staff",
    "ensure_demo_bot",
    "createsuperuser",
    "changepassword",
}


def main() -> None:
    """Run the command that stands on the line, as the database role that it needs."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    role = "runtime" if command in RUNTIME_COMMANDS else "staff" if command in STAFF_COMMANDS else "owner"
    os.environ.setdefault("DATABASE_ROLE", role)
    if command in RUNTIME_COMMANDS:
        os.environ["SHOWS_PAGES"] = "off"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the environment is set

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""`python -m bin.kit.manage_several JSON`: several commands of manage.py in one process, up to the first that fails.

Most of what a command takes is the start of Django. JSON is a list of commands, each a list of words.
"""

from __future__ import annotations

import json
import os
import sys

from django.core.management import execute_from_command_line


def main(commands: list[list[str]]) -> None:
    """Run the commands in turn; one that fails ends the process with its status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for words in commands:
        execute_from_command_line(["manage.py", *words])
        sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

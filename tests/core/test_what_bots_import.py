"""Processes that show no pages do without everything that pages are made of."""

from __future__ import annotations

import os
import subprocess
import sys

LOOK = """
import sys
import django

django.setup()
print([name for name in sys.modules if name == "prometheus_client" or name.split(".")[1:2] == ["admin"]
       and not name.startswith(("django", "unfold"))])
"""


def test_bots_and_background_work_import_no_admin_and_count_nothing_yet() -> None:
    """What counts is imported after the folder of figures was named."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={**os.environ, "DATABASE_ROLE": "runtime", "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"

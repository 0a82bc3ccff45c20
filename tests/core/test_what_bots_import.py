"""Processes that show no pages do without everything that pages are made of."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOOK = """
import sys

sys.argv = {argv}
try:
    {start}
except (Exception, SystemExit):
    pass
from django.apps import apps

print(apps.ready, [name for name in sys.modules if name.split(".")[1:2] == ["admin"]
                   and not name.startswith(("django", "unfold"))])
"""


@pytest.mark.parametrize(
    ("argv", "start"),
    [
        (["manage.py", "runbots", "--help"], "import manage; manage.main()"),
        (["celery", "-A", "config", "worker"], "import config.celery, django; django.setup()"),
    ],
)
def test_bots_and_background_work_import_no_pages(argv: list[str], start: str) -> None:
    env = {**os.environ, "DATABASE_ROLE": "runtime", "DJANGO_SETTINGS_MODULE": "config.settings"}
    env.pop("PROMETHEUS_MULTIPROC_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(argv=argv, start=start)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "True []"

"""The one reader of the environment and of `.env`."""

from __future__ import annotations

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()

# RELOVE_ENV_FILE="" reads none: tests must not depend on what lies in a developer's .env.
env_file = os.environ.get("RELOVE_ENV_FILE", str(BASE_DIR / ".env"))
if env_file and Path(env_file).is_file():
    env.read_env(env_file)

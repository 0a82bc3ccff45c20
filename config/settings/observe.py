"""Logs and figures."""

from __future__ import annotations

from typing import Any

from config.settings.environment import env
from core.logs import logging_config

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT = env.str("LOG_FORMAT", default="json")

LOGGING: dict[str, Any] = logging_config(level=LOG_LEVEL, fmt=LOG_FORMAT)

RUNBOTS_METRICS_PORT = env.int("RUNBOTS_METRICS_PORT", default=9101)
CELERY_METRICS_PORT = env.int("CELERY_METRICS_PORT", default=9102)

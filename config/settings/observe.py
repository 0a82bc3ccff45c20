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

# Who asks for /metrics and /healthz/bots sends it as `Authorization: Bearer …`; empty leaves both open.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Bots write events through this name, since events are a room above them.
EVENT_RECORDER = "events.services.record_event.record_event"
# And they ask what a prompt may say through this one.
PROMPT_CATALOGUE = "sessions_app.prompt_catalogue.catalogue"

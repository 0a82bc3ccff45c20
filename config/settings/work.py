"""Background work: Celery, its one schedule, and the cache."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from config.settings.environment import env

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# kombu looks for unacknowledged tasks only every interval * throttle; its defaults make that an hour and more.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "roll-up-metrics": {"task": "bots.tasks.roll_up_metrics", "schedule": crontab(minute="7,37")},
    "trim-mailbox": {"task": "mailbox.tasks.trim_mailbox", "schedule": crontab(minute="23")},
}

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

# A broadcast to more people than this is confirmed by a second member of staff.
BROADCAST_CONFIRM_ABOVE = env.int("BROADCAST_CONFIRM_ABOVE", default=1000)
BROADCAST_MOST_BOTS = 100

# Between two batches of a round over profiles.
ROTATION_PAUSE_SECONDS = env.float("ROTATION_PAUSE_SECONDS", default=5.0)


def _when(name: str, default: str) -> crontab | float:
    """Five fields of a crontab (UTC), or a number of seconds; the environment may say otherwise, to watch it."""
    said = env.str(name, default=default)
    fields = said.split()
    if len(fields) == 1:
        return float(said)
    minute, hour, day_of_month, month_of_year, day_of_week = fields
    return crontab(
        minute=minute,
        hour=hour,
        day_of_month=day_of_month,
        month_of_year=month_of_year,
        day_of_week=day_of_week,
    )


CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "roll-up-metrics": {"task": "bots.tasks.roll_up_metrics", "schedule": crontab(minute="7,37")},
    "trim-mailbox": {"task": "mailbox.tasks.trim_mailbox", "schedule": crontab(minute="23")},
    "sweep-clearings": {"task": "mailbox.tasks.sweep_clearings", "schedule": 60.0},
    "trim-task-runs": {"task": "events.tasks.trim_runs", "schedule": crontab(minute="17", hour="4")},
    "rotate-profiles": {
        "task": "care.tasks.rotate_profiles",
        "schedule": _when("ROTATION_SCHEDULE", "30 3 * * *"),
    },
    "sweep-rotation": {
        "task": "care.tasks.sweep_rotation",
        "schedule": _when("ROTATION_SWEEP_SCHEDULE", "60"),
    },
    "archive-activity": {
        "task": "profiles.tasks.archive_activity",
        "schedule": _when("ARCHIVE_SCHEDULE", "15 2 * * 0"),
    },
    "reach-out": {"task": "care.tasks.reach_out", "schedule": _when("REACH_OUT_SCHEDULE", "*/10 * * * *")},
    "sweep-broadcasts": {
        "task": "broadcast.tasks.sweep_broadcasts",
        "schedule": _when("BROADCAST_SWEEP_SCHEDULE", "20"),
    },
    "attribute-replies": {
        "task": "broadcast.tasks.attribute_replies",
        "schedule": _when("BROADCAST_REPLIES_SCHEDULE", "60"),
    },
    "refresh-figures": {
        "task": "care.tasks.refresh_figures",
        "schedule": _when("FIGURES_SCHEDULE", "* * * * *"),
    },
    "tell-admins": {"task": "care.tasks.tell_admins", "schedule": _when("TELL_ADMINS_SCHEDULE", "* * * * *")},
}

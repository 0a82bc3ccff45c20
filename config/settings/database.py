"""PostgreSQL, under the role that this kind of process may have."""

from __future__ import annotations

from typing import Any

from config.settings.environment import env
from core.roles import role_url

# owner: migrations and maintenance; staff: the web; runtime: bots and background work.
DATABASE_ROLE = env.str("DATABASE_ROLE", default="staff")

DATABASE_URL_OWNER = env.str("DATABASE_URL", default="")
DATABASE_URL_STAFF = env.str("DATABASE_URL_STAFF", default="") or role_url(
    DATABASE_URL_OWNER, "staff", env.str("SECRET_KEY", default="")
)
DATABASE_URL_RUNTIME = env.str("DATABASE_URL_RUNTIME", default="") or role_url(
    DATABASE_URL_OWNER, "runtime", env.str("SECRET_KEY", default="")
)
_url = {"owner": DATABASE_URL_OWNER, "staff": DATABASE_URL_STAFF, "runtime": DATABASE_URL_RUNTIME}[
    DATABASE_ROLE
]

# LISTEN needs a direct connection, not a transaction pooler.
DATABASE_URL_LISTEN = env.str("DATABASE_URL_LISTEN", default="") or _url

# The owner's migrations may take as long as their tables are large.
_longest = "0" if DATABASE_ROLE == "owner" else "60s"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.db_url_config(_url or "postgres:///relove"),
        "ENGINE": "django.db.backends.postgresql",
        # The web runs each request on a thread of its own, which a pool outlives; elsewhere threads live long.
        "CONN_MAX_AGE": 0 if DATABASE_ROLE == "staff" else None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("DATABASE_IS_POOLED", default=False),
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": f"relove-{DATABASE_ROLE}",
            # jit costs more than it saves on short statements over partitions.
            "options": f"-c jit=off -c lock_timeout=15s -c statement_timeout={_longest}",
            "prepare_threshold": 5,
            **({"pool": {"min_size": 1, "max_size": 10, "timeout": 10}} if DATABASE_ROLE == "staff" else {}),
        },
    }
}

# Threads (and so connections) that one process uses for the database from async code.
DATABASE_THREADS = env.int("DATABASE_THREADS", default=6)

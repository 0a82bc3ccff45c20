"""Whether this process lives, whether it can serve, and its figures."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

from core.metrics import CONTENT_TYPE, exposition

log = structlog.get_logger(__name__)

View = Callable[[HttpRequest], HttpResponse]

# What is applied stays applied while this process lives, and looking costs reading every migration.
_seen = {"is_migrated": False}


def for_monitors(view: View) -> View:
    """Close a view to those who do not send METRICS_TOKEN as a bearer token, if there is one."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        wanted = settings.METRICS_TOKEN
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if wanted and not hmac.compare_digest(given.encode(), wanted.encode()):
            refusal = HttpResponse("Send METRICS_TOKEN as: Authorization: Bearer …\n", status=401)
            refusal["WWW-Authenticate"] = "Bearer"
            return refusal
        return view(request)

    return guarded


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 when this process can serve: its database answers under its role and has all tables.

    Redis is told but not required: pages work without it.
    """
    checks = {"database": _database(), "redis": _redis()}
    is_ready = checks["database"] == "ok"
    return JsonResponse(
        {"status": "ok" if is_ready else "not ready", "checks": checks}, status=200 if is_ready else 503
    )


@for_monitors
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The figures of the web process in Prometheus' text format."""
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _seen["is_migrated"]:
            executor = MigrationExecutor(connection)
            _seen["is_migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, PoolTimeout) as error:
        log.warning("readyz.database_unreachable", kind=type(error).__name__)
        return "unreachable"
    return "ok" if _seen["is_migrated"] else "migrations are missing: run manage.py migrate"


def _redis() -> str:
    try:
        cache.get("readyz")
    except (RedisError, OSError) as error:
        log.info("readyz.redis_unreachable", kind=type(error).__name__)
        return "unreachable"
    return "ok"

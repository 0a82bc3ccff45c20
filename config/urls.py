"""The addresses of the web process."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from bots.views import healthz_bots
from broadcast.views import follow
from config.views import sandbox
from core.views import healthz, metrics, readyz
from profiles.views import go

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/inbox/", include("dashboard.urls")),
    path("admin/home/", include("dashboard.home.urls")),
    path("admin/gallery/", include("dashboard.gallery.urls")),
    path("admin/playground/", include("dashboard.playground.urls")),
    path("admin/queues/", include("dashboard.queues.urls")),
    path("admin/work/", include("dashboard.queues.work_urls")),
    path("admin/", include("dashboard.palette.urls")),
    path("admin/new-bot/", include("dashboard.bots.urls")),
    path("admin/bot-token/", include("dashboard.bot_token.urls")),
    path("admin/", include("bots.urls")),
    path("admin/", admin.site.urls),
    re_path(r"^sandbox/?$", sandbox, name="sandbox"),
    path("language/", set_language, name="set_language"),
    path("go/<str:token>", go, name="platform-go"),
    path("b/<str:token>", follow, name="broadcast-follow"),
    # Monitors are set up by hand: with or without the slash.
    re_path(r"^healthz/?$", healthz, name="healthz"),
    re_path(r"^healthz/bots/?$", healthz_bots, name="healthz-bots"),
    re_path(r"^readyz/?$", readyz, name="readyz"),
    re_path(r"^metrics/?$", metrics, name="metrics"),
]

"""The addresses of the playground, behind the admin's own door."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from dashboard.playground import views

app_name = "playground"

urlpatterns = [
    path("", admin.site.admin_view(views.page), name="page"),
    path("run/", admin.site.admin_view(views.run), name="run"),
    path("trial/<uuid:trial_id>/", admin.site.admin_view(views.trial), name="trial"),
    path("sessions/", admin.site.admin_view(views.sessions), name="sessions"),
    path("sessions/<uuid:bot_id>/<uuid:session_id>/", admin.site.admin_view(views.session), name="session"),
]

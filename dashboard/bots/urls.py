"""The way to a new bot, behind the admin's own door. Two of these open their scope themselves (OWN_SCOPES)."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from dashboard.bots import views

app_name = "new-bot"

_staff = admin.site.admin_view

urlpatterns = [
    path("", _staff(views.token_page), name="token"),
    path("check/", _staff(views.check), name="check"),
    path("<uuid:draft_id>/", _staff(views.shape_page), name="shape"),
    path("<uuid:bot_id>/ready/", _staff(views.ready_page), name="ready"),
    path("<uuid:bot_id>/ask/", _staff(views.check_again), name="check-again"),
]

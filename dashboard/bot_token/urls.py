"""The way to another token of a bot, behind the admin's own door. One of these opens its scope itself (OWN_SCOPES)."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from dashboard.bot_token import views

app_name = "bot-token"

_staff = admin.site.admin_view

urlpatterns = [
    path("<uuid:bot_id>/", _staff(views.token_page), name="page"),
    path("<uuid:bot_id>/check/", _staff(views.check), name="check"),
    path("<uuid:bot_id>/<uuid:draft_id>/", _staff(views.confirm_page), name="confirm"),
]

"""The palette's address: that which the shell asks, before the shell's own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from dashboard.palette import views

urlpatterns = [path("search/", admin.site.admin_view(views.search), name="palette")]

"""Pages about one's own account, inside the admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from bots.admin.sessions import sessions_page
from bots.admin.sign_in import code_page, qr_picture, two_factor_page

_staff = admin.site.admin_view

urlpatterns = [
    path("two-factor/", _staff(two_factor_page), name="two-factor"),
    path("two-factor/code/", _staff(code_page), name="two-factor-code"),
    path("two-factor/qr.svg", _staff(qr_picture), name="two-factor-qr"),
    path("sessions/", _staff(sessions_page), name="staff-sessions"),
    path("sessions/<int:user_id>/", _staff(sessions_page), name="staff-sessions-of"),
]

"""The first account."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bots.services.ensure_staff import ensure_staff
from core.errors import AppError


class Command(BaseCommand):
    help = "Make the first superuser from RELOVE_STAFF_USER and RELOVE_STAFF_PASSWORD, if there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        username = os.environ.get("RELOVE_STAFF_USER") or "staff"
        try:
            made = ensure_staff(username=username, password=os.environ.get("RELOVE_STAFF_PASSWORD", ""))
        except AppError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"made the account {username}" if made else "there is a superuser already")

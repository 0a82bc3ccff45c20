"""Secrets under a new key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bots.services.rotate_secrets import rotate_secrets
from core.errors import AppError


class Command(BaseCommand):
    help = "Seal all stored secrets anew under the first of ENCRYPTION_KEYS; afterwards older keys can go."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rotate_secrets()
        except AppError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"secrets of {count} bots are sealed under the first key")

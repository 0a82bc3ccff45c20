"""The web process."""

from __future__ import annotations

import os

os.environ.setdefault("DATABASE_ROLE", "staff")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()

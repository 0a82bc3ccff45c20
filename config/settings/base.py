"""What every process needs: keys, applications, language and time."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config.settings.environment import BASE_DIR, env

DEBUG = env.bool("DEBUG", default=False)

# No default: a key that everybody knows is no key. `bin/up` and `bin/test` make their own.
SECRET_KEY = env.str("SECRET_KEY", default="")

# Fernet keys, the first encrypts, all decrypt: put a new one in front, run `rotate_secrets`, drop the old one.
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", default=[])

RELOVE_HOME = Path(env.str("RELOVE_HOME", default=str(BASE_DIR / ".relove")))

# Off for bots and background work, which say so themselves: the admin's pages are not even imported there, nor all
# that they are made of.
SHOWS_PAGES = env.bool("SHOWS_PAGES", default=True)

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin" if SHOWS_PAGES else "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "core",
    "bots",
    "events",
    "profiles",
    "mailbox",
    "journey",
    "sessions_app",
    "care",
    "broadcast",
    "audit",
    "dashboard",
    "runtime",
]

LANGUAGE_CODE = "en"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

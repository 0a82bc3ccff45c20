"""What the web process serves, and how it is kept safe."""

from __future__ import annotations

import re

from config.settings.environment import BASE_DIR, env

PORT = env.int("PORT", default=8000)
# Where people reach the web process: their links to the platform begin so. A number, since Telegram takes no button
# that leads to "localhost".
PUBLIC_URL = (env.str("PUBLIC_URL", default="") or f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bots.middleware.StaffSessionMiddleware",
    "bots.middleware.SecondFactorMiddleware",
    "audit.middleware.RefusalsMiddleware",
    "bots.middleware.VisibleBotsMiddleware",
]

# Where staff are anybody: links that bots give to people, whoever follows them, and the choice of a language.
OPEN_DOORS = [r"^go/", r"^b/", r"^language/"]
# Where a request asks Telegram while somebody waits: its view opens a scope itself, once nobody is waited for.
OWN_SCOPES = [
    r"^admin/new-bot/check/$",
    r"^admin/new-bot/[0-9a-f-]+/ask/$",
    r"^admin/bot-token/[0-9a-f-]+/check/$",
    r"^admin/gallery/photo/",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = ["bots.backends.StaffBackend"]
# With it, staff without an authenticator app are led to adding one before they see anything.
STAFF_OTP_REQUIRED = env.bool("STAFF_OTP_REQUIRED", default=False)
# What the app calls this installation.
OTP_ISSUER = env.str("OTP_ISSUER", default="reLove")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / ".relove" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A missing entry in the manifest is a wrong picture, never a broken page.
WHITENOISE_MANIFEST_STRICT = False

# Behind TLS everywhere but on a developer's own machine, which `bin/up` tells by HTTPS=off.
HTTPS = env.bool("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^readyz", r"^metrics"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
# The language that a member of staff has chosen; until then their browser chooses.
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
# Pages under it stand in the admin's shell, which needs a policy of its own (core/csp.py).
SHELL_PATH = "/admin/"
# Of them those without a `style` attribute: all but the accounts, and the lists whose rows can be ticked, where the
# shell's own bar of actions has one.
SHELL_OWN_PATHS = re.compile(
    r"/admin/(?!auth/|(?:bots/(?:alert|bot|persona)|mailbox/buriedupdate|sessions_app/savedreply)/$).*"
)

SANDBOX_PORT = env.int("SANDBOX_PORT", default=8081)
SANDBOX_URL = env.str("SANDBOX_URL", default="")

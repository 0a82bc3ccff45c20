"""The shell of the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.settings.web import SANDBOX_URL


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _has_sandbox(request: HttpRequest) -> bool:  # noqa: ARG001
    return bool(SANDBOX_URL)


def _favicon(request: HttpRequest) -> str:  # noqa: ARG001
    return static("favicon.svg")


def _colours(request: HttpRequest) -> str:  # noqa: ARG001
    return static("core/colours.css")


# Unfold's login page does not say where to go next.
LOGIN_REDIRECT_URL = "admin:index"

# `count` names what says how many wait there.
ADMIN_NAVIGATION: list[dict[str, Any]] = [
    {
        "items": [
            {"title": _("Home"), "icon": "home", "link": reverse_lazy("admin:index")},
            {
                "title": _("Inbox"),
                "icon": "inbox",
                "link": reverse_lazy("inbox:list"),
                "count": "dashboard.counts.needing_humans",
            },
            {
                "title": _("Bots"),
                "icon": "smart_toy",
                "link": reverse_lazy("admin:bots_bot_changelist"),
            },
            {
                "title": _("Alerts"),
                "icon": "notifications",
                "link": reverse_lazy("admin:bots_alert_changelist"),
                "count": "bots.admin.alert.waiting_alerts",
            },
            {
                "title": _("Personas"),
                "icon": "theater_comedy",
                "link": reverse_lazy("admin:bots_persona_changelist"),
            },
            {
                "title": _("Playground"),
                "icon": "science",
                "link": reverse_lazy("playground:page"),
                "permission": "bots.admin.prompts.rights.may_see_personas",
            },
            {
                "title": _("Sandbox"),
                "icon": "forum",
                "link": reverse_lazy("sandbox"),
                "permission": _has_sandbox,
            },
        ],
    },
    {
        "title": _("People"),
        "items": [
            {
                "title": _("People"),
                "icon": "diversity_1",
                "link": reverse_lazy("gallery:people"),
                "permission": "dashboard.gallery.permissions.may_see_gallery",
            },
            {
                "title": _("List"),
                "icon": "table_rows",
                "link": reverse_lazy("admin:profiles_profile_changelist"),
            },
            {
                "title": _("Activity"),
                "icon": "footprint",
                "link": reverse_lazy("admin:profiles_activitylog_changelist"),
            },
            {
                "title": _("Stages"),
                "icon": "route",
                "link": reverse_lazy("admin:journey_stageversion_changelist"),
            },
            {
                "title": _("Steps"),
                "icon": "steps",
                "link": reverse_lazy("admin:journey_journeyprogress_changelist"),
            },
            {
                "title": _("Readiness"),
                "icon": "speed",
                "link": reverse_lazy("admin:journey_readiness_changelist"),
            },
            {
                "title": _("Programmes"),
                "icon": "school",
                "link": reverse_lazy("admin:profiles_stream_changelist"),
            },
            {
                "title": _("Portraits"),
                "icon": "autorenew",
                "link": reverse_lazy("admin:care_rotationrun_changelist"),
            },
            {
                "title": _("Said first"),
                "icon": "wb_sunny",
                "link": reverse_lazy("admin:care_proactivemessage_changelist"),
            },
        ],
    },
    {
        "title": _("Broadcasts"),
        "items": [
            {
                "title": _("Broadcasts"),
                "icon": "campaign",
                "link": reverse_lazy("admin:broadcast_broadcast_changelist"),
            },
        ],
    },
    {
        "title": _("Seen"),
        "items": [
            {
                "title": _("Events"),
                "icon": "history",
                "link": reverse_lazy("admin:events_event_changelist"),
            },
            {
                "title": _("Queues"),
                "icon": "move_to_inbox",
                "link": reverse_lazy("queues:board"),
                "permission": "dashboard.queues.rights.may_see_queues",
            },
            {
                "title": _("Background work"),
                "icon": "schedule",
                "link": reverse_lazy("work:page"),
                "permission": "dashboard.queues.rights.may_see_work",
            },
            {
                "title": _("Book of changes"),
                "icon": "menu_book",
                "link": reverse_lazy("admin:audit_auditentry_changelist"),
            },
            {
                "title": _("Daily figures"),
                "icon": "monitoring",
                "link": reverse_lazy("admin:bots_botmetricday_changelist"),
            },
        ],
    },
    {
        "title": _("Access"),
        "items": [
            {
                "title": _("Staff"),
                "icon": "group",
                "link": reverse_lazy("admin:auth_user_changelist"),
                "permission": _is_superuser,
            },
            {
                "title": _("Groups"),
                "icon": "badge",
                "link": reverse_lazy("admin:auth_group_changelist"),
                "permission": _is_superuser,
            },
        ],
    },
]

UNFOLD = {
    "SITE_TITLE": "reLove",
    "SITE_HEADER": "reLove",
    "SITE_SUBHEADER": _("Companions"),
    "SITE_SYMBOL": "favorite",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _favicon}],
    "STYLES": [_colours],
    "DASHBOARD_CALLBACK": "dashboard.home.page.home",
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Two-factor sign-in"), "link": reverse_lazy("two-factor")},
            {"title": _("Where I am signed in"), "link": reverse_lazy("staff-sessions")},
        ],
    },
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "bots.admin.sidebar.navigation",
    },
    "COLORS": {
        "primary": {
            "50": "255 241 242",
            "100": "255 228 230",
            "200": "254 205 211",
            "300": "253 164 175",
            "400": "251 113 133",
            "500": "236 82 112",
            "600": "200 38 78",
            "700": "168 28 66",
            "800": "141 27 61",
            "900": "121 27 57",
            "950": "67 9 27",
        },
    },
}

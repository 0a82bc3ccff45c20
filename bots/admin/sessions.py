"""Where one is signed in, and ending it from afar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bots.admin.base import is_superuser
from bots.admin.faces import ago
from bots.middleware import STAFF_SESSION
from bots.selectors.sessions_of import sessions_of
from bots.services.revoke_sessions import revoke_session, revoke_sessions


@never_cache
@require_http_methods(["GET", "POST"])
def sessions_page(request: HttpRequest, user_id: int | None = None) -> HttpResponse:
    """One's own sessions; for a superuser also those of a colleague."""
    me = request.user
    assert isinstance(me, User)  # noqa: S101 - the admin lets nobody else in
    user = me if user_id in {None, me.pk} else _colleague(request, user_id)
    this: str | None = request.session.get(STAFF_SESSION) if user == me else None
    if request.method == "POST":
        _end(request, user, me, this)
        return HttpResponseRedirect(request.path)
    lines: list[dict[str, Any]] = [
        {
            "line": each,
            "started": ago(each.started_at),
            "seen": ago(each.seen_at),
            "is_this": str(each.id) == this,
        }
        for each in sessions_of(user=user)
    ]
    title = _("Where I am signed in") if user == me else _("Where %s is signed in") % user.get_username()
    context = {
        **admin.site.each_context(request),
        "title": title,
        "lines": lines,
        "has_others": any(not each["is_this"] for each in lines),
    }
    return TemplateResponse(request, "admin/sign_in/sessions.html", context)


def _end(request: HttpRequest, user: User, by: User, this: str | None) -> None:
    wanted = request.POST.get("session", "")
    if wanted == "others":
        count = revoke_sessions(user=user, by=by, keep=UUID(this) if this else None)
        said = ngettext("%d session has ended.", "%d sessions have ended.", count) % count
        messages.success(request, said)
        return
    try:
        session_id = UUID(wanted)
    except ValueError:
        raise Http404 from None
    if revoke_session(user=user, session_id=session_id, by=by):
        messages.success(request, _("This session has ended."))
    else:
        messages.warning(request, _("This session was over already."))


def _colleague(request: HttpRequest, user_id: int | None) -> User:
    may_see = user_id is not None and is_superuser(request)
    user = User.objects.filter(pk=user_id or 0).first() if may_see else None
    if user is None:
        raise Http404
    return user

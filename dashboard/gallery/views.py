"""The doors of the gallery, behind the admin's own, in the scope of the bots that somebody may see."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bots.staff_scope import staff_scope
from dashboard.gallery import listing, refreshing
from dashboard.gallery.listing import Gallery
from dashboard.gallery.permissions import may_see_person, refreshable_bots
from dashboard.gallery.photos import picture_of
from profiles.selectors.photo_of import photo_of


@never_cache
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The gallery."""
    context = listing.list_page(Gallery(request))
    return TemplateResponse(
        request, "dashboard/gallery/people.html", {**admin.site.each_context(request), **context}
    )


@never_cache
@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """What follows in it, for a page that is open."""
    return TemplateResponse(request, "dashboard/gallery/cards.html", listing.cards(Gallery(request)))


@never_cache
@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Have the profiles of the chosen refreshed; a page that lives is told beside it how that goes."""
    if not refreshable_bots(request):
        raise PermissionDenied
    told = refreshing.refresh(request)
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "dashboard/gallery/runs.html", refreshing.runs(request, told=told))
    for went_well, words in told:
        (messages.success if went_well else messages.warning)(request, words)
    query = request.POST.get("query", "")
    return HttpResponseRedirect(reverse("gallery:people") + (f"?{query}" if query else ""))


@never_cache
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """How refreshing goes."""
    if not refreshable_bots(request):
        raise PermissionDenied
    return TemplateResponse(request, "dashboard/gallery/runs.html", refreshing.runs(request))


@require_safe
def photo(request: HttpRequest, bot_id: UUID, profile_id: UUID) -> HttpResponse:
    """A person's picture. It opens its scope itself (OWN_SCOPES), and only to find who it is."""
    if not may_see_person(request, bot_id):
        raise Http404
    with staff_scope(request):
        shown = photo_of(bot_id=bot_id, profile_id=profile_id)
    found = picture_of(bot_id=bot_id, profile_id=profile_id, photo=shown) if shown else None
    if found is None:
        raise Http404
    return HttpResponse(
        found.content,
        content_type=found.kind,
        headers={"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"},
    )

"""What pages about bots fetch by themselves: the figures anew, and the bots' pictures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from bots.admin.bot_cells import cells, lines_of
from bots.models import Bot, BotPicture
from core.tenancy import figure_bots

_MOST = 100
_KEPT = 86_400


def bots_with_faces(bots: QuerySet[Bot]) -> QuerySet[Bot]:
    """These bots with their status, and when their picture was taken (`picture_taken_at`); without the picture."""
    return bots.select_related("status").annotate(picture_taken_at=F("picture__taken_at"))


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The pieces of the bots in `ids` as they are now; one that may not be seen is left out, like one that is gone."""
    asked = _ids(request.GET.get("ids", ""))
    seen = [each for each in figure_bots() or () if each in asked]
    bots = list(bots_with_faces(Bot.objects.filter(id__in=seen)))
    answer: dict[str, Any] = {str(line.bot.id): cells(request, line) for line in lines_of(bots)}
    return JsonResponse({"bots": answer})


@require_safe
def picture(request: HttpRequest, bot_id: UUID) -> HttpResponse:
    """A bot's picture, from here: its address at Telegram holds the token."""
    if bot_id not in (figure_bots() or ()):
        raise Http404
    found = BotPicture.objects.filter(bot_id=bot_id).first()
    if found is None:
        raise Http404
    modified = http_date(found.taken_at.timestamp())
    if request.headers.get("If-Modified-Since") == modified:
        return HttpResponseNotModified()
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Last-Modified"] = modified
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=_KEPT)
    return response


def _ids(said: str) -> set[UUID]:
    try:
        return {UUID(each) for each in said.split(",", _MOST)[:_MOST] if each}
    except ValueError as error:
        raise Http404 from error

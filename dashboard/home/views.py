"""What belongs to the first page: its figures by themselves, and the end of the tour."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from dashboard.home import doors
from dashboard.home.page import board
from dashboard.home.tour import put_away


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The figures anew, for a page that is open."""
    # The admin's door lets nobody keep what it shows.
    return render(request, "dashboard/home/live.html", board(request))


@require_POST
def end_tour(request: HttpRequest) -> HttpResponse:
    """Somebody knows their way: the tour is put away in this browser."""
    response = HttpResponseRedirect(doors.home())
    put_away(request, response)
    return response

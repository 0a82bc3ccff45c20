"""What the palette finds, in the form in which the shell shows it."""

from __future__ import annotations

import time

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.palette.search import found_for


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the letters find.

    In place of the shell's own view, which keeps what it found, names of people among it, in a cache of its own:
    whoever lost their role would see it for minutes.
    """
    started = time.perf_counter()
    term = request.GET.get("s", "")[:100].strip()
    if not term:
        return HttpResponse()
    pages = Paginator(found_for(request, term), 100)
    context = {
        "page_obj": pages,
        "results": pages.page(1),
        "page_counter": 0,
        "execution_time": time.perf_counter() - started,
        "command_show_history": False,
    }
    response = render(request, "unfold/helpers/command_results.html", context)
    response["HX-Trigger"] = "search"
    return response

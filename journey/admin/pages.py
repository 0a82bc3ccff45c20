"""Pages of rows about people, the newest first."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.views import ChangeList

from profiles.admin.filters import chosen_bots

# With more, asking each of them costs as much as sorting everything.
_MOST_BOTS = 100


class Newest(ChangeList):  # type: ignore[misc]
    """Ids grow with time, and the key of a tenant's table knows their order within a bot.

    So the newest of each bot are asked for and put together: sorting the rows of all of them takes seconds.
    """

    result_list: Any

    def url_for_result(self, result: Any) -> str:
        """Where the row leads: to the person's way."""
        return reverse("admin:profiles_profile_change", args=[result.profile_id]) + "#journey"

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        stop = self.page_num * self.list_per_page
        start = stop - self.list_per_page
        self.result_list = _page(self.queryset.order_by("-id"), chosen_bots(request), start, stop)
        # Nobody has counted; unfold would tell how many that are.
        self.full_result_count = self.result_count


def _page(rows: QuerySet[Any], bot_ids: tuple[Any, ...], start: int, stop: int) -> list[Any]:
    if len(bot_ids) == 1:
        return list(rows.filter(bot_id=bot_ids[0])[start:stop])
    if not 0 < len(bot_ids) <= _MOST_BOTS:
        return list(rows[start:stop])
    ids = rows.select_related(None).values_list("id", "bot_id")
    firsts = [ids.filter(bot_id=bot_id)[:stop] for bot_id in bot_ids]
    found = list(firsts[0].union(*firsts[1:], all=True).order_by("-id")[start:stop])
    wanted = rows.filter(
        bot_id__in={bot_id for _id, bot_id in found}, id__in=[row_id for row_id, _bot in found]
    )
    return list(wanted)

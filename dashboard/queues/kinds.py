"""The kinds of background work, and what each is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """A task: what it is called, and what it does."""

    task: str
    name: Any
    words: Any
    # How the names of its figures read.
    figures: dict[str, Any]


KINDS: Final = (
    Kind(
        "care.tasks.rotate_profiles",
        _("Rotation of portraits"),
        _(
            "Once a day every bot's portraits that have become stale are refreshed, the most recently seen first."
        ),
        {"wanted": _("rounds asked for"), "begun": _("rounds begun")},
    ),
    Kind(
        "care.tasks.rotate_batch",
        _("Batches of portraits"),
        _("One batch of a round; what came of it is told with the rounds."),
        {},
    ),
    Kind(
        "care.tasks.sweep_rotation",
        _("Rounds that wait"),
        _("Begins rounds that were asked for, and goes on with those whose process died."),
        {"begun": _("begun")},
    ),
    Kind(
        "profiles.tasks.archive_activity",
        _("Archive of activity"),
        _(
            "Once a week activity older than 90 days, and what a person has beyond 1000 rows, moves to the archive."
        ),
        {
            "moved_old": _("old rows moved"),
            "moved_excess": _("rows beyond 1000 moved"),
            "slices": _("transactions"),
            "is_cut_short": _("goes on later"),
        },
    ),
    Kind(
        "mailbox.tasks.trim_mailbox",
        _("Trimming of the queues"),
        _("Settled rows that are past their time are let go."),
        {"deleted": _("rows deleted")},
    ),
    Kind(
        "mailbox.tasks.clear_shelf",
        _("Work on queues"),
        _("What staff asked to be done with many rows of a queue."),
        {"rows": _("rows")},
    ),
    Kind(
        "mailbox.tasks.sweep_clearings",
        _("Work on queues that waits"),
        _("Begins what was asked for where asking failed, and goes on with what died."),
        {"begun": _("begun")},
    ),
    Kind(
        "bots.tasks.roll_up_metrics",
        _("Roll-up of figures"),
        _("Adds up today's and yesterday's samples, and lets the old ones go."),
        {
            "figures": _("daily figures"),
            "deleted": _("samples deleted"),
            "periods": _("periods forgotten"),
        },
    ),
    Kind(
        "care.tasks.refresh_figures",
        _("Counting for the first page"),
        _("Counts people, journeys and days of each bot, so that nobody waits for it."),
        {"refreshed": _("bots counted")},
    ),
    Kind(
        "care.tasks.reach_out",
        _("What the bots say first"),
        _("A silent session, a finished stage, a question in the morning: within everybody's limits."),
        {},
    ),
    Kind(
        "care.tasks.tell_admins",
        _("Telling of alerts"),
        _("Alerts that a bot's admins were not told of yet go to them in Telegram."),
        {"told": _("told")},
    ),
    Kind(
        "broadcast.tasks.sweep_broadcasts",
        _("Broadcasts"),
        _("What is due begins, what died goes on, what is done is finished."),
        {"freezing": _("audiences being written down")},
    ),
    Kind(
        "broadcast.tasks.freeze_broadcast",
        _("Audiences of broadcasts"),
        _("Writes the people of a broadcast into its ledger."),
        {},
    ),
    Kind(
        "broadcast.tasks.attribute_replies",
        _("Answers to broadcasts"),
        _("Finds who has answered a broadcast."),
        {"replies": _("answers found")},
    ),
    Kind(
        "dashboard.tasks.run_trial",
        _("Trials of drafts"),
        _("Asks the model with the draft of a prompt, for the playground."),
        {},
    ),
    Kind(
        "events.tasks.trim_runs",
        _("Trimming of this page"),
        _("Once a day runs that ended two weeks ago are forgotten."),
        {"deleted": _("runs forgotten")},
    ),
)


def all_kinds(planned: Iterable[str]) -> tuple[Kind, ...]:
    """These, and by their mere names whatever else is planned."""
    known = {each.task for each in KINDS}
    others = sorted(set(planned) - known)
    return (*KINDS, *(Kind(each, each.rpartition(".")[2].replace("_", " "), each, {}) for each in others))

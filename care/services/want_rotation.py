from __future__ import annotations

from care.services.keep_run import want_run
from mailbox.contracts import Post
from mailbox.services.post import post
from sessions_app.contracts import Line, Visit
from sessions_app.lines import line
from sessions_app.posts import send_params
from sessions_app.services.answer import answer
from sessions_app.speech import say


def want_rotation_from_telegram(*, visit: Visit) -> None:
    """/fill_profiles: ask for a round over everybody; its progress is told in one message that is edited."""
    told = Line(say("fill.waiting", visit.language))
    report = Post(
        key=f"{visit.cause}:report",
        chat_id=visit.chat_id,
        method="sendMessage",
        params=send_params(visit.chat_id, told),
        correlation_id=visit.correlation_id,
    )
    run_id = want_run(
        bot_id=visit.bot_id,
        trigger="telegram",
        is_for_all=True,
        # The visit names the run: a walk that is taken again asks for one run all the same.
        run_id=visit.cause,
        report_id=report.id,
    )
    if run_id is None:
        answer(visit=visit, lines=[line("fill.already", visit.language)])
        return
    answer(visit=visit, lines=[])
    post(bot_id=visit.bot_id, posts=[report])

"""The door: greeting, consent, and what is said to those who have not passed it."""

from __future__ import annotations

from profiles.services.change_language import change_language
from profiles.services.give_consent import give_consent
from profiles.services.mark_underage import mark_underage
from sessions_app.contracts import Line, Visit
from sessions_app.crisis import detect, hotline_list
from sessions_app.lines import (
    after_crisis,
    crisis_lines,
    greeting,
    language_question,
    line,
    privacy,
    two_doors,
)
from sessions_app.models import SessionState
from sessions_app.services.answer import answer
from sessions_app.speech import say


def greet(*, visit: Visit) -> None:
    """/start: disclosure and the question for consent; for who has consented, back to where they were."""
    language = visit.language
    if visit.person.is_underage:
        answer(visit=visit, lines=[_underage(visit)])
    elif not visit.person.has_consented:
        answer(visit=visit, lines=[greeting(language)])
    elif visit.session is None:
        back = line("start.welcome_back", language, name=_name(visit))
        answer(visit=visit, lines=[Line(back.html, two_doors(language))])
    elif visit.session.state == SessionState.PAUSED:
        answer(visit=visit, lines=[after_crisis(language)])
    else:
        answer(
            visit=visit, lines=[line(f"start.welcome_back_{visit.session.kind}", language, name=_name(visit))]
        )


def greet_in(*, visit: Visit, language: str) -> None:
    """The greeting again, in the language that was tapped under it."""
    change_language(bot_id=visit.bot_id, profile_id=visit.person.id, language=language)
    if visit.person.has_consented:
        answer(visit=visit, lines=[line("language.changed", language)])
    else:
        answer(visit=visit, lines=[greeting(language)])


def consent(*, visit: Visit) -> None:
    """The person agrees and says that they are an adult; who said otherwise before is not asked again."""
    language = visit.language
    if visit.person.is_underage:
        answer(visit=visit, lines=[_underage(visit)])
        return
    is_new = give_consent(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        language=language,
        first_name=visit.sighting.first_name,
        last_name=visit.sighting.last_name,
        username=visit.sighting.username,
    )
    key = "start.welcome" if is_new else "start.already_consented"
    answer(visit=visit, lines=[Line(say(key, language), two_doors(language))], consented=True)


def decline(*, visit: Visit) -> None:
    """The person does not agree; who had agreed before is told what is kept, and how to have it erased."""
    told = privacy(visit.language) if visit.person.has_consented else line("start.declined", visit.language)
    answer(visit=visit, lines=[told])


def turn_away_underage(*, visit: Visit) -> None:
    """The person says that they are under 18: kindly, with people to turn to, and no coaching."""
    mark_underage(bot_id=visit.bot_id, profile_id=visit.person.id)
    answer(visit=visit, lines=[_underage(visit)], consented=False)


def ask_for_consent(*, visit: Visit) -> None:
    """Anything that needs consent, from somebody who has not given it.

    A sign of crisis is answered all the same: nobody has to agree to terms first. Nothing of it is kept.
    """
    sign = detect("\n".join(each.text for each in visit.words), visit.language)
    if sign is not None:
        answer(visit=visit, lines=crisis_lines(sign.kind, visit.language, is_paused=False))
    elif visit.person.is_underage:
        answer(visit=visit, lines=[_underage(visit)])
    else:
        answer(visit=visit, lines=[line("start.need_consent", visit.language), greeting(visit.language)])


def ask_language(*, visit: Visit) -> None:
    """/language."""
    answer(visit=visit, lines=[language_question(visit.language)])


def set_language(*, visit: Visit, language: str) -> None:
    """The language that was chosen, from this answer on."""
    change_language(bot_id=visit.bot_id, profile_id=visit.person.id, language=language)
    answer(visit=visit, lines=[line("language.changed", language)])


def _underage(visit: Visit) -> Line:
    return line("start.underage", visit.language, hotlines=hotline_list(visit.language))


def _name(visit: Visit) -> str:
    return visit.person.first_name or say("start.friend", visit.language)

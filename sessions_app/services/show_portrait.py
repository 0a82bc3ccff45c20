"""The portrait: what is known of a person, which they may correct or strike out."""

from __future__ import annotations

from uuid import UUID

from profiles.contracts import FindingLine
from profiles.selectors.findings_of import findings_of
from profiles.selectors.profile_card import profile_card
from profiles.services.correct_finding import correct_finding
from profiles.services.drop_finding import drop_finding
from sessions_app.contracts import Visit
from sessions_app.crisis import hotline_list
from sessions_app.lines import as_mapping, line
from sessions_app.pages import ask_correction, picked, portrait
from sessions_app.services.answer import answer

AWAITS_CORRECTION = "correct:"


def show_portrait(*, visit: Visit) -> None:
    """/my_metaphysical_profile: light and shadow, what was told, themes and patterns, each with its number."""
    light = as_mapping(visit.person.metaphysical_profile).get("light")
    told = portrait(
        visit.language,
        light=light if isinstance(light, int) and not isinstance(light, bool) else None,
        findings=findings_of(bot_id=visit.bot_id, profile_id=visit.person.id),
    )
    answer(visit=visit, lines=[told], keeps_buttons=True)


def handle_finding(*, visit: Visit, what: str, finding_id: UUID | None) -> None:
    """A button of the portrait: pick a line, fix it, drop it, or keep it as it is."""
    if what == "keep":
        answer(visit=visit, lines=[line("portrait.kept", visit.language)])
        return
    finding = _finding(visit, finding_id)
    if finding is None:
        answer(visit=visit, lines=[line("portrait.gone", visit.language)])
    elif what == "fix":
        answer(
            visit=visit,
            lines=[ask_correction(visit.language, finding)],
            awaits=f"{AWAITS_CORRECTION}{finding.id.hex}",
        )
    elif what == "drop":
        drop_finding(bot_id=visit.bot_id, profile_id=visit.person.id, finding_id=finding.id)
        answer(visit=visit, lines=[line("portrait.dropped", visit.language)])
    else:
        # The numbers stay: there may be more than one line to look at.
        answer(visit=visit, lines=[picked(visit.language, finding)], keeps_buttons=True)


def take_correction(*, visit: Visit) -> None:
    """The person has written how a line should be."""
    language = visit.language
    finding = _finding(visit, _id(visit.awaits.removeprefix(AWAITS_CORRECTION)))
    said = " ".join(each.text for each in visit.words).strip()[:300]
    if finding is None:
        answer(visit=visit, lines=[line("portrait.gone", language)])
    elif correct_finding(bot_id=visit.bot_id, profile_id=visit.person.id, finding_id=finding.id, value=said):
        answer(visit=visit, lines=[line("portrait.fixed", language, value=said)])
    elif _is_underage(visit):
        # Said in passing, and all the same: their consent has just ended.
        told = line("care.underage", language, hotlines=hotline_list(language))
        answer(visit=visit, lines=[told], consented=False)
    else:
        answer(visit=visit, lines=[line("portrait.unfit", language, value=finding.value)])


def _is_underage(visit: Visit) -> bool:
    card = profile_card(bot_id=visit.bot_id, profile_id=visit.person.id)
    return card is not None and card.is_underage


def _finding(visit: Visit, finding_id: UUID | None) -> FindingLine | None:
    known = findings_of(bot_id=visit.bot_id, profile_id=visit.person.id)
    return next((each for each in known if each.id == finding_id), None)


def _id(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None

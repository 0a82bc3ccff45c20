"""What the playground's page and its pieces show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bots.admin.base import bots_where, may
from bots.admin.prompts import shown
from bots.admin.prompts.rights import personas_for
from bots.models import Persona
from bots.prompt_catalogue import prompt_catalogue
from bots.roles import Capability
from bots.selectors.prompt_editions import IN_FORCE, Edition, PromptRef, Wordings
from core.clock import clock
from core.numbers import decimal
from dashboard.home.faces import number
from dashboard.inbox.faces import KINDS, REASONS
from dashboard.playground.contracts import Outcome, Side, Standing, Trial
from dashboard.playground.scenes import WHOLE, kinds_for, turns_of
from dashboard.selectors.bots_of import BotName, bots_of
from dashboard.selectors.past_sessions import PAGE, past_sessions, past_talk
from journey.selectors.stage_names import stage_names
from sessions_app.models import SessionState

# A worker that is busy with a round over profiles has a batch in hand for so many seconds at most, usually.
_LATE: Final = 30
_GIVEN_UP: Final = 300


class Chosen:
    """What is tried, from an address or a form: a prompt of a persona, two wordings of it, and the bot that asks."""

    def __init__(self, request: HttpRequest, said: QueryDict) -> None:
        self.request = request
        self.personas = list(personas_for(request, Persona.objects.order_by("name", "id")))
        catalogue = prompt_catalogue()
        persona_id = said.get("persona", "")
        self.persona = next((each for each in self.personas if str(each.id) == persona_id), None)
        if persona_id and self.persona is None:
            raise Http404
        if self.persona is None and self.personas:
            self.persona = self._usual()
        key, language = said.get("key") or "coach.natasha", said.get("language") or ""
        if catalogue.card(key) is None or (language and language not in catalogue.languages):
            raise Http404
        here = (get_language() or "")[:2]
        language = language or (here if here in catalogue.languages else catalogue.languages[0])
        self.ref = PromptRef(self.persona.id if self.persona else UUID(int=0), key, language)
        self.said = said
        self.wordings = Wordings(self.ref)

    def _usual(self) -> Persona:
        """One that speaks for a bot of theirs, where there is one."""
        speaking = {each.persona_id for each in self._mine}
        return next((each for each in self.personas if each.id in speaking), self.personas[0])

    @cached_property
    def _mine(self) -> list[BotName]:
        return bots_of(bot_ids=bots_where(self.request, Capability.CHANGE_PROMPTS))

    def bots(self) -> list[BotName]:
        """The bots whose model may be asked: those that the persona speaks for, of theirs; else any of theirs."""
        return [each for each in self._mine if each.persona_id == self.ref.persona_id] or self._mine

    def bot(self) -> BotName | None:
        """The bot that was chosen, else the first. Raises Http404 for one whose prompts they may not change."""
        bots = self.bots()
        said = self.said.get("bot", "")
        found = next((each for each in bots if str(each.id) == said), None)
        if said and found is None:
            raise Http404
        return found or (bots[0] if bots else None)

    def wording(self, side: str, otherwise: str) -> Edition:
        """The wording of one side. Raises Http404 where there is none of this name."""
        found = self.wordings.find(self.said.get(side, "") or otherwise)
        if found is None:
            raise Http404
        return found

    def side(self, side: str) -> Side:
        """The same, frozen as it is now."""
        found = self.wording(side, IN_FORCE)
        return Side(found.token, shown.name_of(found), found.body, found.title)


def page(chosen: Chosen) -> dict[str, Any]:
    """The whole page."""
    request, ref = chosen.request, chosen.ref
    catalogue = prompt_catalogue()
    if chosen.persona is None:
        return {"has_personas": False}
    bots, bot = chosen.bots(), chosen.bot()
    editions = [*chosen.wordings.listed().all]
    left, right = chosen.wording("left", editions[0].token), chosen.wording("right", IN_FORCE)
    editions += [each for each in (left, right) if each not in editions]
    may_read = bot is not None and may(request, Capability.SEE_WORDS, bot.id)
    return {
        "has_personas": True,
        "ref": ref,
        "card": catalogue.card(ref.key),
        "personas": [(each.id, each.name, each.id == ref.persona_id) for each in chosen.personas],
        "cards": [(each.key, each.name, each.key == ref.key) for each in catalogue.cards()],
        "languages": [
            (each, shown.LANGUAGE_NAMES.get(each, each), each == ref.language) for each in catalogue.languages
        ],
        "bots": bots,
        "bot": bot,
        "lefts": shown.choices(editions, left.token),
        "rights": shown.choices(editions, right.token),
        "is_same": left.token == right.token,
        "stages": list(_stages_at(get_language() or "en", int(clock.now().timestamp()) // 60).items()),
        "may_read": may_read,
        "is_about_whole": ref.key in WHOLE,
        "prompt_address": shown.address(ref),
        "compare_address": f"{shown.address(ref, 'prompt_compare')}?"
        + urlencode({"old": right.token, "new": left.token}),
        "sessions_address": sessions_address(ref, bot) if bot and may_read else "",
    }


@lru_cache(maxsize=4)
def _stages_at(language: str, _minute: int) -> dict[str, str]:
    # Staff rename stages about never, so a minute late is soon enough.
    return stage_names(language=language)


def sessions_address(ref: PromptRef, bot: BotName) -> str:
    """Where the sessions to choose from are listed."""
    asked = {"persona": ref.persona_id, "key": ref.key, "language": ref.language, "bot": bot.id}
    return f"{reverse('playground:sessions')}?{urlencode(asked)}"


def session_list(chosen: Chosen, bot: BotName, before: UUID | None) -> dict[str, Any]:
    """Sessions of a bot that this prompt would have been read in."""
    ref = chosen.ref
    found = past_sessions(bot_id=bot.id, language=ref.language, kinds=kinds_for(ref.key), before=before)
    rows = found[:PAGE]
    return {
        "rows": [
            {
                "id": each.id,
                "address": session_address(ref, bot.id, each.id),
                "kind": KINDS.get(each.kind, each.kind),
                "state": SessionState(each.state).label,
                "at": date_format(localtime(each.started_at), "DATETIME_FORMAT"),
                "answers": ngettext("%(count)d answer", "%(count)d answers", each.answers)
                % {"count": each.answers},
            }
            for each in rows
        ],
        "older": f"{sessions_address(ref, bot)}&before={rows[-1].id}" if len(found) > PAGE else "",
        "is_first": before is None,
        "bot": bot,
        "language_name": shown.LANGUAGE_NAMES.get(ref.language, ref.language),
    }


def session_address(ref: PromptRef, bot_id: UUID, session_id: UUID) -> str:
    """One of them."""
    asked = {"persona": ref.persona_id, "key": ref.key, "language": ref.language}
    return f"{reverse('playground:session', args=[bot_id, session_id])}?{urlencode(asked)}"


def gate(chosen: Chosen, bot_id: UUID, session_id: UUID, refusal: str = "") -> dict[str, Any]:
    """The question why somebody opens a session."""
    return {
        "address": session_address(chosen.ref, bot_id, session_id),
        "reasons": REASONS.items(),
        "usual": "quality",
        "refusal": refusal,
    }


def session(chosen: Chosen, bot_id: UUID, session_id: UUID) -> dict[str, Any]:
    """A session, redacted, to choose what is answered. Raises Http404 where it is gone."""
    ref = chosen.ref
    talk = past_talk(bot_id=bot_id, session_id=session_id)
    if talk is None:
        raise Http404
    turns = turns_of(talk, language=ref.language)
    last = max((place for place, each in enumerate(turns) if each.role == "user"), default=None)
    return {
        "session_id": session_id,
        "kind": KINDS.get(talk.kind, talk.kind),
        "at": date_format(localtime(talk.started_at), "DATETIME_FORMAT"),
        "is_about_whole": ref.key in WHOLE,
        "language": ref.language,
        "turns": [
            {
                "role": each.role,
                "texts": each.texts,
                "upto": each.upto,
                "is_choice": each.role == "user",
                "is_last": place == last,
            }
            for place, each in enumerate(turns)
        ],
    }


def standing_of(trial: Trial, standing: Standing) -> dict[str, Any]:
    """How a trial stands."""
    waited = max(0, int(clock.now().timestamp() - trial.wanted_at))
    is_over = standing.state in {"done", "refused", "lost"} or waited > _GIVEN_UP
    return {
        "trial": trial,
        "standing": standing,
        "is_over": is_over,
        "is_given_up": is_over and standing.state in {"waiting", "running"},
        "is_late": standing.state == "waiting" and waited > _LATE,
        "waited": waited,
        "why": _why(standing),
        "crisis": standing.crisis.replace("_", " "),
        "is_demo": any(each and each.source == "demo" for each in (standing.left, standing.right)),
        "sides": [
            _side(trial.left, standing.left, standing.right),
            _side(trial.right, standing.right, standing.left),
        ],
        "total": _price(sum(each.cost_micros for each in (standing.left, standing.right) if each)),
    }


def _side(side: Side, outcome: Outcome | None, other: Outcome | None) -> dict[str, Any]:
    told: dict[str, Any] = {"side": side, "outcome": outcome}
    if outcome is None:
        return told
    tokens = number(outcome.prompt_tokens), number(outcome.completion_tokens)
    return told | {
        "details": [(_named(name), _listed(value)) for name, value in outcome.details],
        "tokens": _("%(asked)s in · %(said)s out") % {"asked": tokens[0], "said": tokens[1]},
        "cost": _price(outcome.cost_micros),
        "seconds": decimal(f"{outcome.latency_ms / 1000:.1f}"),
        "is_fallback": outcome.source == "fallback_model",
        "is_same_answer": other is not None and not outcome.error and outcome.text == other.text,
        "error": _error(outcome.error) if outcome.error else "",
        "words": ngettext("%(count)d word", "%(count)d words", len(outcome.text.split()))
        % {"count": len(outcome.text.split())},
    }


def _price(micros: int) -> str:
    """One answer costs parts of a cent, which is what is compared here."""
    return f"${micros / 1_000_000:.4f}" if micros else "$0"


def _named(name: str) -> str:
    return name.replace("_", " ")


def _listed(value: Any) -> list[str]:
    """A part of an answer as lines."""
    if value is None or value in ("", [], {}):
        return []
    if isinstance(value, dict):
        return [f"{_named(name)}: {', '.join(_listed(each)) or '–'}" for name, each in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [" · ".join(_listed(each)) if isinstance(each, dict) else str(each) for each in value]
    return [str(value)]


def _why(standing: Standing) -> str:
    if standing.why == "over_budget":
        return _(
            "Not asked: both answers together may cost up to %(asked)s, and %(left)s of today's budget of the bot "
            "is left."
        ) % {"asked": _price(standing.asked_micros), "left": _price(standing.left_micros)}
    if standing.why == "gone":
        return _("This session is no longer there, or nobody says anything in it.")
    if standing.why == "failed":
        return _("Something went wrong; it is in the log. Try again.")
    return _error(standing.why) if standing.why else ""


def _error(code: str) -> str:
    words = {
        "timeout": _("The model took too long."),
        "unreachable": _("The model cannot be reached."),
        "rate_limited": _("The model asks for patience: too many questions at once."),
        "quota_exhausted": _("The model's account has no money left."),
        "key_missing": _("The bot has no key for its model."),
        "key_refused": _("The model refuses the bot's key."),
        "model_unknown": _("There is no model of this name at its address."),
        "question_too_long": _("The question is longer than the model can read."),
        "misfit": _("The answer does not have the shape that this prompt must ask for."),
        "truncated": _("The answer was cut off before its end."),
        "unrehearsed": _("The demo model has nothing prepared for this."),
    }
    told = words.get(code, _("The model gave no usable answer."))
    return f"{told} ({code})"

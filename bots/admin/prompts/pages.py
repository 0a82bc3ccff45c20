"""The pages of a persona's prompts, inside of its admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bots.admin.prompts import shown
from bots.admin.prompts.presence import others_at, stay
from bots.admin.prompts.rights import may_publish, personas_for
from bots.comparison import side_by_side
from bots.errors import BotError
from bots.models import Persona
from bots.prompt_catalogue import prompt_catalogue
from bots.selectors.prompt_editions import IN_FORCE, Edition, PromptRef, Wordings, version_number
from bots.services.draft_prompt import begin_draft, discard_draft, save_draft
from bots.services.publish_prompt import publish_draft, publish_version, withdraw_prompt
from core.errors import AppError

_TEMPLATES: Final = "admin/bots/persona"
_PROMPT: Final = "<uuid:persona_id>/prompts/<str:key>/<str:language>/"
# A browser counts what is typed; what is more than twice what may be kept is somebody's program.
_MOST_TYPED: Final = 100_000


class PromptPages:
    """Adds the pages to a persona's admin. All look the persona up among those that whoever asks may see."""

    admin_site: Any

    def prompt_urls(self) -> list[Any]:
        """Their addresses."""
        return [
            self._page("", self.prompt, "prompt"),
            self._page("compare/", self.compare, "prompt_compare"),
            self._page("read/<str:token>/", self.read, "prompt_read"),
            self._page("draft/", self.begin, "prompt_begin"),
            self._page("check/", self.checked, "prompt_check"),
            self._page("withdraw/", self.withdraw, "prompt_withdraw"),
            self._page("version/<uuid:version_id>/publish/", self.publish_version, "prompt_publish"),
            self._page("draft/<uuid:draft_id>/", self.draft, "prompt_draft"),
            self._page("draft/<uuid:draft_id>/here/", self.here, "prompt_draft_here"),
            self._page("draft/<uuid:draft_id>/publish/", self.publish_draft, "prompt_draft_publish"),
            self._page("draft/<uuid:draft_id>/discard/", self.discard, "prompt_draft_discard"),
        ]

    # Pages

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def prompt(self, request: HttpRequest, ref: PromptRef, persona: Persona) -> HttpResponse:
        """One prompt in one language: drafts and versions in one list."""
        before = request.GET.get("before", "")
        is_first = not (before.isascii() and before.isdecimal() and len(before) < 10)
        wordings = Wordings(ref)
        found = wordings.listed(None if is_first else int(before))
        rows = shown.listed(found, wordings.in_force, ref)
        context = {
            "rows": rows,
            "newest": rows[0]["edition"].token,
            "older": found.versions[-1].number if found.next else None,
            "is_first": is_first,
            "is_untouched": is_first and len(rows) == 1,
            "variables": shown.variables_of(ref.key),
        }
        return self._render(request, "prompt", ref, persona, context)

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def read(self, request: HttpRequest, ref: PromptRef, persona: Persona, token: str) -> HttpResponse:
        """One wording, whole."""
        found = _found(Wordings(ref), token)
        context = {
            "row": shown.shown(found, ref),
            "pieces": shown.pieces(found.body, ref.key),
            "problems": prompt_catalogue().problems(ref.key, found.body),
            "variables": shown.variables_of(ref.key, found.body),
        }
        return self._render(request, "read", ref, persona, context)

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def compare(self, request: HttpRequest, ref: PromptRef, persona: Persona) -> HttpResponse:
        """Two wordings side by side."""
        wordings = Wordings(ref)
        every = [*wordings.listed().all]
        old = _found(wordings, request.GET.get("old", "") or IN_FORCE)
        new = _found(wordings, request.GET.get("new", "") or IN_FORCE)
        is_whole = request.GET.get("whole") == "1"
        # What is further back than the list reaches stays chosen.
        every += [each for each in (old, new) if each not in every]
        context = {
            "old": shown.shown(old, ref),
            "new": shown.shown(new, ref),
            "olds": shown.choices(every, old.token),
            "news": shown.choices(every, new.token),
            "sides": side_by_side(old.body, new.body, is_whole=is_whole),
            "is_whole": is_whole,
        }
        return self._render(request, "compare", ref, persona, context)

    @method_decorator(never_cache)
    def draft(self, request: HttpRequest, ref: PromptRef, persona: Persona, draft_id: UUID) -> HttpResponse:
        """Write at a draft."""
        found = self._draft(ref, draft_id)
        user = self._user(request)
        typed = {"body": found.body, "title": found.title, "seen": found.revision}
        refusal: AppError | None = None
        if request.method == "POST":
            sent = request.POST
            typed = {
                # Browsers end lines as in letters of old.
                "body": sent.get("body", "")[:_MOST_TYPED].replace("\r\n", "\n"),
                "title": sent.get("title", ""),
                "seen": _number(sent.get("seen", "")),
            }
            try:
                return self._saved(request, ref, draft_id, typed)
            except AppError as error:
                refusal = error
                # They have seen now what the other wrote: saving once more replaces it.
                found = self._draft(ref, draft_id)
                typed["seen"] = found.revision
        stay(draft_id=draft_id, user_id=user.pk, name=user.get_username())
        body = str(typed["body"])
        is_overtaken = refusal is not None and refusal.code == "bots.draft_changed"
        context = {
            "row": shown.shown(found, ref),
            "typed": typed,
            "refusal": refusal.message if refusal else "",
            "theirs": side_by_side(found.body, body) if is_overtaken else None,
            "problems": prompt_catalogue().problems(ref.key, body),
            "variables": shown.variables_of(ref.key, body),
            "longest": prompt_catalogue().longest,
            "length": len(body),
            "others": others_at(draft_id=draft_id, user_id=user.pk),
        }
        return self._render(request, "draft", ref, persona, context)

    # Pieces of pages

    @method_decorator(never_cache)
    @method_decorator(require_POST)
    def checked(self, request: HttpRequest, ref: PromptRef, persona: Persona) -> HttpResponse:  # noqa: ARG002
        """What is wrong with what somebody is typing."""
        body = request.POST.get("body", "")[:_MOST_TYPED].replace("\r\n", "\n")
        context = {
            "problems": prompt_catalogue().problems(ref.key, body),
            "variables": shown.variables_of(ref.key, body),
            "length": len(body.strip()),
            "longest": prompt_catalogue().longest,
        }
        return TemplateResponse(request, f"{_TEMPLATES}/checked.html", context)

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def here(self, request: HttpRequest, ref: PromptRef, persona: Persona, draft_id: UUID) -> HttpResponse:  # noqa: ARG002
        """Who else writes at a draft right now, and whether it was saved since."""
        user = self._user(request)
        found = Wordings(ref).find(f"d{draft_id.hex}")
        seen = _number(request.GET.get("seen", ""))
        stay(draft_id=draft_id, user_id=user.pk, name=user.get_username())
        context = {
            "others": others_at(draft_id=draft_id, user_id=user.pk),
            "is_gone": found is None,
            "newer": found if found is not None and found.revision != seen else None,
        }
        return TemplateResponse(request, f"{_TEMPLATES}/here.html", context)

    # Buttons

    @method_decorator(require_POST)
    def begin(self, request: HttpRequest, ref: PromptRef, persona: Persona) -> HttpResponse:
        """A draft that begins with the text of another wording."""
        start = _found(Wordings(ref), request.POST.get("from", "") or IN_FORCE)
        try:
            draft = begin_draft(
                persona_id=persona.id,
                key=ref.key,
                language=ref.language,
                body=start.body,
                title=request.POST.get("title", ""),
                editor=self._user(request),
            )
        except BotError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(shown.address(ref))
        return HttpResponseRedirect(shown.address(ref, "prompt_draft", draft_id=draft.id))

    @method_decorator(require_POST)
    def publish_draft(
        self, request: HttpRequest, ref: PromptRef, persona: Persona, draft_id: UUID
    ) -> HttpResponse:
        """A draft becomes what bots say."""
        self._draft(ref, draft_id)
        seen = _number(request.POST.get("seen", ""))
        return self._act(
            request,
            ref,
            persona,
            lambda: publish_draft(draft_id=draft_id, seen=seen, author=self._user(request)),
        )

    @method_decorator(require_POST)
    def publish_version(
        self, request: HttpRequest, ref: PromptRef, persona: Persona, version_id: UUID
    ) -> HttpResponse:
        """An earlier version speaks again."""
        if version_number(ref=ref, version_id=version_id) is None:
            raise Http404
        return self._act(request, ref, persona, lambda: publish_version(version_id=version_id))

    @method_decorator(require_POST)
    def withdraw(self, request: HttpRequest, ref: PromptRef, persona: Persona) -> HttpResponse:
        """What ships with the product speaks again."""
        prompt_id = Wordings(ref).prompt_id
        if prompt_id is None:
            raise Http404
        return self._act(request, ref, persona, lambda: withdraw_prompt(prompt_id=prompt_id))

    @method_decorator(require_POST)
    def discard(self, request: HttpRequest, ref: PromptRef, persona: Persona, draft_id: UUID) -> HttpResponse:  # noqa: ARG002
        """A draft is thrown away."""
        self._draft(ref, draft_id)
        if discard_draft(draft_id=draft_id):
            messages.success(request, _("The draft is gone."))
        return HttpResponseRedirect(shown.address(ref))

    # What they share

    def _page(self, route: str, view: Any, name: str) -> Any:
        def opened(
            request: HttpRequest, persona_id: UUID, key: str, language: str, **more: Any
        ) -> HttpResponse:
            catalogue = prompt_catalogue()
            persona = personas_for(request, Persona.objects.filter(id=persona_id)).first()
            if persona is None or catalogue.card(key) is None or language not in catalogue.languages:
                raise Http404
            response: HttpResponse = view(request, PromptRef(persona_id, key, language), persona, **more)
            return response

        return path(f"{_PROMPT}{route}", self.admin_site.admin_view(opened), name=f"bots_persona_{name}")

    def _saved(
        self, request: HttpRequest, ref: PromptRef, draft_id: UUID, typed: dict[str, Any]
    ) -> HttpResponse:
        """Keep what was typed, and put it in force where that was asked for. Raises BotError."""
        wants_force = "publish" in request.POST
        if wants_force and not may_publish(request, ref.persona_id):
            raise PermissionDenied
        user = self._user(request)
        revision = save_draft(
            draft_id=draft_id, seen=typed["seen"], body=typed["body"], title=typed["title"], editor=user
        )
        if not wants_force:
            if revision == typed["seen"]:
                messages.info(request, _("Nothing has changed."))
            else:
                messages.success(request, _("The draft is saved."))
            return HttpResponseRedirect(shown.address(ref, "prompt_draft", draft_id=draft_id))
        typed["seen"] = revision
        version = publish_draft(draft_id=draft_id, seen=revision, author=user)
        messages.success(request, _in_force_now(version.number))
        return HttpResponseRedirect(shown.address(ref))

    def _act(
        self, request: HttpRequest, ref: PromptRef, persona: Persona, service: Callable[[], Any]
    ) -> HttpResponse:
        if not may_publish(request, persona.id):
            raise PermissionDenied
        try:
            version = service()
        except BotError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request,
                _in_force_now(version.number)
                if version is not None
                else _("What ships with the product is in force; all versions stay here."),
            )
        return HttpResponseRedirect(shown.address(ref))

    def _render(
        self, request: HttpRequest, page: str, ref: PromptRef, persona: Persona, context: dict[str, Any]
    ) -> HttpResponse:
        head = shown.head(ref, persona.name)
        return TemplateResponse(
            request,
            f"{_TEMPLATES}/{page}.html",
            {
                **self.admin_site.each_context(request),
                "title": f"{head['card'].name} · {head['language_name']}",
                # The shell's way back.
                "opts": Persona._meta,
                "original": persona,
                **head,
                "may_publish": may_publish(request, persona.id),
                **context,
            },
        )

    def _draft(self, ref: PromptRef, draft_id: UUID) -> Edition:
        return _found(Wordings(ref), f"d{draft_id.hex}")

    def _user(self, request: HttpRequest) -> User:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        return request.user


def _found(wordings: Wordings, token: str) -> Edition:
    found = wordings.find(token)
    if found is None:
        raise Http404
    return found


def _in_force_now(number: int) -> str:
    return _("Version %(number)d is in force; running bots take it over within seconds.") % {"number": number}


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0

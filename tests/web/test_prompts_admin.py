from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bots.models import Persona, Prompt, PromptVersion
from bots.selectors.published_prompt import published_prompt
from bots.services.publish_prompt import publish_prompt
from tests.cast import make_bot
from tests.web.people import browser, make_coach


@pytest.fixture
def persona(as_staff: None) -> Persona:
    return Persona.objects.create(slug=f"p-{uuid4().hex[:8]}", name="Vera the persona")


def publish(persona: Persona, body: str) -> PromptVersion:
    return publish_prompt(persona_id=persona.id, key="coach", language="ru", body=body, author=None)


def text(persona: Persona) -> str | None:
    found = published_prompt(persona_id=persona.id, key="coach", language="ru")
    return found.body if found else None


def test_a_new_prompt_is_in_force_when_it_is_saved(owner: Client, persona: Persona) -> None:
    form = {"persona": str(persona.id), "key": "coach", "language": "ru", "body": "Be kind.\r\nBe brief."}
    response = owner.post("/admin/bots/prompt/add/", form)
    assert (response.status_code, response["Location"]) == (302, "/admin/bots/prompt/")
    assert text(persona) == "Be kind.\nBe brief."
    version = PromptVersion.objects.get(prompt__persona=persona)
    assert version.author == User.objects.get(pk=owner.session["_auth_user_id"])


def test_a_saved_wording_becomes_the_next_version(owner: Client, persona: Persona) -> None:
    prompt = publish(persona, "One").prompt
    page = owner.get(f"/admin/bots/prompt/{prompt.id}/change/")
    assert page.context["adminform"].form["body"].value() == "One"

    form = {"body": "Two", "versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
    assert owner.post(f"/admin/bots/prompt/{prompt.id}/change/", form).status_code == 302
    assert text(persona) == "Two"
    assert PromptVersion.objects.filter(prompt=prompt).count() == 2


def test_an_empty_wording_is_refused_in_words(owner: Client, persona: Persona) -> None:
    prompt = publish(persona, "One").prompt
    form = {"body": "   ", "versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
    response = owner.post(f"/admin/bots/prompt/{prompt.id}/change/", form)
    assert response.status_code == 200
    assert "An empty prompt cannot be published." in response.content.decode()
    assert text(persona) == "One"


def test_an_earlier_version_is_put_in_force_by_a_button(owner: Client, persona: Persona) -> None:
    first, second = publish(persona, "One"), publish(persona, "Two")
    address = f"/admin/bots/promptversion/{first.id}"
    assert "put-in-force" in owner.get(f"{address}/change/").content.decode()
    owner.get(f"{address}/put-in-force/")
    assert text(persona) == "Two"
    owner.post(f"{address}/put-in-force/", {"_form_submitted": "true"})
    assert text(persona) == "One"
    assert owner.get(f"/admin/bots/promptversion/{second.id}/change/").status_code == 200
    missing = owner.post(f"/admin/bots/promptversion/{uuid4()}/put-in-force/", {"_form_submitted": "true"})
    assert missing.status_code == 404


def test_a_prompt_is_withdrawn_by_a_button_and_never_deleted(owner: Client, persona: Persona) -> None:
    prompt = publish(persona, "One").prompt
    assert owner.post(f"/admin/bots/prompt/{prompt.id}/delete/", {"post": "yes"}).status_code == 403
    assert (
        owner.post(f"/admin/bots/prompt/{uuid4()}/use-default/", {"_form_submitted": "true"}).status_code
        == 404
    )
    owner.post(f"/admin/bots/prompt/{prompt.id}/use-default/", {"_form_submitted": "true"})
    assert text(persona) is None
    assert Prompt.objects.filter(id=prompt.id).exists()


def test_a_version_is_never_changed(owner: Client, persona: Persona) -> None:
    version = publish(persona, "One")
    assert owner.post(f"/admin/bots/promptversion/{version.id}/change/", {"body": "x"}).status_code == 403
    assert owner.get("/admin/bots/promptversion/add/").status_code == 403
    assert owner.post(f"/admin/bots/promptversion/{version.id}/delete/", {"post": "yes"}).status_code == 403
    assert PromptVersion.objects.get(id=version.id).body == "One"


def test_pages_of_personas_and_prompts_open(owner: Client, persona: Persona) -> None:
    prompt = publish(persona, "One").prompt
    page = owner.get(f"/admin/bots/persona/{persona.id}/change/").content.decode()
    assert f"/admin/bots/prompt/{prompt.id}/change/" in page
    for address in ("/admin/bots/persona/", "/admin/bots/prompt/", "/admin/bots/promptversion/"):
        assert owner.get(address).status_code == 200
    assert owner.get("/admin/bots/prompt/add/").status_code == 200


def test_a_persona_that_speaks_for_a_bot_cannot_be_deleted(owner: Client, persona: Persona) -> None:
    idle = Persona.objects.create(slug=f"p-{uuid4().hex[:8]}", name="Idle")
    make_bot(persona=persona)
    assert owner.post(f"/admin/bots/persona/{persona.id}/delete/", {"post": "yes"}).status_code == 403
    assert owner.post(f"/admin/bots/persona/{idle.id}/delete/", {"post": "yes"}).status_code == 302
    assert Persona.objects.filter(id__in=[persona.id, idle.id]).get() == persona


def test_staff_without_the_permission_do_not_see_prompts(persona: Persona) -> None:
    version = publish(persona, "One")
    coach = browser(make_coach())
    assert coach.get("/admin/bots/prompt/").status_code == 403
    response = coach.post(
        f"/admin/bots/promptversion/{version.id}/put-in-force/", {"_form_submitted": "true"}
    )
    assert response.status_code == 403

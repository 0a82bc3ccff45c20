"""A persona's prompts as staff see them: drafts and versions, what differs, publishing and rolling back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot, Persona, Prompt, PromptDraft, PromptVersion
from bots.roles import Role
from bots.selectors.published_prompt import published_prompt
from bots.services.draft_prompt import MOST_DRAFTS, begin_draft
from bots.services.publish_prompt import publish_prompt
from sessions_app.default_prompts import default_prompt
from tests.bots.notifications import heard_by
from tests.cast import make_bot
from tests.web.people import browser, make_coach, make_user

pytestmark = pytest.mark.usefixtures("as_staff")

KEY, LANGUAGE = "coach.natasha", "en"
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def persona(as_staff: None) -> Persona:
    return Persona.objects.create(slug=f"p-{uuid4().hex[:8]}", name="Vera the persona")


@pytest.fixture
def bot_of_it(persona: Persona) -> Bot:
    return make_bot(persona=persona)


@pytest.fixture
def owner(as_staff: None) -> Client:
    return browser(make_user(superuser=True))


def publish(persona: Persona, body: str, **more: Any) -> PromptVersion:
    return publish_prompt(persona_id=persona.id, key=KEY, language=LANGUAGE, body=body, author=None, **more)


def draft(persona: Persona, body: str, title: str = "", editor: User | None = None) -> PromptDraft:
    return begin_draft(
        persona_id=persona.id, key=KEY, language=LANGUAGE, body=body, title=title, editor=editor
    )


def page(persona: Persona, more: str = "", key: str = KEY, language: str = LANGUAGE) -> str:
    return f"/admin/bots/persona/{persona.id}/prompts/{key}/{language}/{more}"


def in_force(persona: Persona) -> str | None:
    found = published_prompt(persona_id=persona.id, key=KEY, language=LANGUAGE)
    return found.body if found else None


def words(response: Any) -> str:
    """What is read on a page, without markup."""
    text = re.sub(r"(?s)<(script|style).*?</\1>", " ", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


# The persona


def test_a_persona_shows_all_its_prompts_and_for_whom_it_speaks(
    owner: Client, persona: Persona, bot_of_it: Bot
) -> None:
    publish(persona, "One")
    draft(persona, "Two")
    response = owner.get(f"/admin/bots/persona/{persona.id}/change/")
    told = words(response)
    assert f"Speaks for {bot_of_it.name} ." in told
    assert "Version 1 1 draft" in told
    assert told.count("as shipped") == 19
    assert page(persona) in response.content.decode()
    assert page(persona, key="analysis.readiness", language="ru") in response.content.decode()


def test_a_persona_is_added_renamed_and_deleted_while_nobody_speaks_with_it(owner: Client) -> None:
    slug = f"p-{uuid4().hex[:8]}"
    assert owner.post("/admin/bots/persona/add/", {"name": "Ada", "slug": slug}).status_code == 302
    ada = Persona.objects.get(slug=slug)
    assert owner.get("/admin/bots/persona/").status_code == 200
    renamed = owner.post(f"/admin/bots/persona/{ada.id}/change/", {"name": "Eve", "slug": slug})
    assert renamed.status_code == 302
    assert Persona.objects.get(id=ada.id).name == "Eve"
    bot = make_bot(persona=ada)
    assert owner.post(f"/admin/bots/persona/{ada.id}/delete/", {"post": "yes"}).status_code == 403
    Bot.objects.filter(id=bot.id).update(persona=None)
    assert owner.post(f"/admin/bots/persona/{ada.id}/delete/", {"post": "yes"}).status_code == 302


# One prompt


def test_a_prompt_that_nobody_touched_shows_what_ships(owner: Client, persona: Persona) -> None:
    response = owner.get(page(persona))
    (row,) = response.context["rows"]
    assert (row["edition"].token, row["edition"].is_in_force) == ("shipped", True)
    assert "So far the wording that ships with the product speaks." in words(response)


def test_drafts_stand_before_versions_and_the_one_in_force_is_marked(owner: Client, persona: Persona) -> None:
    first = publish(persona, "One\nsame")
    publish(persona, "Two\nsame", note="softer")
    mine = draft(persona, f"Three\nsame\n{HOSTILE}", title=HOSTILE)
    response = owner.get(page(persona))
    rows = [(each["edition"].token, each["edition"].is_in_force) for each in response.context["rows"]]
    assert rows == [(f"d{mine.id.hex}", False), ("v2", True), ("v1", False), ("shipped", False)]
    assert HOSTILE not in response.content.decode()
    assert "softer" in words(response)
    # A draft beside what is in force, a version beside the one before it.
    assert "+2 −1 Three" in words(response)
    assert "+1 −1 Two" in words(response)
    assert page(persona, f"version/{first.id}/publish/") in response.content.decode()


def test_a_long_history_has_pages(owner: Client, persona: Persona) -> None:
    for number in range(1, 33):
        publish(persona, f"Wording {number}")
    draft(persona, "Draft")
    newest = owner.get(page(persona)).context
    assert [each["edition"].number for each in newest["rows"]] == [None, *range(32, 2, -1)]
    older = owner.get(page(persona, f"?before={newest['older']}")).context
    assert [each["edition"].token for each in older["rows"]] == ["v2", "v1", "shipped"]
    assert owner.get(page(persona, "?before=soon")).context["is_first"]
    # A version of another page can be compared all the same.
    assert owner.get(page(persona, "compare/?old=v1&new=v32")).context["olds"][-1]["token"] == "v1"


def test_pages_ask_the_database_the_same_however_much_is_written(owner: Client, persona: Persona) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(address).status_code == 200
        said = [each["sql"] for each in queries.captured_queries]
        return sum(each.split()[0] not in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"} for each in said)

    publish(persona, "One")
    publish(persona, "Two")
    one = draft(persona, "Draft")
    addresses = [
        page(persona),
        page(persona, "compare/?old=v1&new=shipped"),
        page(persona, "read/v1/"),
        page(persona, f"draft/{one.id}/"),
        f"/admin/bots/persona/{persona.id}/change/",
        "/admin/bots/persona/",
    ]
    asked(addresses[0])
    before = [asked(each) for each in addresses]
    for number in range(5):
        publish(persona, f"Wording {number}", note="x")
        draft(persona, f"Draft {number}", editor=of(owner))
        make_bot(persona=persona)
    assert [asked(each) for each in addresses] == before
    assert max(before) <= 12, before


def test_what_is_not_there_is_not_found(owner: Client, persona: Persona) -> None:
    mine = draft(persona, "Draft")
    other = Persona.objects.create(slug=f"p-{uuid4().hex[:8]}", name="Other")
    theirs = publish(other, "Theirs")
    for address in (
        page(persona, key="coach.han"),
        page(persona, language="de"),
        page(persona, "read/v7/"),
        page(persona, "read/dnobody/"),
        page(persona, "read/nothing/"),
        page(persona, f"draft/{uuid4()}/"),
        page(other, f"draft/{mine.id}/"),
        page(persona, "compare/?old=v9"),
        f"/admin/bots/persona/{uuid4()}/prompts/{KEY}/{LANGUAGE}/",
        f"/admin/bots/prompt/{uuid4()}/change/",
        f"/admin/bots/promptversion/{uuid4()}/change/",
        "/admin/bots/promptversion/x/change/",
    ):
        assert owner.get(address).status_code == 404, address
    assert owner.post(page(persona, f"version/{theirs.id}/publish/")).status_code == 404
    assert owner.post(page(other, f"draft/{mine.id}/publish/"), {"seen": 1}).status_code == 404
    assert owner.post(page(other, f"draft/{mine.id}/discard/")).status_code == 404
    assert owner.post(page(other, "withdraw/", key="crisis.check")).status_code == 404
    assert owner.post(page(persona, "draft/"), {"from": "v9"}).status_code == 404
    assert in_force(persona) is None


def test_old_addresses_lead_to_the_new_pages(owner: Client, persona: Persona) -> None:
    version = publish(persona, "One")
    assert owner.get(f"/admin/bots/prompt/{version.prompt_id}/change/")["Location"] == page(persona)
    assert owner.get(f"/admin/bots/promptversion/{version.id}/change/")["Location"] == page(
        persona, "read/v1/"
    )
    assert owner.get("/admin/bots/prompt/").status_code == 200
    assert owner.get("/admin/bots/promptversion/").status_code == 200
    assert owner.post(f"/admin/bots/prompt/{version.prompt_id}/delete/", {"post": "yes"}).status_code == 403
    assert owner.get("/admin/bots/prompt/add/").status_code == 403
    unknown = publish_prompt(persona_id=persona.id, key="coach.han", language="en", body="x", author=None)
    assert owner.get(f"/admin/bots/prompt/{unknown.prompt_id}/change/").status_code == 404
    assert owner.get(f"/admin/bots/promptversion/{unknown.id}/change/").status_code == 404


def test_a_wording_is_read_whole_with_its_variables_marked(owner: Client, persona: Persona) -> None:
    publish(persona, f"Be kind to {{person_name}} and {{nobody}}. {HOSTILE}")
    response = owner.get(page(persona, "read/v1/"))
    html = response.content.decode()
    assert (
        '<span class="pr-variable is-variable" title="the person&#x27;s first name">{person_name}</span>'
        in html
    )
    assert '<span class="pr-variable is-unknown">{nobody}</span>' in html
    assert HOSTILE not in html
    assert "Nothing is known by the name {nobody} here." in words(response)
    used = {each["variable"].name for each in response.context["variables"] if each["is_used"]}
    assert used == {"person_name"}


def test_two_wordings_stand_side_by_side_with_changed_words_marked(owner: Client, persona: Persona) -> None:
    publish(persona, "Be kind.\nAsk one question at a time.\nBe brief.")
    publish(persona, f"Be kind.\nAsk two questions at a time.\nBe brief.\n{HOSTILE}")
    response = owner.get(page(persona, "compare/?old=v1&new=v2"))
    html = response.content.decode()
    assert "Ask <del>one question</del> at a time." in html
    assert "Ask <ins>two questions</ins> at a time." in html
    assert HOSTILE not in html
    assert "1 line reworded 1 line added" in words(response)
    same = words(owner.get(page(persona, "compare/?old=v2")))
    assert "There is no difference." in same
    assert "style=" not in html.partition('<table class="pr-sides">')[2].partition("</table>")[0]


# Drafts


def test_a_draft_begins_with_another_wording_and_nobody_speaks_with_it(
    owner: Client, persona: Persona
) -> None:
    response = owner.post(page(persona, "draft/"), {"from": "now"})
    mine = PromptDraft.objects.get(prompt__persona=persona)
    assert (response.status_code, response["Location"]) == (302, page(persona, f"draft/{mine.id}/"))
    assert mine.body == default_prompt(KEY, LANGUAGE)
    assert mine.editor == of(owner)
    assert in_force(persona) is None
    assert default_prompt(KEY, LANGUAGE)[:30] in unescape(owner.get(response["Location"]).content.decode())


def test_a_draft_is_saved(owner: Client, persona: Persona) -> None:
    mine = draft(persona, "One")
    form = {"seen": "1", "title": " softer  words ", "body": "Two {person_name}\r\nlines\n"}
    assert owner.post(page(persona, f"draft/{mine.id}/"), form).status_code == 302
    mine.refresh_from_db()
    assert (mine.body, mine.title, mine.revision) == ("Two {person_name}\nlines", "softer words", 2)
    assert "The draft is saved." in words(owner.get(page(persona, f"draft/{mine.id}/")))
    form |= {"seen": "2", "title": "softer words"}
    owner.post(page(persona, f"draft/{mine.id}/"), form)
    mine.refresh_from_db()
    assert mine.revision == 2
    assert "Nothing has changed." in words(owner.get(page(persona, f"draft/{mine.id}/")))


def test_the_second_who_saves_a_draft_is_told_and_loses_nothing(owner: Client, persona: Persona) -> None:
    mine = draft(persona, "One\nsame")
    other = browser(make_user(superuser=True))
    address = page(persona, f"draft/{mine.id}/")
    assert other.post(address, {"seen": "1", "title": "", "body": "Theirs\nsame"}).status_code == 302

    # As browsers end lines.
    response = owner.post(address, {"seen": "1", "title": "mine", "body": "Mine\r\nsame"})
    assert response.status_code == 200
    assert response.context["length"] == len("Mine\nsame")
    assert "Somebody else has saved this draft since you opened it." in words(response)
    assert of(other).username in words(response)
    assert response.context["typed"] == {"body": "Mine\nsame", "title": "mine", "seen": 2}
    assert response.context["theirs"].rows[0].kind in {"removed", "added"}
    mine.refresh_from_db()
    assert mine.body == "Theirs\nsame"

    # Who has seen it may replace it.
    assert owner.post(address, {"seen": "2", "title": "mine", "body": "Mine\nsame"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.body, mine.editor) == ("Mine\nsame", of(owner))


def test_who_has_a_draft_open_is_seen_by_the_others(owner: Client, persona: Persona, redis_url: str) -> None:
    mine = draft(persona, "One")
    address = page(persona, f"draft/{mine.id}/")
    other = browser(make_user(superuser=True))
    assert "Also open at" not in words(owner.get(address))
    assert f"Also open at {of(owner).username} right now." in words(other.get(address))
    here = words(owner.get(f"{address}here/?seen=1"))
    assert here == f"group Also open at {of(other).username} right now."
    other.post(address, {"seen": "1", "title": "", "body": "Theirs"})
    assert "has saved this draft since you opened it" in words(owner.get(f"{address}here/?seen=1"))
    PromptDraft.objects.all().filter(id=mine.id).delete()
    assert "published or discarded this draft" in words(owner.get(f"{address}here/?seen=1"))
    cache.clear()


def test_a_misspelt_variable_is_told_and_kept_from_being_published(owner: Client, persona: Persona) -> None:
    mine = draft(persona, "One")
    address = page(persona, f"draft/{mine.id}/")
    form = {"seen": "1", "title": "", "body": "Hello {person_nam}", "publish": "1"}
    response = owner.post(address, form)
    assert response.status_code == 200
    said = "Nothing is known by the name {person_nam} here. Did you mean {person_name}?"
    assert said in words(response)
    mine.refresh_from_db()
    # What was typed is kept.
    assert (mine.body, in_force(persona)) == ("Hello {person_nam}", None)
    owner.post(page(persona, f"draft/{mine.id}/publish/"), {"seen": "2"})
    assert said in words(owner.get(page(persona)))
    assert in_force(persona) is None


def test_what_is_typed_is_checked_at_once(owner: Client, persona: Persona) -> None:
    wrong = words(owner.post(page(persona, "check/"), {"body": "{stage_nam}"}))
    assert "Did you mean {stage_name}? Make it {stage_name} 11 of 20000 characters" in wrong
    assert "Everything in braces is known." in words(owner.post(page(persona, "check/"), {"body": "Hi"}))
    assert owner.get(page(persona, "check/")).status_code == 405


@pytest.mark.parametrize(
    ("body", "told"),
    [(" \n", "An empty prompt cannot be published."), ("x" * 20_001, "at most 20000 are allowed")],
)
def test_what_cannot_be_kept_is_told_and_stays_in_the_form(
    owner: Client, persona: Persona, body: str, told: str
) -> None:
    mine = draft(persona, "One")
    response = owner.post(page(persona, f"draft/{mine.id}/"), {"seen": "1", "title": "", "body": body})
    assert response.status_code == 200
    assert told in words(response)
    assert response.context["typed"]["body"] == body
    mine.refresh_from_db()
    assert mine.body == "One"


def test_a_draft_is_discarded_and_there_are_not_endlessly_many(owner: Client, persona: Persona) -> None:
    mine = draft(persona, "One")
    assert owner.post(page(persona, f"draft/{mine.id}/discard/")).status_code == 302
    assert not PromptDraft.objects.filter(id=mine.id).exists()
    for number in range(MOST_DRAFTS):
        draft(persona, f"Draft {number}")
    assert owner.post(page(persona, "draft/"), {"from": "now"})["Location"] == page(persona)
    assert f"There are {MOST_DRAFTS} drafts already; discard one." in words(owner.get(page(persona)))
    assert PromptDraft.objects.filter(prompt__persona=persona).count() == MOST_DRAFTS


# Publishing


def test_a_draft_is_published_in_one_click_and_running_bots_hear_of_it(
    owner: Client, persona: Persona, bot_of_it: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    mine = draft(persona, "Be kind, {person_name}.", title="softer")
    before = Bot.objects.get(id=bot_of_it.id).updated_at
    with heard_by(owner_database) as heard:
        response = owner.post(page(persona, f"draft/{mine.id}/publish/"), {"seen": "1"})
        assert heard() == [str(bot_of_it.id)]
    assert response["Location"] == page(persona)
    assert in_force(persona) == "Be kind, {person_name}."
    version = PromptVersion.objects.get(prompt__persona=persona)
    assert (version.number, version.note, version.author) == (1, "softer", of(owner))
    assert not PromptDraft.objects.filter(id=mine.id).exists()
    # What the runtime compares.
    assert Bot.objects.get(id=bot_of_it.id).updated_at > before
    told = "Version 1 is in force; running bots take it over within seconds."
    assert told in words(owner.get(page(persona)))


def test_a_draft_that_was_saved_meanwhile_is_not_published_unseen(owner: Client, persona: Persona) -> None:
    mine = draft(persona, "One")
    PromptDraft.objects.filter(id=mine.id).update(body="Two", revision=2)
    owner.post(page(persona, f"draft/{mine.id}/publish/"), {"seen": "1"})
    assert "Somebody else has saved this draft" in words(owner.get(page(persona)))
    assert in_force(persona) is None
    assert PromptDraft.objects.filter(id=mine.id).exists()


def test_saving_and_publishing_is_one_click_too(owner: Client, persona: Persona) -> None:
    mine = draft(persona, "One")
    form = {"seen": "1", "title": "new", "body": "Two", "publish": "1"}
    assert owner.post(page(persona, f"draft/{mine.id}/"), form)["Location"] == page(persona)
    assert in_force(persona) == "Two"


def test_an_earlier_version_and_what_ships_come_back_in_one_click(
    owner: Client, persona: Persona, bot_of_it: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    first, _second = publish(persona, "One"), publish(persona, "Two")
    address = page(persona, f"version/{first.id}/publish/")
    assert owner.get(address).status_code == 405
    with heard_by(owner_database) as heard:
        owner.post(address)
        assert heard() == [str(bot_of_it.id)]
    assert in_force(persona) == "One"
    owner.post(page(persona, "withdraw/"))
    assert in_force(persona) is None
    assert "all versions stay here" in words(owner.get(page(persona)))
    assert PromptVersion.objects.filter(prompt__persona=persona).count() == 2


def test_the_book_of_changes_knows_who_published_and_who_rolled_back(
    owner: Client, persona: Persona, owner_database: psycopg.Connection[Any]
) -> None:
    mine = draft(persona, "One")
    owner.post(page(persona, f"draft/{mine.id}/"), {"seen": "1", "title": "t", "body": "Secretly new"})
    owner.post(page(persona, f"draft/{mine.id}/publish/"), {"seen": "2"})
    owner.post(page(persona, "withdraw/"))
    prompt = Prompt.objects.get(persona=persona)

    def noted(row_id: UUID) -> list[Any]:
        return owner_database.execute(
            "SELECT subject, action, before, after FROM audit_entries"
            " WHERE actor_id = %s AND row_id = %s ORDER BY id",
            (of(owner).pk, str(row_id)),
        ).fetchall()

    version = PromptVersion.objects.get(prompt=prompt)
    assert noted(prompt.id) == [
        ("prompts", "update", {"published_id": None}, {"published_id": str(version.id)}),
        ("prompts", "update", {"published_id": str(version.id)}, {"published_id": None}),
    ]
    (written,) = noted(version.id)
    assert (written[0], written[1], written[3]["body"]) == ("prompt_versions", "insert", "Secretly new")
    assert [each[:2] for each in noted(mine.id)] == [
        ("prompt_drafts", "update"),
        ("prompt_drafts", "delete"),
    ]
    assert "Secretly" not in str(noted(mine.id))


# Who may


@pytest.mark.parametrize("role", [Role.COACH, Role.ANALYST, Role.READ_ONLY])
def test_whoever_may_not_change_prompts_sees_no_personas(
    persona: Persona, bot_of_it: Bot, role: Role
) -> None:
    mine = draft(persona, "One")
    client = browser(make_coach(bot_of_it, role=role))
    for address in ("/admin/bots/persona/", "/admin/bots/prompt/", "/admin/bots/promptversion/"):
        assert client.get(address).status_code == 403
    assert client.get(page(persona)).status_code == 404
    assert client.post(page(persona, f"draft/{mine.id}/publish/"), {"seen": "1"}).status_code == 404
    assert client.post(page(persona, "draft/"), {"from": "now"}).status_code == 404
    assert in_force(persona) is None
    home = client.get("/admin/").content.decode()
    assert "/admin/bots/persona/" not in home
    assert "/admin/playground/" not in home


def test_a_manager_publishes_for_bots_of_their_own(persona: Persona, bot_of_it: Bot) -> None:
    client = browser(make_coach(bot_of_it, role=Role.MANAGER))
    mine = draft(persona, "One")
    assert "/admin/bots/persona/" in client.get("/admin/").content.decode()
    assert client.get(f"/admin/bots/persona/{persona.id}/change/").status_code == 200
    assert page(persona, f"draft/{mine.id}/publish/") in client.get(page(persona)).content.decode()
    client.post(page(persona, f"draft/{mine.id}/publish/"), {"seen": "1"})
    assert in_force(persona) == "One"


def test_a_persona_that_speaks_for_other_bots_too_is_drafted_and_not_published(
    persona: Persona, bot_of_it: Bot, other_bot: Bot
) -> None:
    Bot.objects.filter(id=other_bot.id).update(persona=persona)
    client = browser(make_coach(bot_of_it, role=Role.OWNER))
    first = publish(persona, "One")
    owned = owned_page = client.get(f"/admin/bots/persona/{persona.id}/change/")
    assert "and 1 bot that you do not see" in words(owned)
    assert other_bot.name not in words(owned_page)
    client.post(page(persona, "draft/"), {"from": "now"})
    mine = PromptDraft.objects.get(prompt__persona=persona)
    shown = client.get(page(persona))
    assert "This persona also speaks for bots whose prompts you may not change" in words(shown)
    assert "publish/" not in shown.content.decode()
    assert client.post(page(persona, f"draft/{mine.id}/publish/"), {"seen": "1"}).status_code == 403
    assert client.post(page(persona, f"version/{first.id}/publish/")).status_code == 403
    assert client.post(page(persona, "withdraw/")).status_code == 403
    form = {"seen": "1", "title": "", "body": "Two", "publish": "1"}
    assert client.post(page(persona, f"draft/{mine.id}/"), form).status_code == 403
    change = f"/admin/bots/persona/{persona.id}/change/"
    assert client.post(change, {"name": "x", "slug": persona.slug}).status_code == 403
    assert in_force(persona) == "One"


def test_a_persona_of_bots_of_others_does_not_exist(persona: Persona, bot_of_it: Bot, other_bot: Bot) -> None:
    idle = Persona.objects.create(slug=f"p-{uuid4().hex[:8]}", name="Idle of nobody")
    version = publish(persona, "One")
    client = browser(make_coach(other_bot, role=Role.OWNER))
    assert client.get(page(persona)).status_code == 404
    assert client.get(f"/admin/bots/persona/{persona.id}/change/").status_code == 404
    assert client.get(f"/admin/bots/promptversion/{version.id}/change/").status_code == 404
    listed = words(client.get("/admin/bots/persona/?q=of+nobody"))
    assert persona.name not in listed
    # Whose prompts speak nowhere yet is anybody's to prepare.
    assert idle.name in listed
    assert client.get(page(idle)).status_code == 200

"""How hard the coach may push on each stage, in one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from journey.errors import JourneyError
from journey.models import StageVersion
from journey.selectors.published_stages import published_stages
from journey.selectors.stage_wordings import stage_wordings
from journey.services.set_intensities import set_intensities
from journey.stages import LANGUAGES, StageCode, stage
from tests.journey.wordings import CODE, LANGUAGE, publish
from tests.web.people import browser, make_coach, make_user

pytestmark = pytest.mark.usefixtures("as_staff")

PAGE = "/admin/journey/stageversion/intensity/"
PLACE = (CODE, LANGUAGE)


@pytest.fixture(autouse=True)
def _wordings(as_staff: None, owner_database: psycopg.Connection[Any]) -> Iterator[None]:
    owner_database.execute("DELETE FROM stage_versions")
    yield
    owner_database.execute("DELETE FROM stage_versions")


@pytest.fixture
def owner(as_staff: None) -> Client:
    return browser(make_user(superuser=True))


def seen() -> dict[tuple[str, str], UUID | None]:
    return {place: each.version_id for place, each in stage_wordings().items()}


def form(**changed: str) -> dict[str, str]:
    """The table as a browser sends it; `ORDEAL_en="firm"` changes a row."""
    sent = {}
    for (code, language), each in stage_wordings().items():
        sent[f"how-{code}-{language}"] = changed.get(f"{code}_{language}", each.stage.intensity.value)
        sent[f"seen-{code}-{language}"] = str(each.version_id or "")
    return sent


def test_a_stage_is_set_anew_with_its_words_as_they_are() -> None:
    other = "soft" if stage(*PLACE).intensity != "soft" else "firm"
    (version,) = set_intensities(wanted={PLACE: other}, seen=seen(), author=None)
    assert (version.number, version.is_published, version.intensity) == (1, True, other)
    now = published_stages()[PLACE]
    assert now.intensity == other
    assert (now.name, now.questions) == (stage(*PLACE).name, stage(*PLACE).questions)
    assert set_intensities(wanted={PLACE: other}, seen=seen(), author=None) == []


def test_what_somebody_else_wrote_meanwhile_is_not_replaced_unseen() -> None:
    before = seen()
    publish(name="Trial")
    with pytest.raises(JourneyError) as refusal:
        set_intensities(
            wanted={PLACE: "firm", ("REWARD", "en"): "firm", ("REWARD", "ru"): "firm"},
            seen=before,
            author=None,
        )
    assert refusal.value.code == "journey.stage_changed"
    assert StageVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({("NOWHERE", "en"): "soft"}, "journey.stage_unknown"),
        ({("ORDEAL", "de"): "soft"}, "journey.stage_unknown"),
        ({("ORDEAL", "en"): "cruel"}, "journey.intensity_unknown"),
    ],
)
def test_what_is_not_known_is_refused(wanted: dict[tuple[str, str], str], code: str) -> None:
    with pytest.raises(JourneyError) as refusal:
        set_intensities(wanted=wanted, seen=seen(), author=None)
    assert refusal.value.code == code
    assert not StageVersion.objects.exists()


def test_the_table_has_a_row_for_each_stage(owner: Client) -> None:
    response = owner.get(PAGE)
    assert response.status_code == 200
    rows = response.context["stages"]
    assert [[each["code"] for each in row] for row in rows] == [[code] * len(LANGUAGES) for code in StageCode]
    for row in rows:
        for each in row:
            assert each["how"] == stage(each["code"], each["language"]).intensity
    assert PAGE in owner.get("/admin/journey/stageversion/").content.decode()


def test_several_stages_are_set_at_once_and_saving_again_changes_nothing(owner: Client) -> None:
    response = owner.post(PAGE, form(ORDEAL_en="firm", ORDEAL_ru="firm", REWARD_en="firm"))
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert {place: each.intensity.value for place, each in published_stages().items()} == {
        ("ORDEAL", "en"): "firm",
        ("ORDEAL", "ru"): "firm",
        ("REWARD", "en"): "firm",
    }
    assert "3 wordings are in force anew" in owner.get(PAGE).content.decode()
    owner.post(PAGE, form())
    assert "Nothing has changed." in owner.get(PAGE).content.decode()
    assert StageVersion.objects.count() == 3


def test_the_second_is_told_and_their_choice_stays(owner: Client) -> None:
    sent = form(ORDEAL_en="firm")
    publish(name="Trial")
    response = owner.post(PAGE, sent)
    assert response.status_code == 200
    assert "Somebody else has changed a stage" in response.content.decode()
    (ordeal,) = [
        each
        for row in response.context["stages"]
        for each in row
        if (each["code"], each["language"]) == PLACE
    ]
    assert ordeal["how"] == "firm"
    assert ordeal["seen"] == published_stages_id()
    assert owner.post(PAGE, {**sent, "seen-ORDEAL-en": str(ordeal["seen"])}).status_code == 302
    assert (published_stages()[PLACE].intensity, published_stages()[PLACE].name) == ("firm", "Trial")


def published_stages_id() -> UUID:
    return StageVersion.objects.get(is_published=True, code="ORDEAL", language="en").id


def test_nonsense_changes_nothing(owner: Client) -> None:
    assert owner.post(PAGE, {"how-ORDEAL-en": "cruel"}).status_code == 200
    assert owner.post(PAGE, {"how-ORDEAL-en": "firm", "seen-ORDEAL-en": str(uuid4())}).status_code == 200
    assert owner.post(PAGE, {}).status_code == 302
    assert not StageVersion.objects.exists()


def test_who_may_only_look_changes_nothing(owner: Client) -> None:
    looks = make_coach()
    looks.user_permissions.set(
        Permission.objects.filter(content_type__app_label="journey", codename="view_stageversion")
    )
    response = browser(looks).get(PAGE)
    assert response.status_code == 200
    assert "Put in force" not in response.content.decode()
    assert browser(looks).post(PAGE, form(ORDEAL_en="firm")).status_code == 403
    assert browser(make_coach()).get(PAGE).status_code == 403
    assert not StageVersion.objects.exists()

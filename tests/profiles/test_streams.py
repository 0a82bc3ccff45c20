"""The streams on offer, and how a change of them reaches running bots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.utils import translation

from bots.models import Bot
from core.clock import clock
from profiles.contracts import StreamOffer
from profiles.errors import ProfileError
from profiles.models import Stream
from profiles.selectors.offered_streams import offered_streams
from profiles.services.save_stream import save_stream, withdraw_stream
from tests.bots.notifications import heard_by

pytestmark = pytest.mark.usefixtures("as_staff")

Owner = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def slug(as_staff: None) -> Iterator[str]:
    """A stream of the test's own: the others look at the whole list."""
    slug = f"stream-{uuid4().hex[:8]}"
    yield slug
    Stream.objects.filter(slug=slug).delete()


def add(slug: str, **texts: Any) -> Stream:
    return save_stream(slug=slug, is_new=True, **{"name_ru": "Поток", "name_en": "Stream", **texts})


def offer(slug: str, language: str) -> StreamOffer | None:
    return next((each for each in offered_streams()[language] if each.slug == slug), None)


def test_the_five_streams_of_the_product_are_on_offer_in_their_order(as_staff: None) -> None:
    streams = offered_streams()
    slugs = ["hero-path", "past-lives", "open-heart", "shadow", "awakening"]
    for language, name in (("ru", "Путь Героя"), ("en", "Hero's Path")):
        known = [each for each in streams[language] if each.slug in slugs]
        assert [each.slug for each in known] == slugs
        assert (known[0].name, bool(known[0].description), known[0].url) == (name, True, "")


def test_a_new_stream_is_offered_in_both_languages(slug: str) -> None:
    add(
        slug,
        description_ru="О  воде.\r\nИ о суше.",
        description_en="About water.",
        url="https://relove.example/water",
        position=9,
    )
    assert offer(slug, "ru") == StreamOffer(
        slug, "Поток", "О  воде.\nИ о суше.", "https://relove.example/water"
    )
    assert offer(slug, "en") == StreamOffer(slug, "Stream", "About water.", "https://relove.example/water")
    assert offered_streams()["ru"][-1].slug == slug


def test_a_change_reaches_every_running_bot(
    bot: Bot, other_bot: Bot, slug: str, owner_database: Owner
) -> None:
    long_ago = clock.now() - timedelta(days=1)
    add(slug)
    ids = [bot.id, other_bot.id]
    Bot.objects.filter(id__in=ids).update(updated_at=long_ago)
    with heard_by(owner_database) as heard:
        save_stream(slug=slug, name_en="Renamed\nstream")
        assert {str(each) for each in ids} <= set(heard())
        assert not Bot.objects.filter(id__in=ids, updated_at=long_ago).exists()
        # Nothing new is nothing to tell.
        save_stream(slug=slug, name_en="Renamed stream")
        assert heard() == []
        assert withdraw_stream(slug=slug) is True
        assert {str(each) for each in ids} <= set(heard())
        assert withdraw_stream(slug=slug) is False
        assert heard() == []
    assert offer(slug, "en") is None
    assert Stream.objects.get(slug=slug).name_en == "Renamed stream"


def test_a_withdrawn_stream_can_be_offered_again(slug: str) -> None:
    add(slug)
    withdraw_stream(slug=slug)
    save_stream(slug=slug, is_offered=True)
    assert offer(slug, "ru") is not None


def test_who_reads_russian_is_refused_a_stream_in_russian(slug: str) -> None:
    told = []
    with translation.override("ru"):
        for texts in ({"name_en": "x" * 61}, {"url": "ftp://relove.example/x"}):
            with pytest.raises(ProfileError) as new:
                add(slug, **texts)
            told.append(new.value.message)
        add(slug)
        with pytest.raises(ProfileError) as new:
            add(slug)
        told.append(new.value.message)
    assert told[0].startswith("Название по-английски: Убедитесь, что")
    assert told[1:] == [
        "Адрес начинается с https:// или http://.",
        f"Программа «{slug}» уже есть.",
    ]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"name_ru": " "}, "profiles.stream_invalid"),
        ({"name_en": "x" * 61}, "profiles.stream_invalid"),
        ({"url": "https://"}, "profiles.stream_invalid"),
        ({"url": "javascript:alert(1)"}, "profiles.url_unfit"),
        ({"url": "ftp://relove.example/x"}, "profiles.url_unfit"),
        ({"position": -1}, "profiles.stream_invalid"),
    ],
)
def test_a_stream_that_cannot_be_is_refused_in_words(slug: str, texts: dict[str, Any], code: str) -> None:
    with pytest.raises(ProfileError) as new:
        add(slug, **texts)
    assert (new.value.code, bool(new.value.message)) == (code, True)
    assert not Stream.objects.filter(slug=slug).exists()
    add(slug)
    with pytest.raises(ProfileError):
        save_stream(slug=slug, **texts)
    assert Stream.objects.get(slug=slug).name_en == "Stream"


def test_a_slug_fits_a_button_is_one_and_stays(slug: str) -> None:
    add(slug)
    for unfit in ("", "Поток", "UPPER", "a b", "x" * 33):
        with pytest.raises(ProfileError) as refused:
            add(unfit)
        assert refused.value.code == "profiles.slug_unfit"
    with pytest.raises(ProfileError) as taken:
        add(slug)
    assert taken.value.code == "profiles.slug_taken"
    with pytest.raises(ProfileError) as gone:
        save_stream(slug=f"{slug}-x", name_ru="Поток")
    assert gone.value.code == "profiles.stream_unknown"

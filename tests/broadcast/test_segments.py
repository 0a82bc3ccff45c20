"""Criteria that staff keep under a name."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from broadcast.contracts import ITSELF, By
from broadcast.criteria.errors import CriteriaError
from broadcast.errors import BroadcastError
from broadcast.models import Segment
from broadcast.selectors.segments import segment_criteria, segment_names, segments
from broadcast.services.keep_segment import forget_segment, keep_segment
from tests.web.people import make_user


@pytest.fixture(autouse=True)
def _none(as_staff: None) -> Iterator[None]:
    Segment.objects.all().delete()
    yield
    Segment.objects.all().delete()


def test_criteria_are_kept_as_they_are_written_in_one_way() -> None:
    kept = keep_segment(name="  Young \n women ", criteria="age=18..30,gender=f", by=ITSELF)
    assert (kept.name, kept.criteria) == ("Young women", "gender=female, age=18..30")
    assert segment_criteria(segment_id=kept.id) == "gender=female, age=18..30"
    assert segment_names() == [(kept.id, "Young women")]


def test_the_same_name_is_the_same_segment() -> None:
    first = keep_segment(name="Women", criteria="gender=female", by=ITSELF)
    second = keep_segment(name="Women", criteria="gender=female, age>=18", by=ITSELF)
    assert first.id == second.id
    assert Segment.objects.get().criteria == "gender=female, age>=18"


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "\x00"])
def test_a_segment_has_a_name(name: str) -> None:
    with pytest.raises(BroadcastError) as refused:
        keep_segment(name=name, criteria="gender=female", by=ITSELF)
    assert refused.value.code == "broadcast.segment_unnamed"
    assert not Segment.objects.exists()


def test_everybody_is_no_segment() -> None:
    with pytest.raises(BroadcastError) as refused:
        keep_segment(name="All", criteria="  ", by=ITSELF)
    assert refused.value.code == "broadcast.segment_everybody"


def test_what_is_not_understood_is_not_kept() -> None:
    with pytest.raises(CriteriaError):
        keep_segment(name="Odd", criteria="gander=female", by=ITSELF)
    assert not Segment.objects.exists()


def test_segments_say_whom_they_mean() -> None:
    keep_segment(name="B", criteria="gender=female", by=ITSELF)
    Segment.objects.create(name="A", criteria="streams=gone-long-ago")
    found = segments(language="en")
    assert [(each.name, each.sentence) for each in found] == [("A", ""), ("B", "women")]


def test_a_segment_is_forgotten() -> None:
    kept = keep_segment(name="Women", criteria="gender=female", by=ITSELF)
    assert forget_segment(segment_id=kept.id, by=ITSELF)
    assert not forget_segment(segment_id=kept.id, by=ITSELF)


def test_what_somebody_keeps_is_changed_by_them_and_by_superusers() -> None:
    mine, other, root = (
        By(user_id=make_user().pk),
        By(user_id=make_user().pk),
        By(user_id=make_user(superuser=True).pk),
    )
    kept = keep_segment(name="Women", criteria="gender=female", by=mine)
    with pytest.raises(BroadcastError) as taken:
        keep_segment(name="Women", criteria="gender=male", by=other)
    assert taken.value.code.endswith("segment_taken")
    with pytest.raises(BroadcastError):
        forget_segment(segment_id=kept.id, by=other)
    assert segment_criteria(segment_id=kept.id) == "gender=female"
    keep_segment(name="Women", criteria="gender=female, age>=18", by=mine)
    keep_segment(name="Women", criteria="gender=female, age>=20", by=root)
    assert segment_criteria(segment_id=kept.id) == "gender=female, age>=20"
    assert forget_segment(segment_id=kept.id, by=mine)
    assert segment_criteria(segment_id=uuid4()) is None

from __future__ import annotations

import itertools
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.moves import Judgement, Move, Standing, decide
from journey.stages import StageCode

# From the stage of the row to that of the column: "=" stays, "." is near, "<" is too far back, ">" too far ahead.
REACH = (
    "=..>>>>>>>>>",
    ".=..>>>>>>>>",
    "<.=..>>>>>>>",
    "<<.=..>>>>>>",
    "<<<.=..>>>>>",
    "<<<<.=..>>>>",
    "<<<<<.=..>>>",
    "<<<<<<.=..>>",
    "<<<<<<<.=..>",
    "<<<<<<<<.=..",
    "<<<<<<<<<.=.",
    "<<<<<<<<<<.=",
)
STAGES = list(StageCode)
PAIRS = [(was, to, REACH[row][column]) for row, was in enumerate(STAGES) for column, to in enumerate(STAGES)]
FIRST, SECOND, THIRD = STAGES[:3]
WORDS = ("I have had enough of waiting",)

SURE, LIKELY, DOUBTFUL = (0.85, 0.9, 1.0), (0.5, 0.7, 0.8499), (0.0, 0.2, 0.4999)
NO_CONFIDENCE = (-0.1, 1.0001, 7.0, -inf, inf, nan)


def judged(to: StageCode | None, confidence: float, quotes: tuple[str, ...] = WORDS) -> Judgement:
    return Judgement(to, confidence, quotes)


def expected(was: StageCode, to: StageCode, reach: str) -> Move:
    if reach == "=":
        return Move("stays", was, to)
    is_ahead = STAGES.index(to) > STAGES.index(was)
    return Move("enters", was, to, completes=was if is_ahead else None)


@pytest.mark.parametrize(("was", "to", "reach"), PAIRS)
def test_each_step_is_taken_or_refused_by_its_length_and_the_confidence(
    was: StageCode, to: StageCode, reach: str
) -> None:
    for confidence in SURE:
        assert decide(Standing(was), judged(to, confidence)) == expected(was, to, reach)
    refusal = {"<": "too_far_back", ">": "too_far_ahead"}.get(reach)
    for confidence in LIKELY:
        likely = Move("refused", was, to, refusal) if refusal else expected(was, to, reach)
        assert decide(Standing(was), judged(to, confidence)) == likely
    for confidence in DOUBTFUL:
        assert decide(Standing(was), judged(to, confidence)) == Move("refused", was, to, "low_confidence")


@pytest.mark.parametrize(("was", "to", "reach"), PAIRS)
def test_a_disputed_stage_takes_high_confidence_however_near_it_is(
    was: StageCode, to: StageCode, reach: str
) -> None:
    # Somebody may stand again on a stage that they disputed: there the dispute is settled.
    standing = Standing(was, frozenset({to}))
    for confidence in SURE:
        assert decide(standing, judged(to, confidence)) == expected(was, to, reach)
    for confidence in LIKELY:
        likely = expected(was, to, reach) if reach == "=" else Move("refused", was, to, "disputed")
        assert decide(standing, judged(to, confidence)) == likely
    for confidence in DOUBTFUL:
        assert decide(standing, judged(to, confidence)) == Move("refused", was, to, "low_confidence")


@pytest.mark.parametrize("to", STAGES)
def test_whoever_has_not_set_out_may_begin_anywhere(to: StageCode) -> None:
    for confidence in LIKELY + SURE:
        assert decide(Standing(None), judged(to, confidence)) == Move("enters", None, to)
    for confidence in DOUBTFUL:
        assert decide(Standing(None), judged(to, confidence)) == Move("refused", None, to, "low_confidence")
    disputed = Standing(None, frozenset({to}))
    assert decide(disputed, judged(to, LIKELY[-1])) == Move("refused", None, to, "disputed")
    assert decide(disputed, judged(to, SURE[0])) == Move("enters", None, to)


@pytest.mark.parametrize(("was", "to"), list(itertools.product([None, *STAGES], STAGES)))
def test_disputes_of_other_stages_change_nothing(was: StageCode | None, to: StageCode) -> None:
    others = frozenset(STAGES) - {to}
    for confidence in (*DOUBTFUL, *LIKELY, *SURE):
        judgement = judged(to, confidence)
        assert decide(Standing(was, others), judgement) == decide(Standing(was), judgement)


@pytest.mark.parametrize("was", [None, *STAGES])
def test_no_stage_is_unclear_whatever_the_confidence(was: StageCode | None) -> None:
    for confidence in (*DOUBTFUL, *LIKELY, *SURE, *NO_CONFIDENCE):
        assert decide(Standing(was), judged(None, confidence)) == Move("unclear", was, None)


@pytest.mark.parametrize("quotes", [(), ("",), ("  ", "\n")])
@pytest.mark.parametrize("was", [None, *STAGES])
def test_nobody_is_moved_without_words_of_their_own(was: StageCode | None, quotes: tuple[str, ...]) -> None:
    for to in STAGES:
        for confidence in (*DOUBTFUL, *SURE):
            move = decide(Standing(was, frozenset({to})), judged(to, confidence, quotes))
            assert move == Move("refused", was, to, "no_evidence")


@pytest.mark.parametrize("confidence", NO_CONFIDENCE)
def test_what_is_no_number_from_0_to_1_is_no_confidence(confidence: float) -> None:
    assert judged(SECOND, confidence).trust == 0.0
    for was, to in itertools.product([None, *STAGES], STAGES):
        assert decide(Standing(was), judged(to, confidence)) == Move("refused", was, to, "low_confidence")


def test_only_the_stage_that_is_left_is_completed_and_not_one_that_is_skipped() -> None:
    assert decide(Standing(FIRST), judged(THIRD, 0.6)).completes == FIRST
    assert decide(Standing(THIRD), judged(SECOND, 0.6)).completes is None


@given(
    was=st.sampled_from([None, *STAGES]),
    to=st.sampled_from([None, *STAGES]),
    disputed=st.frozensets(st.sampled_from(STAGES)),
    confidence=st.floats(),
    quotes=st.lists(st.text(max_size=5), max_size=3).map(tuple),
)
def test_a_move_is_always_one_of_four_kinds_and_says_why_it_is_refused(
    was: StageCode | None,
    to: StageCode | None,
    disputed: frozenset[StageCode],
    confidence: float,
    quotes: tuple[str, ...],
) -> None:
    move = decide(Standing(was, disputed), Judgement(to, confidence, quotes))
    assert (move.was, move.to) == (was, to)
    assert (move.kind == "unclear") == (to is None)
    assert (move.kind == "refused") == bool(move.reason)
    assert (move.kind == "stays") == (not move.reason and was == to and to is not None)
    if move.completes:
        assert (move.kind, move.completes) == ("enters", was)
    # More confidence never turns a move into a refusal.
    if move.kind in {"enters", "stays"}:
        assert decide(Standing(was, disputed), Judgement(to, 1.0, quotes)) == move

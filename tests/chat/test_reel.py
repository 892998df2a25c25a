from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.reel import ABOVE, BELOW, FEW, GUESS, Gap, Reel


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    kind: str = "line"


def reel_of(count: int, *, height: float | None = 10.0) -> Reel[Row]:
    reel: Reel[Row] = Reel(lambda row: row.kind)
    reel.put([Row(f"{number}") for number in range(count)])
    for row in reel.rows if height is not None else ():
        reel.measured(row.key, height or 0)
    return reel


def shape(items: list[Row | Gap]) -> list[str | tuple[str, float]]:
    """Return the gaps with their heights, and of the rows between them the first and the last."""
    found: list[str | tuple[str, float]] = []
    run: list[str] = []
    for item in items:
        if isinstance(item, Gap):
            found += [run[0], run[-1]] if run else []
            found.append((item.key, item.height))
            run = []
        else:
            run.append(item.key)
    return found + ([run[0], run[-1]] if run else [])


def test_few_rows_are_all_in_the_page() -> None:
    reel = reel_of(FEW)
    assert reel.items(0, 1) == list(reel.rows)


def test_of_many_only_those_in_reach_are_and_gaps_are_as_high_as_the_others() -> None:
    assert shape(reel_of(100).items(300, 400)) == [(ABOVE, 300.0), "30", "40", (BELOW, 590.0)]


def test_at_either_end_there_is_no_gap() -> None:
    assert shape(reel_of(100).items(-200, 50)) == ["0", "5", (BELOW, 940.0)]
    assert shape(reel_of(100).items(950, 2_000)) == [(ABOVE, 950.0), "95", "99"]


def test_what_is_kept_stays_wherever_it_is() -> None:
    items = reel_of(100).items(500, 520, [("12", "10"), ("90", "90"), ("gone", "gone")])
    assert shape(items) == [
        (ABOVE, 100.0),
        "10",
        "12",
        ("gap/50", 370.0),
        "50",
        "52",
        ("gap/90", 370.0),
        "90",
        "90",
        (BELOW, 90.0),
    ]


def test_what_is_kept_within_reach_makes_no_gap() -> None:
    assert shape(reel_of(100).items(0, 100, [("5", "15"), ("3", "4")])) == ["0", "15", (BELOW, 840.0)]


def test_a_row_that_was_never_measured_is_taken_to_be_as_high_as_others_of_its_kind() -> None:
    reel: Reel[Row] = Reel(lambda row: row.kind)
    reel.put([Row("a"), Row("b", "day"), Row("c"), Row("d", "day"), Row("e", "new")])
    assert reel.length == 5 * GUESS
    reel.measured("a", 20)
    assert reel.length == 5 * 20
    reel.measured("b", 50)
    assert [reel.bottom(key) - reel.top(key) for key in "abcde"] == [20, 50, 20, 50, 35]


def test_a_height_is_remembered_while_a_row_is_away_for_a_moment() -> None:
    reel = reel_of(3)
    reel.measured("1", 30)
    reel.put([Row("0")])
    reel.put([Row("0"), Row("1"), Row("2")])
    assert (reel.top("1"), reel.bottom("1"), reel.length) == (10, 40, 50)


def test_heights_of_what_is_gone_for_good_are_not_kept_for_ever() -> None:
    reel = reel_of(1_000, height=7)
    reel.put([Row("again")])
    reel.measured("again", 9)
    reel.put([Row(f"{number}") for number in range(1_000)])
    assert reel.length == pytest.approx(1_000 * (7_000 + 9) / 1_001)


def test_another_width_makes_all_heights_unknown() -> None:
    reel = reel_of(3)
    reel.forget()
    assert reel.length == 3 * GUESS


def test_an_offset_leads_to_the_row_there() -> None:
    reel = reel_of(3)
    assert [reel.at(offset) for offset in (-5, 0, 9.9, 10, 29, 30, 99)] == [0, 0, 0, 1, 2, 2, 2]
    reel.clear()
    with pytest.raises(ValueError, match="no rows"):
        reel.at(0)
    assert (reel.length, "0" in reel) == (0, False)


@given(
    st.lists(st.floats(1, 300), min_size=FEW + 1, max_size=150),
    st.floats(-500, 20_000),
    st.floats(0, 2_000),
    st.lists(st.tuples(st.integers(0, 149), st.integers(0, 149)), max_size=3),
)
def test_rows_and_gaps_together_are_as_high_as_all_rows_in_their_order(
    heights: list[float], start: float, height: float, kept: list[tuple[int, int]]
) -> None:
    reel: Reel[Row] = Reel(lambda row: row.kind)
    reel.put([Row(f"{number}") for number in range(len(heights))])
    for number, each in enumerate(heights):
        reel.measured(f"{number}", each)
    pairs = [(f"{one}", f"{other}") for one, other in kept]
    items = reel.items(start, start + height, pairs)
    shown = [item for item in items if not isinstance(item, Gap)]
    assert sum(item.height if isinstance(item, Gap) else heights[int(item.key)] for item in items) == pytest.approx(
        sum(heights)
    )
    assert [reel.index(row.key) for row in shown] == sorted({reel.index(row.key) for row in shown})
    for row in reel.rows:
        if reel.bottom(row.key) > start and reel.top(row.key) < start + height:
            assert row in shown
    for one, other in kept:
        if max(one, other) < len(heights):
            assert {row.key for row in shown} >= {f"{number}" for number in range(min(one, other), max(one, other) + 1)}
    keys = [item.key for item in items]
    assert len(keys) == len(set(keys))

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.reel import ABOVE, BELOW, FEW, Gap
from chat.view import AHEAD, ENOUGH, Hold, View

SCREEN = 500.0


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    hold: Hold = Hold.FIRM


@dataclass
class FakePane:
    """A browser's part: every row has a height of its own, which nobody knows before it is in the page."""

    heights: dict[str, float] = field(default_factory=dict)
    header: float = 40.0
    height: float = SCREEN
    width: float = 700.0
    items: Sequence[Row | Gap] = ()
    marked: list[tuple[str, str]] = field(default_factory=list)
    sets: int = 0
    """How often it was told how far to be scrolled."""
    _scroll: float = 0.0

    @property
    def scroll(self) -> float:
        return max(0.0, min(self._scroll, self.length - self.height))

    @scroll.setter
    def scroll(self, scroll: float) -> None:
        self.sets += 1
        self._scroll = scroll
        self._scroll = self.scroll

    @property
    def length(self) -> float:
        return max(self.height, self.header + sum(self._high(item) for item in self.items))

    def show(self, items: Sequence[Row | Gap]) -> None:
        self.items = list(items)
        keys = [item.key for item in items]
        assert len(keys) == len(set(keys))

    def places(self) -> list[float]:
        # What is less than a screen stands at its end.
        found = [self.length - sum(self._high(item) for item in self.items)]
        for item in self.items:
            found.append(found[-1] + self._high(item))
        return found

    def kept(self) -> list[tuple[str, str]]:
        return self.marked

    def _high(self, item: Row | Gap) -> float:
        return item.height if isinstance(item, Gap) else self.heights.setdefault(item.key, 20.0)

    # What a test sees.

    def top(self, key: str) -> float | None:
        """Where on the screen a row begins, None if it is not in the page."""
        for item, place in zip(self.items, self.places(), strict=False):
            if item.key == key:
                return place - self.scroll
        return None

    def bottom(self, key: str) -> float | None:
        top = self.top(key)
        return None if top is None else top + self.heights[key]

    def seen(self) -> list[str]:
        """What is on the screen, gaps included."""
        places = self.places()
        return [
            item.key
            for item, top, bottom in zip(self.items, places, places[1:], strict=False)
            if top < self.scroll + self.height and bottom > self.scroll
        ]

    def nodes(self) -> int:
        return len(self.items)


def rows(count: int, first: int = 0) -> list[Row]:
    return [Row(f"{number}") for number in range(first, first + count)]


def view_of(pane: FakePane) -> View[Row]:
    return View(pane, lambda row: row.hold, lambda row: row.hold)


def opened(count: int, heights: Callable[[int], float] = lambda _: 20.0) -> tuple[FakePane, View[Row]]:
    """Return a view at the end of so many rows."""
    pane = FakePane({f"{number}": heights(number) for number in range(count)})
    view = view_of(pane)
    view.put(rows(count))
    return pane, view


def move(pane: FakePane, view: View[Row], by: float) -> None:
    """Scroll as the reader does."""
    pane.scroll += by
    view.scrolled()


def uneven(number: int) -> float:
    return 20.0 + 180.0 * (number % 7 == 0) + number % 3


def test_it_opens_at_the_end_with_what_is_near_and_no_more() -> None:
    pane, view = opened(10_000, uneven)
    assert pane.scroll == pane.length - SCREEN
    assert pane.seen()[-1] == "9999"
    assert pane.nodes() < 120
    assert view.held is None


def test_at_the_end_it_stays_at_the_end_whatever_arrives_or_grows() -> None:
    pane, view = opened(300, uneven)
    view.put(rows(301))
    assert pane.bottom("300") == SCREEN
    pane.heights["300"] = 400.0
    view.resized()
    assert pane.bottom("300") == SCREEN
    pane.height = 200.0  # a keyboard has opened
    view.resized()
    assert pane.bottom("300") == 200.0


def test_further_up_nothing_that_arrives_moves_it() -> None:
    pane, view = opened(300, uneven)
    move(pane, view, -1_000)
    first = pane.seen()[1]
    was = pane.top(first)
    assert view.held == pane.seen()[0]
    view.put([*rows(320)])
    assert pane.top(first) == was
    assert not view.pinned


def test_what_comes_above_or_grows_there_does_not_move_it() -> None:
    pane, view = opened(300, uneven)
    move(pane, view, -1_000)
    first = pane.seen()[1]
    was = pane.top(first)
    view.put([*rows(50, 1_000), *rows(300)])
    assert pane.top(first) == was
    above = pane.items[1].key
    pane.heights[above] += 333.0
    view.resized()
    assert pane.top(first) == was


def test_a_row_that_grows_in_the_view_moves_nothing_below_its_end_if_it_is_the_first() -> None:
    pane, view = opened(300)
    move(pane, view, -1_005)
    first, second = pane.seen()[:2]
    was = pane.top(second)
    pane.heights[first] += 100.0
    view.resized()
    assert pane.top(second) == was


def test_where_the_held_row_goes_the_next_one_holds() -> None:
    pane, view = opened(300)
    move(pane, view, -1_005)
    first, second = pane.seen()[:2]
    was = pane.top(second)
    view.put([row for row in rows(300) if row.key != first])
    assert pane.top(second) == was
    assert view.held == pane.seen()[0]


def test_the_line_of_a_day_is_no_hold() -> None:
    pane, view = opened(0)
    day = [*rows(10), Row("day", Hold.LOOSE), *rows(90, 10)]
    view.put(day)
    view.lead_to("day", 0.0)
    assert pane.seen()[0] == "day"
    was = pane.top("10")
    view.put([row for row in day if row.key != "day"])
    assert pane.top("10") == was


def test_what_fills_a_hole_comes_where_one_does_not_read() -> None:
    pane, view = opened(0)
    with_hole = [*rows(100), Row("hole", Hold.HOLE), *rows(100, 200)]
    view.put(with_hole)
    view.lead_to("hole", 0.3)
    assert pane.top("99") is not None
    was = pane.top("200")
    view.put([*rows(100), Row("hole", Hold.HOLE), *rows(150, 150)])
    assert pane.top("200") == was
    view.put(with_hole)
    view.lead_to("hole", 0.8)
    was = pane.top("99")
    view.put([*rows(150), Row("hole", Hold.HOLE), *rows(100, 200)])
    assert pane.top("99") == was


def test_scrolling_shows_row_after_row_and_no_gap() -> None:
    pane, view = opened(2_000, uneven)
    met: list[str] = []
    while pane.scroll > 0:
        seen = pane.seen()
        assert not any(key.startswith("gap") for key in seen)
        met += reversed([key for key in seen if key not in met[-60:]])
        assert pane.nodes() < 150
        was = pane.top(seen[0])
        move(pane, view, -120)
        now = pane.top(seen[0])
        assert was is not None
        assert now is not None
        assert abs(now - was - 120) < 1e-6 or pane.scroll == 0
    assert [int(key) for key in met] == list(range(1_999, -1, -1))


def test_scrolling_hardly_ever_sets_how_far_the_pane_is_scrolled() -> None:
    pane, view = opened(2_000, uneven)
    moves = 0
    pane.sets = 0
    while pane.scroll > 2 * SCREEN:
        move(pane, view, -120)
        moves += 1
    assert pane.sets - moves < moves / 20


def test_one_who_drags_the_bar_far_away_sees_rows_there() -> None:
    pane, view = opened(2_000, uneven)
    for share in (0.5, 0.01, 0.99, 0.3):
        pane.scroll = share * (pane.length - SCREEN)
        view.scrolled()
        assert not any(key.startswith("gap") for key in pane.seen())
        assert abs(int(pane.seen()[0]) - share * 2_000) < 100


def test_the_first_row_can_be_reached_and_what_stands_above_it() -> None:
    pane, view = opened(2_000, uneven)
    view.to_start()
    assert pane.scroll == 0
    assert pane.seen()[0] == "0"
    assert pane.top("0") == pane.header
    move(pane, view, 5_000)
    view.to_end()
    assert pane.bottom("1999") == SCREEN


def test_one_is_led_to_a_row_wherever_it_is() -> None:
    pane, view = opened(2_000, uneven)
    view.lead_to("700", 0.5)
    top, bottom = pane.top("700"), pane.bottom("700")
    assert top is not None
    assert bottom is not None
    assert abs((top + bottom) / 2 - SCREEN / 2) < 1
    assert view.reach("700") == pytest.approx((top, bottom))
    assert view.reach("0")[1] < -1_000
    view.lead_to("1999", 0.5)
    assert pane.bottom("1999") == SCREEN


def test_another_width_keeps_the_row_one_reads() -> None:
    pane, view = opened(2_000, uneven)
    view.lead_to("700", 0.0)
    view.scrolled()
    bottom = pytest.approx(pane.bottom("700"))
    pane.width, pane.height = 350.0, 900.0
    pane.heights = {key: 2 * height for key, height in pane.heights.items()}
    view.resized()
    assert pane.bottom("700") == bottom
    assert not any(key.startswith("gap") for key in pane.seen())


def test_a_size_that_is_the_same_costs_nothing() -> None:
    pane, view = opened(300)
    pane.sets = 0
    view.resized()
    assert pane.sets == 0


def test_what_has_the_focus_stays_in_the_page() -> None:
    pane, view = opened(2_000, uneven)
    pane.marked = [("1990", "1990")]
    for _ in range(60):
        move(pane, view, -400)
    assert pane.top("1990") is not None
    assert view.kept == [("1990", "1990")]
    pane.marked = []
    for _ in range(10):
        move(pane, view, -400)
    assert pane.top("1990") is None


@pytest.mark.parametrize(("edge", "by"), [(ABOVE, -400), (BELOW, 400)])
def test_what_is_marked_beyond_the_edge_goes_as_far_as_the_view_and_stays_whole(edge: str, by: float) -> None:
    pane, view = opened(2_000)
    view.lead_to("1000", 0.5)
    pane.marked = [("1000", edge)]
    for _ in range(60):
        move(pane, view, by)
    there = [int(item.key) for item in pane.items if isinstance(item, Row)]
    assert there == list(range(there[0], there[-1] + 1))
    assert 1000 in there
    [run] = view.kept
    first, last = sorted(map(int, run))
    assert [row.key for row in view.between(*run)] == [str(number) for number in range(first, last + 1)]
    assert 1000 in {first, last}
    assert len(there) >= 1_000
    assert view.between("1000", "gone") == []


def test_another_list_begins_at_its_end() -> None:
    pane, view = opened(300)
    move(pane, view, -2_000)
    view.clear()
    assert (pane.items, view.pinned, list(view.rows)) == ([], True, [])
    view.put(rows(80, 5_000))
    assert pane.bottom("5079") == SCREEN
    assert "5000" in view
    assert (view.row("5000"), view.row("0")) == (Row("5000"), None)


def test_a_few_rows_stand_at_the_end_of_the_pane() -> None:
    pane, view = opened(3)
    assert pane.bottom("2") == SCREEN
    assert view.reach("0") == (SCREEN - 60, SCREEN - 40)
    view.put([])
    view.to_start()
    view.scrolled()
    assert view.held is None


class Reader:
    """Who reads while anything may happen to the rows."""

    def __init__(self, count: int) -> None:
        self.pane, self.view = opened(count, uneven)
        self.rows = rows(count)
        self.fresh = 10_000

    def happens(self, what: str, where: int, size: float) -> None:
        number = where % (len(self.rows) + 1)
        match what:
            case "insert":
                new = rows(int(size) % 40 + 1, self.fresh)
                self.fresh += len(new)
                self.pane.heights |= {row.key: 5.0 + (size + 13 * at) % 200 for at, row in enumerate(new)}
                self.rows = [*self.rows[:number], *new, *self.rows[number:]]
            case "remove" if len(self.rows) > FEW:
                self.rows = [*self.rows[:number], *self.rows[number + int(size) % 10 + 1 :]]
            case "grow" if number < len(self.rows):
                self.pane.heights[self.rows[number].key] = size
            case "header":
                self.pane.header = size
            case "height":
                self.pane.height = 150.0 + size
            case "width":
                self.pane.width = size
                self.pane.heights = {key: height * (0.5 + size / 300) for key, height in self.pane.heights.items()}
            case _:
                pass
        if what in {"insert", "remove"}:
            self.view.put(self.rows)
        else:
            self.view.resized()


@settings(deadline=None)
@given(
    st.integers(20, 400),
    st.lists(
        st.tuples(
            st.sampled_from(["insert", "remove", "grow", "header", "height", "width", "scroll", "jump"]),
            st.integers(0, 10_000),
            st.floats(1, 300),
        ),
        max_size=20,
    ),
)
def test_whatever_happens_the_row_one_reads_keeps_its_place(
    count: int, happenings: list[tuple[str, int, float]]
) -> None:
    reader = Reader(count)
    pane, view = reader.pane, reader.view
    for what, where, size in happenings:
        if what == "scroll":
            move(pane, view, size * 5 - 750)
        elif what == "jump":
            pane.scroll = where % 1_000 / 1_000 * pane.length
            view.scrolled()
        else:
            pinned, was = view.pinned, (pane.scroll, pane.length, pane.height)
            wanted = [(key, pane.bottom(key)) for key in pane.seen() if not key.startswith("gap")]
            reader.happens(what, where, size)
            stays = next(((key, at) for key, at in wanted if key in view), None)
            if pinned and (pane.scroll, pane.length, pane.height) != was:
                assert pane.scroll == pytest.approx(pane.length - pane.height)
            elif stays is not None and 0 < pane.scroll < pane.length - pane.height - 1e-6:
                assert pane.bottom(stays[0]) == pytest.approx(stays[1], abs=0.5)
            view.scrolled()  # A browser tells of every scroll, also of those that were asked for.
        assert not any(key.startswith("gap") for key in pane.seen())
        least = min(pane.heights.values())
        assert pane.nodes() <= max(FEW, (2 * AHEAD + 2 * ENOUGH + 1) * SCREEN / least + 4)

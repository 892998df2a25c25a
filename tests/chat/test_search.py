import pytest

from chat.messages import Malformed
from chat.search import LONGEST, Found, Hit, Piece, Search, pieces, read
from tests.chat.made import NOON, YOU


def hit(text: str = "tea and cake", *found: tuple[int, int], seq: int = 1) -> Hit:
    return Hit("zoo", seq, YOU, NOON, text, found)


def test_a_hit_is_read() -> None:
    told = {"room": "zoo", "seq": 1, "id": "id-1", "author": {"id": YOU.id, "name": YOU.name}, "at": NOON}
    assert read({**told, "text": "tea", "found": [[0, 3]]}) == hit("tea", (0, 3))
    with pytest.raises(Malformed):
        read(told)


def test_what_was_found_is_marked() -> None:
    assert pieces(hit("tea and\ncake", (0, 3), (8, 12))) == [
        Piece("tea", marked=True),
        Piece(" and "),
        Piece("cake", marked=True),
    ]
    assert pieces(hit("tea")) == [Piece("tea")]


def test_of_a_long_text_the_part_around_the_first_is_shown() -> None:
    text = "a" * 500 + "tea" + "b" * 500
    shown = pieces(hit(text, (500, 503), (900, 901)))
    assert [piece.text for piece in shown] == ["…", "a" * 60, "tea", "b" * (LONGEST - 63) + "…"]
    assert [piece.marked for piece in shown] == [False, False, True, False]


def test_hits_come_page_by_page() -> None:
    search = Search()
    number = search.begin(" tea ")
    assert (search.query, search.busy, search.done) == ("tea", True, False)
    search.take(number, Found([hit(seq=9)], 7), more=False)
    following = search.go_on()
    assert following is not None
    assert search.go_on() is None
    search.take(following, Found([hit(seq=3)], None), more=True)
    assert [each.seq for each in search.hits] == [9, 3]
    assert (search.busy, search.done, search.go_on()) == (False, True, None)


def test_an_answer_that_comes_too_late_says_nothing() -> None:
    search = Search()
    old, new = search.begin("te"), search.begin("tea")
    search.take(old, Found([hit(seq=1)], None), more=False)
    search.fail(old, "unreachable")
    assert (search.hits, search.busy, search.problem) == ([], True, "")
    search.fail(new, "unreachable")
    assert (search.busy, search.problem) == (False, "unreachable")
    search.begin("")
    assert (search.busy, search.done, search.problem) == (False, False, "")

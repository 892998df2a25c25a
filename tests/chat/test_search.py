import re

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


def marked(text: str, *words: str) -> str:
    """Return what is shown of a message in which these were found, with brackets around what is marked."""
    ranges = tuple(sorted((each.start(), each.end()) for word in words for each in re.finditer(re.escape(word), text)))
    return "".join(f"[{each.text}]" if each.marked else each.text for each in pieces(hit(text, *ranges)))


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("One **interval**, and `clearInterval` too", ["interval"], "One [interval], and clearInterval too"),
        ("So:\n\n```python\ntick(interval)  # so\n```", ["interval"], "So: tick([interval]) # so"),
        ("- no gap\n- no *double*", ["double"], "no gap no [double]"),
        ("the **big bang** is a bang", ["big bang"], "the [big bang] is a bang"),
        ("the *big* **bang** is a bang", ["big* **bang"], "the [big bang] is a bang"),
        ("~~tea~~ and t*e*a", ["tea"], "[tea] and tea"),
        ("e\u0301cole *e\u0301cole*", ["e\u0301cole"], "[e\u0301cole] [e\u0301cole]"),
        ("1 * 2 * 3", ["2"], "1 * [2] * 3"),
    ],
)
def test_a_hit_is_shown_without_its_marks(text: str, words: list[str], shown: str) -> None:
    assert marked(text, *words) == shown


@pytest.mark.parametrize("text", ["[here](https://rebond.example/tea)", "```tea\nx\n```"])
def test_what_was_found_in_a_mark_itself_is_shown_as_it_was_typed(text: str) -> None:
    assert marked(text, "tea") == text.replace("\n", " ").replace("tea", "[tea]")


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

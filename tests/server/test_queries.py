"""What people type to search."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.queries import MAX_QUERY, MAX_TERMS, Query, Term, expression, parse

NOVEMBER_25 = 1_795_564_800_000


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("  * \" ' - ", Query()),
        ("two words", Query((Term("two"), Term("words")))),
        ('"a phrase" word', Query((Term("a phrase"), Term("word")))),
        ('"never ends', Query((Term("never ends"),))),
        ("begin* b* **", Query((Term("begin", prefix=True), Term("b")))),
        ("from:ada hello", Query((Term("hello"),), author="ada")),
        ('FROM:"Ada Lovelace" in:#den', Query(author="Ada Lovelace", room="den")),
        ("from:@ada in:", Query((Term("in:"),), author="ada")),
        ("before:2026-11-25", Query(before=NOVEMBER_25)),
        ("after:2026-11-25 tea", Query((Term("tea"),), after=NOVEMBER_25)),
        ("before:tomorrow", Query((Term("before:tomorrow"),))),
        ("http://a.example", Query((Term("http://a.example"),))),
        ("a AND b OR NOT text:c", Query(tuple(Term(word) for word in ["a", "AND", "b", "OR", "NOT", "text:c"]))),
    ],
)
def test_what_is_typed_is_understood(text: str, query: Query) -> None:
    assert parse(text) == query
    assert query.empty is (query == Query())


def test_no_more_is_looked_at_than_makes_sense() -> None:
    assert len(parse("word " * 100).terms) == MAX_TERMS
    assert parse(" " * MAX_QUERY + "word") == Query()


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as connection:
        tokenizer = "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'"
        connection.execute(f"CREATE VIRTUAL TABLE search USING fts5(text, room, author, {tokenizer})")
        connection.execute("INSERT INTO search VALUES ('hello \"world\" 1 élan', 'general', 'ada')")
        yield connection
    connection.close()


WORDS = st.sampled_from(
    ["hello", "AND", "OR", "NEAR(", '"', "*", "^", "(", ")", ":", "-", "{", "from:", "before:", "+"]
)


@given(st.text() | st.lists(WORDS, max_size=8).map(" ".join) | st.lists(WORDS, max_size=8).map("".join))
def test_no_text_at_all_is_an_error_or_more_than_words(index: sqlite3.Connection, text: str) -> None:
    query = parse(text)
    found = index.execute("SELECT rowid FROM search WHERE search MATCH ?", [expression(query, ["elsewhere"], "ada")])
    assert found.fetchall() == []  # whatever was typed, it is looked for in that room alone


@given(st.lists(st.sampled_from(["hello", "world", "HELLO", "elan", '"hello world"', "wor*"]), min_size=1))
def test_words_that_are_there_are_found(index: sqlite3.Connection, words: list[str]) -> None:
    expressed = expression(parse(" ".join(words)), ["general"], "ada")
    assert index.execute("SELECT rowid FROM search WHERE search MATCH ?", [expressed]).fetchall() == [(1,)]

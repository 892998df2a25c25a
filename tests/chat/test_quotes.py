from dataclasses import replace

import pytest

from chat.messages import Message, Told, from_event, message, record
from chat.quotes import EXCERPT, Quote, read
from chat.quotes import record as write
from chat.rows import MessageRow, Rows
from chat.timeline import Timeline
from rebond import wire
from tests.chat.made import ME, NOON, YOU, Greenwich, english
from tests.chat.made import message as made

ORIGINAL = made(1, YOU, "the first word")
BARE = Quote(1, ORIGINAL.id, YOU.id)


def reply(seq: int, quote: Quote = BARE) -> Message:
    return replace(made(seq, ME), re=quote)


def timeline(*messages: Message) -> Timeline:
    of = Timeline(ME.id)
    of.add_page(messages, before=None, head=9, more=True)
    return of


def quoted(of: Timeline, seq: int = 5) -> Quote | None:
    found = of.at(seq)
    return None if found is None else found.re


@pytest.mark.parametrize("quote", [BARE, ORIGINAL.quote, Quote(4, hidden=True)])
def test_a_quote_is_read_as_it_was_written(quote: Quote) -> None:
    assert read(write(quote)) == quote
    assert message(record(reply(5, quote))).re == quote


@pytest.mark.parametrize("value", [None, 3, {}, {"seq": "x"}, {"seq": 3}, {"seq": 3, "id": "a", "author": 4}])
def test_what_is_no_quote_is_none(value: object) -> None:
    assert read(value) is None


def test_an_event_names_what_it_replies_to() -> None:
    told = {"id": ORIGINAL.id, "author": YOU.id, "seq": 1}
    body = {"id": "id-000005", "author": {"id": ME.id, "name": ME.name}, "text": "yes", "re": told}
    assert from_event(wire.Event("room:r", 5, "message", NOON, body)).re == BARE


def test_a_quote_shows_what_it_is_about_whichever_comes_first() -> None:
    assert quoted(timeline(ORIGINAL, reply(5))) == ORIGINAL.quote
    of = timeline(reply(5))
    assert quoted(of) == BARE
    of.add_page([ORIGINAL], before=5, head=9, more=False)
    assert quoted(of) == ORIGINAL.quote
    assert [each.seq for each in of.take_news()] == [1, 5]


def test_a_quote_changes_with_the_message() -> None:
    of = timeline(ORIGINAL, reply(5))
    of.take_news()
    of.change(Told(ORIGINAL.key, 10, NOON, "better"))
    assert quoted(of) == replace(ORIGINAL.quote, text="better")
    of.change(Told(ORIGINAL.key, 11, NOON, None))
    assert quoted(of) == replace(ORIGINAL.quote, text="", deleted=True)
    assert [each.seq for each in of.take_news()] == [1, 5]


def test_nothing_stays_in_a_quote_of_a_message_that_is_not_here_itself() -> None:
    of = timeline(reply(5, ORIGINAL.quote))
    of.change(Told(ORIGINAL.key, 10, NOON, None))
    assert quoted(of) == replace(ORIGINAL.quote, text="", deleted=True)


def test_what_may_not_be_seen_stays_hidden() -> None:
    assert quoted(timeline(ORIGINAL, reply(5, Quote(1, hidden=True)))) == Quote(1, hidden=True)


def test_a_long_text_is_quoted_on_one_line_and_in_part() -> None:
    long = replace(ORIGINAL, text="a\n" * 500)
    assert "\n" not in long.quote.line
    assert len(long.quote.text) == EXCERPT


def test_a_row_shows_the_quote_and_follows_it() -> None:
    of = timeline(ORIGINAL, reply(5))
    rows = Rows(ME, Greenwich(), english())

    def shown() -> Quote | None:
        [*_, last] = [row for row in rows.of(of, live=True, now=NOON) if isinstance(row, MessageRow)]
        return last.quote

    assert shown() == ORIGINAL.quote
    of.change(Told(ORIGINAL.key, 10, NOON, None))
    assert shown() == replace(ORIGINAL.quote, text="", deleted=True)

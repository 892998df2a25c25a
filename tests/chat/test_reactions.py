from dataclasses import replace

import pytest

from chat.messages import Malformed, Message, Told, message, reaction_from_event, record
from chat.people import Person
from chat.reactions import Chip, Reacted, Reacting, Reaction, chips, said
from chat.rows import MessageRow, Rows
from chat.timeline import Timeline
from rebond import wire
from tests.chat.made import ME, NOON, YOU, Greenwich, english, french
from tests.chat.made import message as made

THUMB, HEART = "👍", "❤️"
FIRST = made(1, YOU)


def timeline(first: Message = FIRST) -> Timeline:
    of = Timeline(ME.id)
    of.add_page([first], before=None, head=1, more=False)
    return of


def told(seq: int, user: Person, emoji: str = THUMB, *, on: bool = True, count: int = 1) -> Reacted:
    return Reacted(FIRST.key, seq, user, emoji, on, count)


def reactions(of: Timeline) -> list[tuple[str, int, bool, list[str]]]:
    [first] = of.messages
    return [(each.emoji, each.count, each.mine, [person.name for person in each.who]) for each in first.reactions]


def shown(of: Timeline) -> tuple[Chip, ...]:
    found = Rows(ME, Greenwich(), english()).of(of, live=True, now=NOON)
    [row] = [row for row in found if isinstance(row, MessageRow)]
    return row.chips


def test_reactions_are_counted_by_the_server_and_named() -> None:
    of = timeline()
    of.change(told(2, YOU))
    of.change(told(3, ME, count=2))
    of.change(told(4, YOU, HEART))
    assert reactions(of) == [(THUMB, 2, True, ["Grace", "Ada"]), (HEART, 1, False, ["Grace"])]
    of.change(told(5, ME, on=False, count=1))
    of.change(told(6, YOU, HEART, on=False, count=0))
    assert reactions(of) == [(THUMB, 1, False, ["Grace"])]


def test_one_that_is_taken_back_and_was_never_known_changes_nothing() -> None:
    of = timeline()
    of.change(told(2, YOU, on=False, count=0))
    assert reactions(of) == []


def test_what_the_history_knows_already_is_not_applied_again() -> None:
    of = timeline(replace(FIRST, changed=3, reactions=(Reaction(THUMB, 2, who=(YOU,)),)))
    of.change(told(2, YOU, count=1))
    assert reactions(of) == [(THUMB, 2, False, ["Grace"])]


def test_reactions_that_come_before_their_message_are_applied_in_order() -> None:
    of = Timeline(ME.id)
    of.busy = True
    of.change(told(2, YOU))
    of.change(told(3, ME, count=2))
    of.add_page([FIRST], before=None, head=1, more=False)
    assert reactions(of) == [(THUMB, 2, True, ["Grace", "Ada"])]


def test_a_deletion_takes_the_reactions_with_it() -> None:
    of = timeline()
    of.change(told(2, YOU))
    of.change(Told(FIRST.key, 3, NOON, None))
    assert reactions(of) == []


def test_ones_own_is_shown_at_once_and_counted_once() -> None:
    of = timeline()
    of.change(told(2, YOU))
    of.reacting(Reacting("op-1", FIRST.key, THUMB, on=True))
    assert [(chip.count, chip.mine, chip.pending) for chip in shown(of)] == [("2", True, True)]
    of.acked("op-1", 3)
    assert [(chip.count, chip.mine) for chip in shown(of)] == [("2", True)]
    of.change(told(3, ME, count=2))
    assert [(chip.count, chip.mine, chip.pending) for chip in shown(of)] == [("2", True, False)]
    assert of.reactings == {}


def test_set_and_taken_back_while_away_shows_the_last() -> None:
    of = timeline()
    of.reacting(Reacting("op-1", FIRST.key, THUMB, on=True))
    of.reacting(Reacting("op-2", FIRST.key, THUMB, on=False))
    assert shown(of) == ()
    of.reacting(Reacting("op-3", FIRST.key, HEART, on=True))
    assert [chip.emoji for chip in shown(of)] == [HEART]
    assert of.begun_anew().reactings == of.reactings


def test_what_is_refused_is_shown_no_more() -> None:
    of = timeline()
    of.reacting(Reacting("op-1", FIRST.key, THUMB, on=True))
    of.drop("op-1")
    assert shown(of) == ()


def test_reactions_are_read_as_they_were_written() -> None:
    kept = replace(FIRST, reactions=(Reaction(THUMB, 7, True, (YOU, ME)), Reaction(HEART, 1)))
    assert message(record(kept)) == kept
    assert message({**record(FIRST), "reactions": [{"emoji": 3}, "x"]}).reactions == ()


def test_an_event_is_read() -> None:
    body = {"id": FIRST.id, "author": YOU.id, "user": {"id": ME.id, "name": ME.name}, "emoji": THUMB, "on": True}
    event = wire.Event("room:r", 2, "reacted", NOON, {**body, "count": 1})
    assert reaction_from_event(event) == told(2, ME)
    with pytest.raises(Malformed):
        reaction_from_event(wire.Event("room:r", 2, "reacted", NOON, body))


def test_who_has_reacted_is_said_in_words() -> None:
    people = tuple(Person(f"u-{name}", name) for name in ("Bob", "Cléo", "Dan", "Eve", "Finn", "Guy"))
    assert said(Reaction(THUMB, 1, who=people[:1]), ME, english()) == "👍: Bob"
    assert said(Reaction(THUMB, 2, True, (people[0], ME)), ME, english()) == "👍: you and Bob"
    assert said(Reaction(THUMB, 9, True, (*people, ME)), ME, english()) == "👍: you, Bob, Cléo, Dan, Eve and 4 others"
    assert said(Reaction(THUMB, 6, False, people), ME, french()) == "👍\u202f: Bob, Cléo, Dan, Eve, Finn et 1 autre"
    assert chips((), (), ME, english()) == ()

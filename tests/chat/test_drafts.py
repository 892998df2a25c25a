import json

import pytest

from chat.drafts import NEAR, Drafts, Editing, Leaving, Length
from rebond.text import MAX_TEXT
from tests.chat.made import Memory


def test_drafts_are_kept_room_by_room_and_over_a_reload() -> None:
    memory = Memory()
    drafts = Drafts(memory, "u1")
    drafts.put("general", "hel")
    drafts.put("zoo", "lo")
    again = Drafts(memory, "u1")
    assert (again["general"], again["zoo"], again["other"]) == ("hel", "lo", "")
    assert "general" in again
    assert "other" not in again
    assert not Drafts(memory, "u2")


def test_an_empty_draft_leaves_nothing_behind() -> None:
    memory = Memory()
    drafts = Drafts(memory, "u1")
    drafts.put("general", "hel")
    drafts.put("general", "")
    assert not drafts
    assert memory.kept == {}


def test_white_space_is_no_draft_but_is_kept() -> None:
    drafts = Drafts(Memory(), "u1")
    drafts.put("general", "\n ")
    assert "general" not in drafts
    assert not drafts
    assert drafts["general"] == "\n "


def test_forgetting() -> None:
    memory = Memory()
    drafts = Drafts(memory, "u1")
    drafts.put("general", "hel")
    drafts.forget()
    assert not drafts
    assert memory.kept == {}


@pytest.mark.parametrize("kept", ["", "{", "[]", "3", '{"general": 3}', json.dumps(None)])
def test_whatever_the_shelf_holds_is_survived(kept: str) -> None:
    memory = Memory()
    memory.kept["drafts/u1"] = kept
    assert not Drafts(memory, "u1")


def test_a_text_is_given_back_before_what_was_written_since() -> None:
    drafts = Drafts(Memory(), "u1")
    drafts.give_back("general", "refused")
    assert drafts["general"] == "refused"
    drafts.give_back("general", "earlier")
    assert drafts["general"] == "earlier\nrefused"


@pytest.mark.parametrize(
    ("n", "near", "over"),
    [(0, False, False), (MAX_TEXT - NEAR, False, False), (MAX_TEXT, True, False), (MAX_TEXT + 1, True, True)],
)
def test_the_length_is_told_near_the_limit(n: int, near: bool, over: bool) -> None:
    length = Length(n)
    assert (length.n, length.near, length.over) == (n, near, over)


def test_what_a_draft_replies_to_is_kept_with_it() -> None:
    shelf = Memory()
    drafts = Drafts(shelf, "me")
    drafts.aim("zoo", "u-you/id-1")
    assert Drafts(shelf, "me").target("zoo") == "u-you/id-1"
    drafts.aim("zoo", None)
    assert (drafts.target("zoo"), shelf.kept) == (None, {})
    drafts.aim("zoo", "u-you/id-1")
    drafts.forget()
    assert (drafts.target("zoo"), shelf.kept) == (None, {})


def test_a_change_that_is_being_written_is_kept_over_a_reload() -> None:
    shelf = Memory()
    drafts = Drafts(shelf, "me")
    drafts.edit(Editing("zoo", "id-1", "helo", "hell"))
    assert Drafts(shelf, "me").editing == Editing("zoo", "id-1", "helo", "hell")
    assert Drafts(shelf, "you").editing is None
    drafts.edit(None)
    assert (Drafts(shelf, "me").editing, shelf.kept) == (None, {})
    drafts.edit(Editing("zoo", "id-1", "helo", "hell"))
    drafts.forget()
    assert (drafts.editing, shelf.kept) == (None, {})


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"room": "zoo"}', '{"room": 1, "target": 2, "before": 3, "text": 4}'])
def test_whatever_the_shelf_holds_of_a_change_is_survived(kept: str) -> None:
    memory = Memory()
    memory.kept["editing/u1"] = kept
    assert Drafts(memory, "u1").editing is None


def test_what_is_being_stored_is_known_over_a_reload_until_the_answer() -> None:
    memory = Memory()
    drafts = Drafts(memory, "u1")
    drafts.leave("id-1", Leaving("general", "hello", "u-you/id-0"))
    drafts.leave("id-2", Leaving("zoo", "hi"))
    again = Drafts(memory, "u1")
    assert again.leaving == drafts.leaving
    assert again.arrive("id-1") == Leaving("general", "hello", "u-you/id-0")
    assert again.arrive("id-1") is None
    assert again.arrive("id-2") == Leaving("zoo", "hi")
    assert memory.kept == {}
    memory.kept["leaving/u1"] = '{"id-1": {"room": "general"}, "id-2": 3}'
    assert not Drafts(memory, "u1").leaving

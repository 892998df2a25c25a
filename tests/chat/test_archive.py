import json

from chat.archive import KEPT, Archive
from chat.messages import Outgoing, Told
from chat.rooms import Room
from chat.timeline import Edge, Hole, Timeline
from tests.chat.made import ME, NOON, Shelves, message


def read_back(shelves: Shelves, room: str = "general") -> Timeline:
    """The timeline of a later visit."""
    archive, timeline = Archive(shelves), Timeline(ME.id)
    archive.open(shelves.kept)
    archive.restore(room, timeline)
    return timeline


def test_what_was_read_is_there_again_with_its_holes_and_changes() -> None:
    shelves, timeline = Shelves(), Timeline(ME.id)
    archive = Archive(shelves)
    timeline.add_page([message(1), message(2)], before=None, head=2, more=False)
    timeline.add(message(8))
    timeline.change(Told(message(1).key, 9, NOON, "better"))
    timeline.change(Told(message(2).key, 10, NOON, None))
    archive.note("general", timeline)
    archive.flush()
    again = read_back(shelves)
    assert again.entries == timeline.entries
    assert again.entries[2] == Hole(3, 7)
    assert (again.edge, again.top, again.loaded) == (Edge.START, 10, True)
    assert not read_back(shelves, "zoo").loaded


def test_of_each_room_the_newest_messages_are_kept_and_no_more() -> None:
    shelves, timeline = Shelves(), Timeline(ME.id)
    archive = Archive(shelves)
    for seq in range(1, KEPT + 51):
        timeline.add(message(seq))
        archive.note("general", timeline)
    archive.flush()
    again = read_back(shelves)
    assert [entry.seq for entry in again.messages] == list(range(51, KEPT + 51))
    assert (again.edge, again.older) == (Edge.UNKNOWN, 51)
    assert sum(key.startswith("message/") for key in shelves.kept) == KEPT


def test_older_pages_do_not_take_the_place_of_what_is_newer() -> None:
    shelves, timeline = Shelves(), Timeline(ME.id)
    archive = Archive(shelves)
    timeline.add_page([message(seq) for seq in range(101, KEPT + 101)], before=None, head=KEPT + 100, more=True)
    archive.note("general", timeline)
    timeline.add_page([message(seq) for seq in range(1, 101)], before=101, head=KEPT + 100, more=False)
    archive.note("general", timeline)
    archive.flush()
    assert [entry.seq for entry in read_back(shelves).messages] == list(range(101, KEPT + 101))


def test_a_message_that_is_gone_is_not_taken_for_known() -> None:
    shelves, timeline = Shelves(), Timeline(ME.id)
    archive = Archive(shelves)
    timeline.add_page([message(seq) for seq in range(1, 5)], before=None, head=4, more=False)
    archive.note("general", timeline)
    archive.flush()
    # As another tab would, which has read further.
    del shelves.kept[f"message/general/{1:016}"]
    assert read_back(shelves).older == 2


def test_what_was_restored_is_pruned_with_the_rest() -> None:
    shelves, timeline = Shelves(), Timeline(ME.id)
    first = Archive(shelves)
    timeline.add_page([message(seq) for seq in range(1, KEPT + 1)], before=None, head=KEPT, more=False)
    first.note("general", timeline)
    first.flush()
    second, again = Archive(shelves), Timeline(ME.id)
    second.open(shelves.kept)
    second.restore("general", again)
    again.add(message(KEPT + 1))
    second.note("general", again)
    second.flush()
    assert f"message/general/{1:016}" not in shelves.kept
    assert read_back(shelves).older == 2


def test_rooms_and_the_time_are_kept_and_written_only_when_they_change() -> None:
    shelves = Shelves()
    archive = Archive(shelves)
    rooms = [Room("general", "general", True, 3, 1)]
    archive.note_rooms(rooms)
    archive.note_time(NOON)
    archive.flush()
    again = Archive(shelves)
    again.open(shelves.kept)
    assert (again.rooms(), again.as_of) == (rooms, NOON)
    again.note_rooms(rooms)
    assert shelves.pending == {}


def test_the_time_is_the_last_one_told_even_if_the_clock_was_ahead_before() -> None:
    shelves = Shelves()
    archive = Archive(shelves)
    for at in (NOON + 3_600_000, NOON):
        archive.note_time(at)
        archive.flush()
    again = Archive(shelves)
    again.open(shelves.kept)
    assert again.as_of == NOON


def test_nothing_was_kept_of_an_account_that_is_new_here() -> None:
    archive = Archive(Shelves())
    archive.open({})
    assert (archive.rooms(), archive.as_of, archive.refused(), archive.works) == ([], None, [], True)


def test_where_there_is_no_storage_nothing_is_kept() -> None:
    archive, timeline = Archive(None), Timeline(ME.id)
    timeline.add(message(1))
    archive.note("general", timeline)
    archive.note_rooms([])
    archive.note_time(NOON)
    archive.note_refused("general", Outgoing("id-000001", "hello", NOON, refusal="bad_text"))
    archive.forget_refused("id-000001")
    archive.forget_room("general")
    archive.forget_read()
    archive.flush()
    assert not archive.works
    assert timeline.take_news() == []


def test_a_record_tells_a_message_as_the_history_does() -> None:
    shelves, timeline = Shelves(), Timeline(ME.id)
    archive = Archive(shelves)
    timeline.add(message(1))
    archive.note("general", timeline)
    assert json.loads(str(shelves.pending[f"message/general/{1:016}"])) == {
        "id": message(1).id,
        "seq": 1,
        "author": {"id": "u-you", "name": "Grace"},
        "text": "message 1",
        "at": NOON + 1,
        "changed": 1,
    }


def test_a_room_whose_first_event_is_no_message_still_begins_where_it_begins() -> None:
    shelves, timeline = Shelves(), Timeline(ME.id)
    timeline.add_page([message(3), message(4)], before=None, head=5, more=False)
    archive = Archive(shelves)
    archive.note("general", timeline)
    archive.flush()
    assert read_back(shelves).edge is Edge.START

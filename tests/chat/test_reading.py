from chat.people import Person
from chat.reading import Reading, places
from chat.roster import Member

BOB, CLEO = Person("u-1", "Bob"), Person("u-2", "Cleo")
PEOPLE = {each.id: each for each in (BOB, CLEO)}


def test_a_reader_stands_at_the_last_message_read_unless_it_is_their_own() -> None:
    messages = [(1, "u-me"), (4, "u-me"), (6, BOB.id)]
    assert places({BOB.id: 6, CLEO.id: 5, "u-gone": 6}, messages, PEOPLE) == {4: [CLEO]}
    assert places({CLEO.id: 0}, messages, PEOPLE) == {}


def test_what_the_members_have_read_is_asked_for_once_a_connection() -> None:
    reading = Reading()
    reading.listed("zoo", [Member(BOB, read=4), Member(CLEO)])
    assert reading.knows("zoo")
    assert reading.readers("zoo") == {BOB.id: 4}
    reading.forget()
    assert not reading.knows("zoo")

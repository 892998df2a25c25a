from dataclasses import replace

from chat.messages import Change, Outgoing, Told
from chat.people import Person
from chat.quotes import Quote
from chat.reactions import Reaction
from chat.roster import Member, Role, Roster
from chat.rows import TOGETHER, DayRow, Fate, HoleRow, MessageRow, Row, Rows, hold, kind
from chat.timeline import Timeline
from chat.view import Hold
from tests.chat.made import ME, MINUTE, NOON, YOU, Greenwich, english, message

DAY = 24 * 60 * MINUTE


def timeline_of(*entries: tuple[int, str, int]) -> Timeline:
    timeline = Timeline(ME.id)
    messages = [message(seq, ME if who == "me" else YOU, at=at) for seq, who, at in entries]
    timeline.add_page(messages, before=None, head=max(entry[0] for entry in entries), more=False)
    return timeline


def shown(timeline: Timeline, *, live: bool = True, now: int = NOON) -> list[Row]:
    return Rows(ME, Greenwich(), english()).of(timeline, live=live, now=now)


def of_messages(found: list[Row]) -> list[MessageRow]:
    return [row for row in found if isinstance(row, MessageRow)]


def test_a_line_stands_between_days() -> None:
    found = shown(timeline_of((1, "you", NOON - 2 * DAY), (2, "you", NOON - DAY), (3, "you", NOON)))
    labels = [row.label for row in found if isinstance(row, DayRow)]
    assert labels == ["Saturday 21 November", "Yesterday", "Today"]


def test_messages_of_one_author_within_minutes_stand_together() -> None:
    found = shown(
        timeline_of(
            (1, "you", NOON),
            (2, "you", NOON + MINUTE),
            (3, "me", NOON + MINUTE),
            (4, "you", NOON + MINUTE),
            (5, "you", NOON + MINUTE + TOGETHER),
        )
    )
    assert [row.continued for row in of_messages(found)] == [False, True, False, False, False]
    assert [row.own for row in of_messages(found)] == [False, False, True, False, False]


def test_a_new_day_begins_with_a_name() -> None:
    midnight = NOON + 12 * 60 * MINUTE
    found = shown(timeline_of((1, "you", midnight - 1), (2, "you", midnight)))
    assert [row.continued for row in of_messages(found)] == [False, False]


def test_a_clock_that_went_back_does_not_confuse_the_rows() -> None:
    found = shown(timeline_of((1, "you", NOON), (2, "you", NOON - DAY), (3, "you", NOON)))
    keys = [row.key for row in found]
    assert len(keys) == len(set(keys))


def test_keys_stay_when_older_messages_come() -> None:
    few = shown(timeline_of((3, "you", NOON), (4, "me", NOON)))
    all_ = shown(timeline_of((1, "you", NOON - DAY), (2, "me", NOON - DAY), (3, "you", NOON), (4, "me", NOON)))
    assert [row.key for row in few] == [row.key for row in all_][-3:]


def test_what_one_sends_stands_last_with_its_fate() -> None:
    timeline = timeline_of((1, "you", NOON))
    for name in ("waiting-1", "acked-1", "refused-1"):
        timeline.sent(Outgoing(name, name, NOON))
    timeline.acked("acked-1", 9)
    timeline.refuse(Outgoing("refused-1", "no", NOON, refusal="not_a_member"))
    live, down = of_messages(shown(timeline))[1:], of_messages(shown(timeline, live=False))[1:]
    assert [row.fate for row in live] == [Fate.SENDING, Fate.THERE, Fate.REFUSED]
    assert [row.fate for row in down] == [Fate.QUEUED, Fate.THERE, Fate.REFUSED]
    assert live[2].reason == "You are not in this room."


def test_a_message_keeps_its_key_when_it_arrives() -> None:
    timeline = timeline_of((1, "you", NOON))
    own = message(2, ME, at=NOON)
    timeline.sent(Outgoing(own.id, own.text, NOON))
    before = of_messages(shown(timeline))
    timeline.add(own)
    after = of_messages(shown(timeline))
    assert [row.key for row in before] == [row.key for row in after]
    assert after[1].fate is Fate.THERE


def test_rows_that_are_as_they_were_are_the_same_objects() -> None:
    timeline = timeline_of((1, "you", NOON), (2, "me", NOON))
    maker = Rows(ME, Greenwich(), english())
    before = maker.of(timeline, live=True, now=NOON)
    timeline.sent(Outgoing("own-0001", "hello", NOON))
    after = maker.of(timeline, live=True, now=NOON)
    assert [one is other for one, other in zip(of_messages(before), of_messages(after), strict=False)] == [True, True]
    down = of_messages(maker.of(timeline, live=False, now=NOON))
    assert down[2].fate is Fate.QUEUED


def test_a_message_keeps_the_name_above_it_when_older_ones_come() -> None:
    timeline = Timeline(ME.id)
    maker = Rows(ME, Greenwich(), english())
    newer, older = [message(3), message(4)], [message(1), message(2)]
    timeline.add_page(newer, before=None, head=4, more=True)
    before = of_messages(maker.of(timeline, live=True, now=NOON))
    timeline.add_page(older, before=3, head=4, more=False)
    after = of_messages(maker.of(timeline, live=True, now=NOON))
    assert [row.continued for row in before] == [False, True]
    assert [row.continued for row in after] == [False, True, False, True]


def test_a_hole_stands_where_messages_are_missing_and_what_follows_has_a_name_of_its_own() -> None:
    timeline = timeline_of((1, "you", NOON))
    timeline.add(message(9, at=NOON))
    [_, first, hole, _, second] = shown(timeline)
    assert isinstance(hole, HoleRow)
    assert (hole.start, hole.end, hole.busy, hole.failed) == (2, 8, False, False)
    assert [row.continued for row in of_messages([first, second])] == [False, False]


def test_a_change_on_its_way_is_shown_with_its_own_fate() -> None:
    timeline = timeline_of((1, "me", NOON), (2, "me", NOON))
    timeline.changing(Change("edit-1", message(1).id, "better", parked=True))
    timeline.changing(Change("delete-1", message(2).id, None, kept=False))
    edited, deleted = of_messages(shown(timeline, live=False))
    assert (edited.text, edited.fate, edited.doing, edited.change, edited.changeable) == (
        "better",
        Fate.PARKED,
        "edit-1",
        True,
        False,
    )
    assert (deleted.deleted, deleted.fate, deleted.kept, deleted.changeable) == (True, Fate.QUEUED, False, False)


def test_what_was_edited_says_when_and_what_was_deleted_cannot_be_changed() -> None:
    timeline = timeline_of((1, "me", NOON), (2, "me", NOON))
    timeline.change(Told(message(1, ME).key, 3, NOON + MINUTE, "better"))
    timeline.change(Told(message(2, ME).key, 4, NOON + MINUTE, None))
    edited, deleted = of_messages(shown(timeline))
    assert (edited.text, edited.edited, edited.changeable) == ("better", "12:01", True)
    assert (deleted.text, deleted.deleted, deleted.changeable) == ("", True, False)


def test_one_is_asked_about_a_message_of_ones_own() -> None:
    timeline = timeline_of((1, "me", NOON), (2, "you", NOON))
    rows = Rows(ME, Greenwich(), english())
    found = of_messages(rows.of(timeline, live=True, now=NOON, doomed=message(1).id))
    assert [row.doomed for row in found] == [True, False]
    assert not any(row.doomed for row in of_messages(rows.of(timeline, live=True, now=NOON)))


MODERATOR = Member(ME, Role.MODERATOR)


def rows_with(*members: Member, timeline: Timeline, doomed: str | None = None) -> list[MessageRow]:
    people = Roster()
    people.take(members, 0)
    return of_messages(Rows(ME, Greenwich(), english(), people).of(timeline, live=True, now=NOON, doomed=doomed))


def test_quotes_and_reactions_show_people_as_they_are_shown_today() -> None:
    quoted = Quote(1, "id-00000001", YOU.id, YOU.name, "hello")
    thumbs = (Reaction("👍", 1, who=(YOU,)),)
    timeline = Timeline(ME.id)
    timeline.add_page([replace(message(2, ME), re=quoted, reactions=thumbs)], before=None, head=2, more=False)
    people = Roster()
    made = Rows(ME, Greenwich(), english(), people)

    def names() -> tuple[str | None, str]:
        [row] = of_messages(made.of(timeline, live=True, now=NOON))
        return None if row.quote is None else row.quote.name, row.chips[0].label

    assert names() == ("Grace", "👍: Grace")
    people.put(Member(Person(YOU.id, "grace", "Rear Admiral")))
    assert names() == ("Rear Admiral", "👍: Rear Admiral")
    people.put(Member(Person(YOU.id, ""), left=True))
    assert names() == ("", "👍: Someone who left")


def test_old_messages_show_the_name_of_today() -> None:
    timeline, people = timeline_of((1, "you", NOON), (2, "me", NOON)), Roster()
    made = Rows(ME, Greenwich(), english(), people)
    assert [row.author.shown for row in of_messages(made.of(timeline, live=True, now=NOON))] == ["Grace", "Ada"]
    people.put(Member(Person(YOU.id, "grace", "Grace Hopper")))
    people.put(Member(Person(ME.id, "", ""), left=True))
    assert [row.author.shown for row in of_messages(made.of(timeline, live=True, now=NOON))] == ["Grace Hopper", ""]


def test_those_who_keep_order_may_remove_what_those_below_them_said() -> None:
    timeline = timeline_of((1, "you", NOON), (2, "me", NOON))
    assert [row.removable for row in rows_with(timeline=timeline)] == [False, False]
    assert [row.removable for row in rows_with(MODERATOR, timeline=timeline)] == [True, False]
    owner = Member(YOU, Role.OWNER)
    assert [row.removable for row in rows_with(MODERATOR, owner, timeline=timeline)] == [False, False]


def test_the_message_of_somebody_else_that_one_is_asked_about_is_named_with_its_author() -> None:
    timeline = timeline_of((1, "you", NOON), (2, "me", NOON))
    theirs, own = rows_with(MODERATOR, timeline=timeline)
    assert (theirs.handle, own.handle) == (f"{YOU.id}/id-00000001", "id-00000002")
    asked = rows_with(MODERATOR, timeline=timeline, doomed=theirs.handle)
    assert [row.doomed for row in asked] == [True, False]


def test_what_a_moderator_took_away_says_so_and_can_be_taken_away_no_more() -> None:
    timeline = timeline_of((1, "you", NOON), (2, "you", NOON))
    timeline.change(Told(f"{YOU.id}/id-00000001", 3, NOON, None, removed=True))
    timeline.change(Told(f"{YOU.id}/id-00000002", 4, NOON, None))
    found = rows_with(MODERATOR, timeline=timeline)
    assert [(row.deleted, row.removed, row.removable) for row in found] == [(True, True, False), (True, False, False)]


def line_of(timeline: Timeline, new_after: int) -> list[str]:
    """Return what follows the line above what is new; nothing if there is no line."""
    found = Rows(ME, Greenwich(), english()).of(timeline, live=True, now=NOON, new_after=new_after)
    keys = [row.key for row in found]
    return keys[keys.index("new") + 1 :] if "new" in keys else []


def test_the_line_stands_above_the_first_new_message_of_others() -> None:
    timeline = timeline_of((1, "you", NOON), (2, "me", NOON), (3, "you", NOON))
    assert line_of(timeline, 1) == [message(3).key]
    assert line_of(timeline, 3) == []


def test_no_line_stands_above_what_is_not_the_first_new_message() -> None:
    timeline = Timeline(ME.id)
    timeline.add_page([message(seq) for seq in range(51, 101)], before=None, head=100, more=True)
    assert line_of(timeline, 20) == []
    assert len(line_of(timeline, 50)) == 50
    timeline.add_page([message(seq, ME) for seq in range(10, 31)], before=31, head=100, more=True)
    assert line_of(timeline, 20) == []


def test_rows_of_the_same_make_are_about_as_high_as_one_another() -> None:
    day, short, same, lines, long, more = shown_of("hi", "ho", "a\nb", "x" * 150, "y" * 999)
    assert kind(short) != kind(same)  # one has a name above it
    assert kind(lines) != kind(same)
    assert len({kind(row) for row in (day, short, same, lines, long, more)}) == 6
    assert kind(shown_of("hi", "so")[2]) == kind(same)


def test_messages_are_held_on_to_and_lines_are_not() -> None:
    timeline = Timeline(ME.id)
    timeline.add_page([message(1)], before=2, head=9, more=False)
    timeline.add(message(9))
    assert [hold(row) for row in shown(timeline)] == [
        Hold.LOOSE,
        Hold.FIRM,
        Hold.HOLE,
        Hold.LOOSE,
        Hold.FIRM,
    ]


def test_rows_that_are_shown_no_more_are_not_remembered_for_ever() -> None:
    rows = Rows(ME, Greenwich(), english())
    few = timeline_of((1, "you", NOON))
    [_, first] = rows.of(few, live=True, now=NOON)
    assert rows.of(few, live=True, now=NOON)[1] is first
    many = Timeline(ME.id)
    many.add_page([message(seq) for seq in range(2, 600)], before=None, head=599, more=True)
    rows.of(many, live=True, now=NOON)
    rows.of(few, live=True, now=NOON)
    [_, again] = rows.of(few, live=True, now=NOON)
    assert again == first


def shown_of(*texts: str) -> list[Row]:
    timeline = Timeline(ME.id)
    messages = [message(seq, text=text, at=NOON) for seq, text in enumerate(texts, 1)]
    timeline.add_page(messages, before=None, head=len(texts), more=False)
    return shown(timeline)


def test_in_an_archived_room_messages_can_be_linked_to_and_removed_and_no_more() -> None:
    thumbs = (Reaction("👍", 1, who=(YOU,)),)
    timeline = Timeline(ME.id)
    timeline.add_page([replace(message(1, YOU), reactions=thumbs), message(2, ME)], before=None, head=2, more=False)
    people = Roster()
    people.take([MODERATOR], 0)
    rows = Rows(ME, Greenwich(), english(), people)
    for archived in (False, True, False):
        theirs, own = of_messages(rows.of(timeline, live=True, now=NOON, archived=archived))
        assert (theirs.linkable, own.linkable, theirs.removable) == (True, True, True)
        assert {theirs.answerable, own.answerable, own.changeable} == {not archived}
        assert ([chip.emoji for chip in theirs.chips], theirs.archived) == (["👍"], archived)

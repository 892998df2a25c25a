from chat.unread import Unread


def test_what_is_replayed_up_to_the_head_is_in_the_servers_count_already() -> None:
    unread = Unread()
    unread.expect(10)
    unread.add(9, mentioned=True)
    unread.mark(7, 3, 1)
    unread.add(10, mentioned=False)
    unread.add(11, mentioned=False)
    assert (unread.read, unread.unread, unread.mentions) == (7, 4, 1)


def test_until_the_count_has_come_things_stand_as_they_did() -> None:
    unread = Unread(5, 2, 1)
    unread.expect(10)
    assert (unread.unread, unread.mentions) == (2, 1)


def test_reading_past_the_head_leaves_what_came_later() -> None:
    unread = Unread()
    unread.expect(10)
    unread.mark(7, 3, 1)
    for seq in (11, 12):
        unread.add(seq, mentioned=True)
    unread.read_to(11)
    assert (unread.unread, unread.mentions) == (1, 1)


def test_a_later_mark_below_the_head_counts_what_is_not_counted_here() -> None:
    unread = Unread()
    unread.expect(10)
    unread.mark(2, 8, 2)
    unread.add(11, mentioned=True)
    assert not unread.mark(6, 5, 1)
    assert (unread.read, unread.unread, unread.mentions) == (6, 5, 1)


def test_what_was_read_here_before_the_count_came_is_read() -> None:
    unread = Unread()
    unread.expect(10)
    assert unread.read_to(10)
    assert unread.mark(3, 7, 0)
    assert (unread.read, unread.unread) == (10, 0)


def test_what_comes_late_from_before_or_was_deleted_is_not_unread() -> None:
    unread = Unread(read=4)
    unread.add(4, mentioned=False)
    unread.add(5, mentioned=False)
    unread.drop(5)
    unread.drop(6)
    assert unread.unread == 0

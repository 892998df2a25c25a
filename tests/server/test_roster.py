"""Who is connected, and how many may be."""

from __future__ import annotations

import pytest

from rebond.codes import Close
from server.accounts import User
from server.errors import TooManyError
from server.roster import Caps, Roster, Seat


class Fake:
    """A connection that remembers how it was ended."""

    def __init__(self) -> None:
        self.ended: list[Close] = []
        self.told: list[tuple[str, int]] = []

    def end(self, code: Close, reason: str) -> None:
        self.ended.append(code)

    def stand(self, user: User, muted_until: int) -> None:
        self.told.append((user.name, muted_until))


@pytest.fixture
def roster() -> Roster:
    """Return a roster with small caps."""
    return Roster(Caps(session=2, account=3, address=2))


def seat(session: str = "s1", tab: str | None = None, account: str = "ada") -> Seat:
    return Seat(account, session, tab)


def test_session_is_capped(roster: Roster) -> None:
    roster.enter(Fake(), seat())
    roster.enter(Fake(), seat())
    with pytest.raises(TooManyError):
        roster.enter(Fake(), seat())
    roster.enter(Fake(), seat("s2"))


def test_account_is_capped_over_its_sessions(roster: Roster) -> None:
    for session in ("s1", "s2", "s3"):
        roster.enter(Fake(), seat(session))
    with pytest.raises(TooManyError):
        roster.enter(Fake(), seat("s4"))
    roster.enter(Fake(), seat("s4", account="bob"))


def test_place_is_free_again_after_leaving(roster: Roster) -> None:
    first = Fake()
    roster.enter(first, seat())
    roster.enter(Fake(), seat())
    roster.leave(first)
    roster.leave(first)
    roster.enter(Fake(), seat())


def test_who_enters_again_changes_seats(roster: Roster) -> None:
    member = Fake()
    for session in ("s1", "s2", "s1", "s2"):
        roster.enter(member, seat(session))
    roster.end_session("s1", Close.TOKEN)
    assert member.ended == []
    roster.end_session("s2", Close.TOKEN)
    assert member.ended == [Close.TOKEN]


def test_tab_that_comes_back_is_not_counted_twice_and_ends_the_old_one(roster: Roster) -> None:
    old, other, new = Fake(), Fake(), Fake()
    roster.enter(old, seat(tab="t1"))
    roster.enter(other, seat(tab="t2"))
    roster.enter(new, seat(tab="t1"))
    roster.replace(new)
    assert (old.ended, other.ended, new.ended) == ([Close.REPLACED], [], [])


def test_connections_without_a_tab_do_not_replace_one_another(roster: Roster) -> None:
    first, second = Fake(), Fake()
    roster.enter(first, seat())
    roster.enter(second, seat())
    roster.replace(second)
    assert first.ended == []


def test_tab_of_another_account_is_another_tab(roster: Roster) -> None:
    hers, his = Fake(), Fake()
    roster.enter(hers, seat(tab="t1"))
    roster.enter(his, seat(tab="t1", account="bob"))
    roster.replace(his)
    assert hers.ended == []


def test_address_is_capped(roster: Roster) -> None:
    roster.arrive("::1")
    roster.arrive("::1")
    with pytest.raises(TooManyError):
        roster.arrive("::1")
    roster.arrive("::2")
    roster.depart("::1")
    roster.arrive("::1")


def test_account_is_ended_but_for_one_session(roster: Roster) -> None:
    here, there, bob = Fake(), Fake(), Fake()
    roster.enter(here, seat("s1"))
    roster.enter(there, seat("s2"))
    roster.enter(bob, seat("s3", account="bob"))
    roster.end_account("ada", Close.TOKEN, besides="s1")
    assert [member.ended for member in (here, there, bob)] == [[], [Close.TOKEN], []]
    roster.end_account("ada", Close.FORBIDDEN, besides=None)
    assert [member.ended[-1:] for member in (here, bob)] == [[Close.FORBIDDEN], []]
    roster.end_account("nobody", Close.TOKEN, besides=None)


def test_standing_is_told_to_all_connections_of_the_account(roster: Roster) -> None:
    here, there, bob = Fake(), Fake(), Fake()
    roster.enter(here, seat("s1"))
    roster.enter(there, seat("s2"))
    roster.enter(bob, seat("s3", account="bob"))
    roster.stand(User("ada", "Augusta"), 5)
    assert [member.told for member in (here, there, bob)] == [[("Augusta", 5)], [("Augusta", 5)], []]

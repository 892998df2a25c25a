"""Who is there, on a virtual clock."""

from __future__ import annotations

from server.presence import GRACE, RETURN, SETTLING, Change, Here, Presence

NOW = 100.0


def told(presence: Presence, now: float) -> list[tuple[str, Here]]:
    return [(change.account, change.here) for change in presence.due(now)]


def pending(presence: Presence) -> float | None:
    """Return when something is told that has not lasted yet."""
    return presence.deadline


def there(*connections: str) -> Presence:
    presence = Presence((), NOW)
    for connection in connections:
        presence.enter("ada", connection, NOW)
    assert told(presence, NOW) == [("ada", Here.ONLINE)]
    return presence


def test_who_comes_is_told_of_at_once_and_once() -> None:
    presence = there("phone", "laptop")
    assert presence.here("ada") is Here.ONLINE
    assert presence.here("bob") is Here.OFFLINE
    assert pending(presence) is None


def test_somebody_is_there_as_long_as_one_of_their_pages_is() -> None:
    presence = there("phone", "laptop")
    presence.leave("ada", "phone", NOW + 1)
    assert pending(presence) is None
    presence.leave("ada", "laptop", NOW + 2)
    assert pending(presence) == NOW + 2 + GRACE
    assert presence.due(NOW + 2 + GRACE) == [Change("ada", Here.OFFLINE, GRACE)]
    assert presence.here("ada") is Here.OFFLINE
    assert pending(presence) is None


def test_who_comes_back_in_a_moment_was_never_gone() -> None:
    presence = there("laptop")
    presence.leave("ada", "laptop", NOW + 1)
    presence.enter("ada", "laptop again", NOW + 1 + GRACE / 2)
    assert pending(presence) is None
    assert told(presence, NOW + 60) == []


def test_somebody_is_away_when_none_of_their_pages_is_looked_at() -> None:
    presence = there("phone", "laptop")
    presence.attend("ada", "phone", away=True, now=NOW + 5)
    assert told(presence, NOW + 5) == []
    presence.attend("ada", "laptop", away=True, now=NOW + 6)
    assert told(presence, NOW + 6) == [("ada", Here.AWAY)]
    presence.attend("ada", "phone", away=False, now=NOW + 6.1)
    assert told(presence, NOW + 6.1) == []
    assert pending(presence) == NOW + 6 + SETTLING
    assert told(presence, NOW + 6 + SETTLING) == [("ada", Here.ONLINE)]


def test_who_turns_to_and_fro_is_told_of_as_they_are_in_the_end() -> None:
    presence = there("laptop")
    for tenth in range(1, 10):
        presence.attend("ada", "laptop", away=tenth % 2 == 1, now=NOW + tenth / 10)
        assert told(presence, NOW + tenth / 10) == []
    assert told(presence, NOW + SETTLING) == [("ada", Here.AWAY)]


def test_after_a_restart_those_who_were_there_have_time_to_come_back() -> None:
    presence = Presence(("ada", "bob"), NOW)
    assert presence.here("ada") is Here.ONLINE
    presence.enter("ada", "laptop", NOW + 1)
    assert told(presence, NOW + 1) == []
    assert told(presence, NOW + RETURN) == [("bob", Here.OFFLINE)]
    assert presence.here("ada") is Here.ONLINE

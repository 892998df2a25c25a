"""A token's life is counted from its receipt."""

from __future__ import annotations

import pytest

from rebond.credentials import GOOD, LEAST, MARGIN, MAX_WAIT, RETRY, Credentials


def test_a_link_that_needs_no_token_never_asks() -> None:
    assert not Credentials(needed=False).stale(0.0)


def test_one_that_needs_a_token_asks_until_it_has_one() -> None:
    credentials = Credentials(needed=True)
    assert credentials.stale(0.0)
    credentials.renewed("token", None, 0.0)
    assert not credentials.stale(1e9)
    assert credentials.due() is None


def test_a_token_is_renewed_a_minute_before_its_end() -> None:
    credentials = Credentials(needed=True)
    credentials.renewed("token", 900.0, 100.0)
    assert credentials.due() == 100.0 + 900.0 - MARGIN
    assert not credentials.stale(939.0)
    assert credentials.stale(940.0)


def test_a_short_token_is_renewed_when_a_fifth_is_left() -> None:
    credentials = Credentials(needed=True)
    credentials.renewed("token", 10.0, 0.0)
    assert credentials.due() == 8.0


@pytest.mark.parametrize("expires_in", [0.0, -3_600.0])
def test_a_fresh_token_is_used_whatever_is_said_of_its_life(expires_in: float) -> None:
    credentials = Credentials(needed=True)
    credentials.renewed("token", expires_in, 5.0)
    assert not credentials.stale(5.0)
    assert credentials.due() == 5.0 + LEAST


def test_nothing_is_due_while_a_token_is_asked_for() -> None:
    credentials = Credentials(needed=True)
    credentials.renewed("token", 10.0, 0.0)
    credentials.asked = True
    assert credentials.due() is None


def test_a_failed_renewal_is_tried_again() -> None:
    credentials = Credentials(needed=True)
    credentials.renewed("token", 10.0, 0.0)
    credentials.failed(8.0, None)
    assert credentials.due() == 8.0 + RETRY
    assert credentials.stale(8.1), "a stale token is not made fresh by a failure to get another"
    credentials.failed(13.0, 0.5)
    assert credentials.due() == 13.5


def test_a_failure_without_a_token_leaves_it_to_the_next_try() -> None:
    credentials = Credentials(needed=True)
    credentials.failed(8.0, None)
    assert credentials.due() is None
    assert credentials.stale(8.0)


def test_a_server_that_refuses_fresh_tokens_is_asked_less_and_less() -> None:
    credentials = Credentials(needed=True)
    assert [credentials.struck(0.0, 0.25) for _ in range(7)] == [0.0, 1.0, 2.0, 4.0, 8.0, MAX_WAIT, MAX_WAIT]
    assert {credentials.struck(0.0, 0.25) for _ in range(5_000)} == {MAX_WAIT}
    credentials.accepted(100.0)
    assert credentials.struck(100.0 + GOOD, 0.25) == 0.0


def test_a_server_that_greets_and_then_refuses_is_asked_less_and_less() -> None:
    credentials = Credentials(needed=True)
    waits = []
    for now in range(5):
        credentials.accepted(float(now))
        waits.append(credentials.struck(now + 0.1, 0.25))
    assert waits == [0.0, 1.0, 2.0, 4.0, 8.0]

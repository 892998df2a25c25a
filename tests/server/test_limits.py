"""Token buckets, deed by deed, on a clock of the test's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.limits import Buckets, Limit


def test_bucket_is_full_at_first_and_says_when_there_is_more() -> None:
    buckets: Buckets[str] = Buckets(3, 30.0)
    assert [buckets.take("ada", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 10.0]
    assert buckets.take("ada", 104.0) == 6.0
    assert buckets.take("ada", 110.0) == 0.0
    assert buckets.take("ada", 110.0) == 10.0


def test_a_refusal_costs_nothing() -> None:
    buckets: Buckets[str] = Buckets(1, 10.0)
    buckets.take("ada", 0.0)
    assert [buckets.take("ada", float(now)) for now in range(1, 10)] == [float(wait) for wait in range(9, 0, -1)]
    assert buckets.take("ada", 10.0) == 0.0


def test_buckets_are_apart() -> None:
    buckets: Buckets[str] = Buckets(1, 10.0)
    assert [buckets.take(key, 0.0) for key in ("ada", "bob", "ada")] == [0.0, 0.0, 10.0]


def test_what_is_given_back_can_be_taken_again() -> None:
    buckets: Buckets[str] = Buckets(2, 10.0)
    buckets.give_back("nobody")
    buckets.take("ada", 0.0)
    buckets.take("ada", 0.0)
    buckets.give_back("ada")
    assert [buckets.take("ada", 0.0) for _ in range(2)] == [0.0, 5.0]


def test_no_amount_is_no_limit() -> None:
    buckets: Buckets[str] = Buckets(0, 10.0)
    assert not any(buckets.take("ada", 0.0) for _ in range(1_000))
    assert len(buckets) == 0


def test_full_buckets_are_forgotten() -> None:
    buckets: Buckets[int] = Buckets(1, 10.0)
    for key in range(100):
        buckets.take(key, 0.0)
    assert len(buckets) == 100
    for key in range(100, 200):
        buckets.take(key, 60.0 + key)
    assert len(buckets) <= 20


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    buckets: Buckets[int] = Buckets(1, 1_000.0, most=3)
    for key in (1, 2, 3, 1, 4, 5):
        buckets.take(key, 0.0)
    assert len(buckets) == 3
    assert buckets.take(1, 0.0) == 1_000.0  # it was asked for again after 2 and 3


@given(
    amount=st.integers(1, 20),
    seconds=st.integers(1, 600),
    waits=st.lists(st.floats(0, 100, allow_nan=False), max_size=60),
)
def test_no_more_passes_than_a_bucket_and_what_flows_in(amount: int, seconds: int, waits: list[float]) -> None:
    buckets: Buckets[str] = Buckets(amount, seconds)
    now, taken = 0.0, 0
    for wait in waits:
        now += wait
        taken += buckets.take("ada", now) == 0.0
    assert taken <= amount + now * amount / seconds + 1e-6


@given(amount=st.integers(1, 20), seconds=st.integers(1, 600))
def test_who_waits_as_long_as_told_is_let_through(amount: int, seconds: int) -> None:
    buckets: Buckets[str] = Buckets(amount, seconds)
    now = 0.0
    for _ in range(3 * amount):
        wait = buckets.take("ada", now)
        if wait:
            now += wait
            assert buckets.take("ada", now) == 0.0
    assert now > 0


def test_refusal_says_when_in_whole_milliseconds_and_is_counted() -> None:
    limit: Limit[str] = Limit(2, 1.0, lambda: 5.0)
    assert [limit.refusal("ada") for _ in range(2)] == [None, None]
    error = limit.refusal("ada")
    assert error is not None
    assert error.retry_ms == 501
    assert error.response().headers["retry-after"] == "1"
    assert limit.refused == 1

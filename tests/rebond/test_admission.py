"""The server's half of the window, number by number."""

from __future__ import annotations

import pytest

from rebond.admission import BURST, FIRST_COST, LONGEST, PROMISE, Admission, Rates

THOUSAND = Rates(fixed=1_000.0)
TEN = Rates(fixed=10.0)


def held(clients: int, rates: Rates = THOUSAND, now: float = 0.0) -> Admission:
    admission = Admission(now, rates=rates)
    for _ in range(clients):
        admission.joined(now)
    return admission


@pytest.mark.parametrize(("clients", "seconds"), [(0, 0.25), (1, 0.25), (227, 0.25), (228, 0.2508), (10_000, 11.0)])
def test_the_window_is_a_tenth_more_than_the_crowd_over_the_rate_and_never_under_a_quarter_of_a_second(
    clients: int, seconds: float
) -> None:
    assert held(clients).window(0.0) == pytest.approx(seconds)


def test_those_who_have_left_count_until_their_peak_is_forgotten() -> None:
    admission = held(3_000)
    for _ in range(2_000):
        admission.left(0.0)
    assert admission.held == 1_000
    # 1,000 held, 2,000 more at the peak: of these a factor e is forgotten every ten minutes.
    assert [round(admission.window(minutes * 60), 3) for minutes in (0, 10, 20, 60)] == [3.3, 1.909, 1.398, 1.105]


def test_a_crowd_that_grows_past_its_peak_is_the_peak() -> None:
    admission = Admission(0.0, peak=2_000.0, rates=THOUSAND)
    for _ in range(3_000):
        admission.joined(600.0)
    assert admission.peak(600.0) == 3_000


def test_a_peak_kept_across_a_restart_is_where_the_window_begins() -> None:
    admission = Admission(50.0, peak=8_000.0, rates=THOUSAND)
    assert admission.window(50.0) == pytest.approx(8.8)
    assert admission.peak(50.0) == 8_000.0


def test_the_rate_is_the_share_of_the_time_over_the_cost_of_a_greeting() -> None:
    admission = Admission(0.0)
    assert admission.rate == pytest.approx(0.5 / FIRST_COST) == pytest.approx(1_000)
    admission.greeted(0.000_9)
    assert admission.rate == pytest.approx(0.5 / (0.000_5 + 0.000_4 / 32))
    for _ in range(500):
        admission.greeted(0.001)
    assert admission.rate == pytest.approx(500, rel=1e-3)


def test_half_of_an_old_cost_is_forgotten_after_22_greetings() -> None:
    admission = Admission(0.0)
    for _ in range(22):
        admission.greeted(0.0)
    assert 0.5 / admission.rate == pytest.approx(FIRST_COST / 2, rel=0.01)


def test_one_pause_of_the_machine_does_not_widen_the_window_by_more_than_a_quarter() -> None:
    admission = held(10_000, Rates())
    before = admission.window(0.0)
    admission.greeted(3.0)
    assert before < admission.window(0.0) < before * 1.25


def test_the_rate_stays_between_floor_and_ceiling() -> None:
    admission = Admission(0.0, rates=Rates(floor=60.0, ceiling=2_000.0))
    for _ in range(1_000):
        admission.greeted(1.0)
    assert admission.rate == 60.0
    for _ in range(1_000):
        admission.greeted(0.0)
    assert admission.rate == 2_000.0


def test_a_fixed_rate_is_not_measured() -> None:
    admission = held(1, TEN)
    admission.greeted(5.0)
    assert admission.rate == 10.0


def test_everybody_is_told_when_the_window_has_moved_by_more_than_a_quarter() -> None:
    admission = Admission(0.0, rates=TEN)
    told = []
    for clients in range(1, 13):
        admission.joined(0.0)
        window = admission.changed(0.0)
        if window is not None:
            told.append((clients, window))
    # 0.25 s while there are two; then 0.33 is more than a quarter over 0.25, 0.44 over 0.33, 0.55 not yet over 0.44 …
    assert [(clients, round(window, 3)) for clients, window in told] == [
        (3, 0.33),
        (4, 0.44),
        (6, 0.66),
        (8, 0.88),
        (11, 1.21),
    ]


def test_everybody_is_told_too_when_the_window_narrows() -> None:
    admission = held(1_000)
    assert admission.changed(0.0) == pytest.approx(1.1)
    for _ in range(1_000):
        admission.left(0.0)
    # e^(-t/600) falls below three quarters at 172.6 s.
    assert admission.changed(172.0) is None
    assert admission.changed(173.0) == pytest.approx(0.8244, abs=1e-4)
    assert admission.changed(173.0) is None


def test_a_bursts_worth_of_clients_is_taken_in_at_once() -> None:
    admission = Admission(0.0, rates=TEN)
    answers = [admission.admit(0.0) for _ in range(13)]
    assert answers[:10] == [None] * 10
    assert answers[10:] == pytest.approx([0.1, 0.2, 0.3])


def test_who_comes_no_faster_than_the_rate_is_never_refused() -> None:
    admission = Admission(0.0, rates=TEN)
    assert all(admission.admit(number / 10) is None for number in range(1_000))


def test_the_refused_find_the_place_kept_for_them() -> None:
    admission = Admission(0.0, rates=TEN)
    refused = [wait for _ in range(30) if (wait := admission.admit(0.0)) is not None]
    assert refused == pytest.approx([number / 10 for number in range(1, 21)])
    # They are a little late, as clients are; new ones that come meanwhile line up behind them.
    assert all(admission.admit(wait + 0.02) is None for wait in refused[:10])
    assert admission.admit(1.03) == pytest.approx(2.1 - 1.03)


def test_a_place_that_nobody_comes_for_is_lost_after_a_while() -> None:
    admission = Admission(0.0, rates=TEN)
    refused = [wait for _ in range(20) if (wait := admission.admit(0.0)) is not None]
    late = refused[-1] + PROMISE + 0.1
    # By now the bucket is full: a BURST of places is there, and not one more.
    answers = [admission.admit(late) for _ in range(11)]
    assert answers.count(None) == 10 * BURST
    assert answers[-1] == pytest.approx(0.1)


def test_no_client_is_sent_away_for_longer_than_the_longest_wait_nor_all_to_one_moment() -> None:
    admission = Admission(0.0, rates=Rates(fixed=100.0))
    waits = [admission.admit(0.0) or 0.0 for _ in range(10_000)]
    assert max(waits) <= LONGEST
    assert waits[:3_000:1_000] == pytest.approx([0.0, 9.01, 19.01])
    beyond = waits[4_000:]
    assert beyond[0] - beyond[1] == pytest.approx(0.01)
    bins = [sum(start <= wait < start + 1 for wait in beyond) for start in range(20, 30)]
    assert max(bins) - min(bins) <= 100


def test_an_invited_client_has_its_place_at_the_door() -> None:
    admission = Admission(0.0, rates=TEN)
    assert [admission.invite(0.0) for _ in range(10)] == [None] * 10
    assert admission.invite(0.0) == pytest.approx(0.1)
    assert [admission.admit(0.05) for _ in range(10)] == [None] * 10
    assert admission.admit(0.05) == pytest.approx(0.15)


def test_an_invitation_lapses() -> None:
    admission = Admission(0.0, rates=TEN)
    for _ in range(10):
        admission.invite(0.0)
    late = PROMISE + 0.1
    answers = [admission.admit(late) for _ in range(11)]
    assert answers.count(None) == 10


def test_who_renews_a_token_on_the_way_needs_no_second_place() -> None:
    admission = Admission(0.0, rates=TEN)
    assert admission.on_its_way(0.0) is None, "a client that did not ask first takes a place"
    assert [admission.on_its_way(0.1) for _ in range(50)] == [None] * 50
    assert admission.admit(0.2) is None
    refused = [admission.on_its_way(0.2) for _ in range(1)]
    assert refused == [None]
    assert [admission.admit(0.2) for _ in range(10)].count(None) == 10


def test_the_slots_of_a_planned_restart_are_even_within_the_window() -> None:
    admission = held(4, TEN)
    assert [admission.slot(number, 0.0) for number in range(4)] == pytest.approx([0.0, 0.11, 0.22, 0.33])
    assert Admission(0.0).slot(0, 0.0) == 0.0

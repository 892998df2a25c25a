from chat.withdrawal import AGAIN, PATIENCE, Withdrawal


def test_one_has_a_while_to_want_it_back() -> None:
    withdrawal = Withdrawal()
    assert (withdrawal.of, withdrawal.due, withdrawal.take()) == (None, None, None)
    withdrawal.begin("zoo", "id-1", 10.0)
    assert (withdrawal.of, withdrawal.due) == (("zoo", "id-1"), 10.0 + PATIENCE)
    assert withdrawal.take() == ("zoo", "id-1")
    assert (withdrawal.of, withdrawal.due, withdrawal.take()) == (None, None, None)


def test_time_stands_still_while_one_decides() -> None:
    withdrawal = Withdrawal()
    withdrawal.begin("zoo", "id-1", 0.0)
    withdrawal.hold(1.0)
    withdrawal.hold(2.0)
    assert not withdrawal.due
    withdrawal.go_on(100.0)
    assert withdrawal.due == 100.0 + PATIENCE - 1.0
    withdrawal.go_on(101.0)
    assert withdrawal.due == 100.0 + PATIENCE - 1.0


def test_whoever_turns_away_late_has_a_moment_more() -> None:
    withdrawal = Withdrawal()
    withdrawal.begin("zoo", "id-1", 0.0)
    withdrawal.hold(PATIENCE)
    withdrawal.go_on(50.0)
    assert withdrawal.due == 50.0 + AGAIN


def test_of_what_is_decided_no_time_runs() -> None:
    withdrawal = Withdrawal()
    withdrawal.hold(0.0)
    withdrawal.go_on(1.0)
    assert not withdrawal.due
    withdrawal.begin("zoo", "id-1", 0.0)
    withdrawal.take()
    withdrawal.go_on(2.0)
    assert not withdrawal.due

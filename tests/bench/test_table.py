"""The tables of the bench."""

import math

from bench.table import multiple, table


def test_columns_are_lined_up_and_all_but_the_first_set_to_the_right() -> None:
    assert table(["who", "how long"], [["Rebond", "0.10 s"], ["x", "1 s"]]).splitlines() == [
        "| who    | how long |",
        "| ------ | -------: |",
        "| Rebond |   0.10 s |",
        "| x      |      1 s |",
    ]


def test_a_multiple_is_left_out_where_there_is_none() -> None:
    assert [multiple(3, 2), multiple(30, 2), multiple(1, 0), multiple(math.inf, 1)] == ["1.50", "15", "-", "-"]

"""Each close code is classed: try again, get a token, sign out or stop."""

from __future__ import annotations

import pytest

from rebond.codes import Close, Verdict, verdict


@pytest.mark.parametrize(
    "code", [1000, 1001, 1005, 1006, 1007, 1009, 1011, 1012, 1013, 1015, 3000, 4408, 4413, 4429, 4999]
)
def test_what_is_not_known_to_be_final_is_tried_again(code: int) -> None:
    assert verdict(code) is Verdict.RETRY


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (Close.TOKEN, Verdict.RENEW),
        (Close.FORBIDDEN, Verdict.SIGN_OUT),
        (Close.BAD_FRAME, Verdict.STOP),
        (Close.REPLACED, Verdict.STOP),
        (Close.OUTDATED, Verdict.STOP),
    ],
)
def test_what_is_final_is_not(code: int, expected: Verdict) -> None:
    assert verdict(code) is expected

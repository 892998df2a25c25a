"""The table of who may do what."""

from __future__ import annotations

import pytest

from server.errors import ForbiddenError
from server.roles import ALLOWED, Act, Role, check, check_above, may


def test_every_act_is_in_the_table() -> None:
    assert set(ALLOWED) == set(Act)


@pytest.mark.parametrize("act", Act)
def test_owners_may_all_and_members_nothing_of_it(act: Act) -> None:
    assert may(Role.OWNER, act)
    assert not may(Role.MEMBER, act)
    check(Role.OWNER, act)
    with pytest.raises(ForbiddenError):
        check(Role.MEMBER, act)


@pytest.mark.parametrize(
    ("role", "above"),
    [(Role.OWNER, {Role.MODERATOR, Role.MEMBER}), (Role.MODERATOR, {Role.MEMBER}), (Role.MEMBER, set())],
)
def test_nobody_acts_on_their_equals(role: Role, above: set[Role]) -> None:
    for whom in Role:
        if whom in above:
            check_above(role, Act.BAN, whom)
        else:
            with pytest.raises(ForbiddenError):
                check_above(role, Act.BAN, whom)

"""What the buttons offer, held against what the server allows."""

from itertools import product

import pytest

from chat.people import Person
from chat.powers import is_above, keeps_order, may_give_roles, may_remove
from chat.roster import Member, Role
from server import roles
from server.errors import ForbiddenError

ABOUT_SOMEBODY = (roles.Act.MUTE, roles.Act.UNMUTE, roles.Act.BAN, roles.Act.UNBAN, roles.Act.EXPEL)


def allowed(mine: Role, act: roles.Act, theirs: Role) -> bool:
    try:
        roles.check_above(roles.Role(mine), act, roles.Role(theirs))
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize(("mine", "theirs"), list(product(Role, Role)))
def test_what_is_offered_is_what_the_server_allows(mine: Role, theirs: Role) -> None:
    assert {allowed(mine, act, theirs) for act in ABOUT_SOMEBODY} == {is_above(mine, theirs)}
    assert allowed(mine, roles.Act.REMOVE_MESSAGE, theirs) == may_remove(mine, Member(Person("u", "n"), theirs))
    assert allowed(mine, roles.Act.SET_ROLE, theirs) == may_give_roles(mine, theirs)


@pytest.mark.parametrize("mine", list(Role))
def test_who_keeps_order_sees_the_codes_and_the_log(mine: Role) -> None:
    for act in (roles.Act.READ_CODES, roles.Act.READ_ACTS, roles.Act.SET_REGISTRATION):
        assert roles.may(roles.Role(mine), act) == keeps_order(mine)


def test_what_those_who_have_left_wrote_can_be_removed_by_who_keeps_order() -> None:
    gone = Member(Person("u", ""), Role.OWNER, left=True)
    assert [may_remove(mine, gone) for mine in Role] == [True, True, False]
    assert [may_remove(mine, None) for mine in Role] == [True, True, False]

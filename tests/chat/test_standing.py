from chat.people import Person
from chat.roster import Member
from chat.standing import Standing


def me(muted_until: int | None) -> Member:
    return Member(Person("u", "n"), muted_until=muted_until)


def test_a_mute_is_over_by_itself() -> None:
    mine = Standing()
    mine.told({"muted_until": 100, "reason": "loud"})
    assert [mine.muted(now) for now in (0, 99, 100)] == [True, True, False]


def test_an_answer_counts_unless_an_event_came_after_the_question() -> None:
    mine = Standing()
    asked_at = mine.told_at
    mine.told({"muted_until": 0, "reason": ""})
    mine.asked(me(100), asked_at)
    assert mine.muted_until == 0
    mine.asked(me(100), mine.told_at)
    assert mine.muted_until == 100


def test_an_answer_that_says_the_same_keeps_the_reason() -> None:
    mine = Standing()
    mine.told({"muted_until": 100, "reason": "loud"})
    mine.asked(me(100), mine.told_at)
    mine.asked(me(None), mine.told_at)
    assert (mine.muted_until, mine.reason) == (100, "loud")


def test_what_makes_no_sense_mutes_nobody() -> None:
    mine = Standing()
    mine.told({"muted_until": "soon", "reason": 3})
    assert (mine.muted_until, mine.reason) == (0, "")

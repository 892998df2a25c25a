import asyncio
from collections.abc import Mapping

import pytest

from chat.api import Answer, Api, Problem, Unreachable
from chat.messages import Malformed
from chat.session import Session
from tests.chat.made import Counter, HandClock


def grant(number: int, name: str = "Ada", expires_in: float = 900) -> Answer:
    body = {"user": {"id": f"u-{name}", "name": name}, "token": f"token-{number}", "expires_in": expires_in}
    return Answer(200, body)


def refusal(status: int, code: str, **more: object) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "", **more}})


class Server:
    """Gives the answers it was told to, in order; an exception is raised. Notes the requests."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, str | None]] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def __call__(
        self, method: str, path: str, body: Mapping[str, object] | None = None, token: str | None = None
    ) -> Answer:
        self.asked.append((method, path, token))
        await self.hold.wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def session(server: Server, clock: HandClock | None = None) -> tuple[Session, Counter]:
    made = Session(server, clock or HandClock())
    ended = Counter()
    made.ended = ended
    return made, ended


async def test_logging_in_gives_a_token_for_requests() -> None:
    server = Server(grant(1))
    mine, _ = session(server)
    assert (await mine.log_in("Ada", "secret-secret")).name == "Ada"
    assert await mine.access() == "token-1"
    assert server.asked == [("POST", "/api/login", None)]


async def test_registering_does_too() -> None:
    server = Server(grant(1))
    mine, _ = session(server)
    await mine.register("Ada", "secret-secret")
    assert mine.user is not None
    assert server.asked == [("POST", "/api/register", None)]


async def test_a_refused_login_says_why() -> None:
    mine, ended = session(Server(refusal(401, "wrong_credentials")))
    with pytest.raises(Problem) as raised:
        await mine.log_in("Ada", "wrong")
    assert raised.value.code == "wrong_credentials"
    assert mine.user is None
    assert ended.calls == 0


async def test_life_is_counted_from_receipt_and_a_token_near_its_end_is_renewed() -> None:
    clock = HandClock(1_000.0)
    mine, _ = session(Server(grant(1, expires_in=900), grant(2)), clock)
    await mine.log_in("Ada", "secret-secret")
    clock.now += 869
    assert await mine.access() == "token-1"
    clock.now += 2
    assert await mine.access() == "token-2"


async def test_however_many_ask_one_renewal_is_made() -> None:
    server = Server(grant(1))
    mine, _ = session(server)
    server.hold.clear()
    asking = [asyncio.ensure_future(mine.access()) for _ in range(5)]
    await asyncio.sleep(0)
    server.hold.set()
    assert await asyncio.gather(*asking) == ["token-1"] * 5
    assert len(server.asked) == 1


async def test_one_who_no_longer_waits_does_not_take_the_answer_from_the_others() -> None:
    server = Server(grant(1))
    mine, _ = session(server)
    server.hold.clear()
    impatient, patient = asyncio.ensure_future(mine.access()), asyncio.ensure_future(mine.access())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    server.hold.set()
    assert await patient == "token-1"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_renewal_that_is_refused_ends_the_session_once(status: int) -> None:
    mine, ended = session(Server(grant(1), refusal(status, "session_ended"), refusal(status, "session_ended")))
    await mine.log_in("Ada", "secret-secret")
    for _ in range(2):
        with pytest.raises(Problem):
            await mine.access(renew=True)
    assert mine.user is None
    assert ended.calls == 1


@pytest.mark.parametrize("trouble", [Unreachable(), refusal(503, "busy", retry_ms=700), refusal(500, "internal")])
async def test_trouble_with_a_renewal_signs_nobody_out(trouble: Answer | Exception) -> None:
    mine, ended = session(Server(grant(1), trouble, grant(2)))
    await mine.log_in("Ada", "secret-secret")
    with pytest.raises(Unreachable):
        await mine.access(renew=True)
    assert mine.user is not None
    assert ended.calls == 0
    assert await mine.access(renew=True) == "token-2"


async def test_a_busy_server_says_when_to_come_back() -> None:
    mine, _ = session(Server(refusal(503, "busy", retry_ms=700)))
    with pytest.raises(Unreachable) as raised:
        await mine.resume()
    assert raised.value.retry_ms == 700


async def test_taking_up_a_session() -> None:
    mine, _ = session(Server(grant(1)))
    person = await mine.resume()
    assert person is not None
    assert person.name == "Ada"


async def test_there_may_be_none_to_take_up() -> None:
    mine, ended = session(Server(refusal(401, "session_ended")))
    assert await mine.resume() is None
    assert ended.calls == 0


async def test_a_renewal_in_the_name_of_another_account_ends_the_session() -> None:
    mine, ended = session(Server(grant(1, "Ada"), grant(2, "Grace")))
    await mine.log_in("Ada", "secret-secret")
    with pytest.raises(Problem):
        await mine.access(renew=True)
    assert mine.user is None
    assert ended.calls == 1


async def test_a_link_is_given_each_token_once() -> None:
    clock = HandClock()
    mine, _ = session(Server(grant(1, expires_in=900), grant(2)), clock)
    await mine.log_in("Ada", "secret-secret")
    clock.now = 100
    assert await mine.fresh() == ("token-1", 800)
    assert await mine.fresh() == ("token-2", 900)


async def test_a_link_is_told_when_there_is_no_session_any_more() -> None:
    mine, ended = session(Server(grant(1), refusal(401, "session_ended")))
    await mine.log_in("Ada", "secret-secret")
    await mine.fresh()
    assert await mine.fresh() is None
    assert ended.calls == 1


async def test_logging_out_forgets_once_the_server_knows() -> None:
    mine, ended = session(Server(grant(1), Unreachable(), Answer(204)))
    await mine.log_in("Ada", "secret-secret")
    with pytest.raises(Unreachable):
        await mine.log_out()
    users = [mine.user]
    await mine.log_out()
    assert [user is None for user in [*users, mine.user]] == [False, True]
    assert ended.calls == 0


async def test_an_answer_that_makes_no_sense_is_not_taken() -> None:
    mine, _ = session(Server(Answer(200, {"user": {"id": 3}})))
    with pytest.raises(Malformed):
        await mine.log_in("Ada", "secret-secret")
    assert mine.user is None


# The requests that a session gives access to.

ROOM = {"id": "zoo", "name": "Zoo", "joined": True, "head": 3, "members": 2}


async def test_a_request_carries_the_token_and_is_made_again_with_a_new_one_when_that_is_refused() -> None:
    server = Server(grant(1), refusal(401, "bad_token"), grant(2), Answer(200, {"room": ROOM}))
    mine, _ = session(server)
    await mine.log_in("Ada", "secret-secret")
    entry = await Api(server, mine).join("a/b?")
    assert (entry.id, entry.members) == ("zoo", 2)
    assert server.asked[1:] == [
        ("POST", "/api/rooms/a%2Fb%3F/join", "token-1"),
        ("POST", "/api/refresh", None),
        ("POST", "/api/rooms/a%2Fb%3F/join", "token-2"),
    ]


async def test_a_page_of_history() -> None:
    page = {
        "messages": [{"id": "id-1", "room": "zoo", "seq": 7, "author": {"id": "u", "name": "U"}, "text": "t", "at": 5}],
        "head": 9,
        "more": True,
    }
    server = Server(grant(1), Answer(200, page), Answer(200, {"messages": [], "head": 9, "more": False}))
    mine, _ = session(server)
    await mine.log_in("Ada", "secret-secret")
    api = Api(server, mine)
    found = await api.messages("zoo", 8)
    assert ([entry.seq for entry in found.messages], found.head, found.more) == ([7], 9, True)
    await api.messages("zoo", None)
    assert [path for _, path, _ in server.asked[1:]] == [
        "/api/rooms/zoo/messages?before=8&limit=50",
        "/api/rooms/zoo/messages?limit=50",
    ]


@pytest.mark.parametrize("body", [{}, {"rooms": 3}, {"rooms": [{}]}, {"rooms": [{"id": "zoo"}]}])
async def test_a_list_of_rooms_that_is_none(body: dict[str, object]) -> None:
    server = Server(grant(1), Answer(200, body))
    mine, _ = session(server)
    await mine.log_in("Ada", "secret-secret")
    with pytest.raises(Malformed):
        await Api(server, mine).rooms()


async def test_an_error_without_an_envelope_is_named_by_its_status() -> None:
    server = Server(grant(1), Answer(418))
    mine, _ = session(server)
    await mine.log_in("Ada", "secret-secret")
    with pytest.raises(Problem) as raised:
        await Api(server, mine).make_room("x")
    assert raised.value.code == "418"


@pytest.mark.parametrize(("status", "code"), [(403, "banned"), (401, "session_ended")])
async def test_a_session_that_is_over_says_why(status: int, code: str) -> None:
    mine, ended = session(Server(grant(1), refusal(status, code)))
    await mine.log_in("Ada", "secret-secret")
    await mine.look()
    assert (ended.calls, mine.reason) == (1, code)


async def test_looking_whether_it_is_over_ends_nothing_while_the_server_is_away() -> None:
    mine, ended = session(Server(grant(1), Unreachable()))
    await mine.log_in("Ada", "secret-secret")
    await mine.look()
    assert ended.calls == 0


async def test_a_join_code_goes_along_where_there_is_one() -> None:
    sent: list[object] = []

    class Noting(Server):
        async def __call__(
            self, method: str, path: str, body: Mapping[str, object] | None = None, token: str | None = None
        ) -> Answer:
            sent.append(body)
            return await super().__call__(method, path, body, token)

    mine = Session(Noting(grant(1), grant(2)), HandClock())
    await mine.register("Ada", "secret-secret", "ABC")
    await mine.register("Ada", "secret-secret")
    credentials = {"name": "Ada", "password": "secret-secret"}
    assert sent == [credentials | {"code": "ABC"}, credentials]


async def test_a_limit_says_when_to_come_back() -> None:
    mine, _ = session(Server(refusal(429, "slow_down", retry_ms=4_000)))
    with pytest.raises(Problem) as raised:
        await mine.log_in("Ada", "secret-secret")
    assert (raised.value.code, raised.value.retry_ms) == ("slow_down", 4_000)

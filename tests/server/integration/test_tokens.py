"""Access tokens that are no good: each way of asking refuses each of them."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import quote

import httpx
import jwt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Socket, Visitor

KEY = "the key of the server under test, long enough"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server whose key is known."""
    with RunningServer(tmp_path_factory.mktemp("tokens"), secret=KEY) as running:
        yield running


@pytest.fixture
async def ada(server: RunningServer) -> AsyncIterator[Visitor]:
    """Yield someone with an account there."""
    async with Visitor.registered(server, "ada") as visitor:
        yield visitor


Change = Callable[[dict[str, object]], str]


def signed(key: str = KEY, algorithm: str = "HS256", **changes: object) -> Change:
    """Return a maker of tokens that differ from a good one; a claim changed to None is left out."""

    def make(claims: dict[str, object]) -> str:
        changed = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(changed, key, algorithm)

    return make


def unsigned(claims: dict[str, object]) -> str:
    return jwt.encode(claims, None, "none")


BAD: dict[str, Change] = {
    "expired": signed(exp=int(time.time()) - 10),
    "forged": signed(key="another key, which is long enough as well"),
    "alg none": unsigned,
    "another algorithm": signed(algorithm="HS512", key=KEY * 2),
    "another audience": signed(aud="elsewhere"),
    "no audience": signed(aud=None),
    "no expiry": signed(exp=None),
    "no session": signed(sid=None),
    "session of the wrong type": signed(sid=["x"]),
    "unknown session": signed(sid="unknown"),
    "another account": signed(sub="somebody else"),
    "no id": signed(jti=None),
    "from the future": signed(iat=int(time.time()) + 3600),
    "garbage": lambda _: "garbage",
    "empty": lambda _: "",
    "not ascii": lambda _: "é.é.é",
}


@pytest.fixture(scope="module")
def claims(server: RunningServer) -> dict[str, object]:
    """Return what a good token says."""
    answer = httpx.post(f"{server.url}/api/register", json={"name": "Claims", "password": PASSWORD}, verify=False)
    decoded: dict[str, object] = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    return decoded


@pytest.fixture(params=list(BAD.values()), ids=list(BAD))
def bad_token(request: pytest.FixtureRequest, claims: dict[str, object]) -> str:
    """Return a token that would be good, were it not for one thing."""
    change: Change = request.param
    return change(claims)


async def test_good_token_has_all_claims(ada: Visitor) -> None:
    claims = jwt.decode(ada.token, KEY, ["HS256"], audience="rebond")
    assert claims.keys() == {"sub", "sid", "iat", "exp", "jti", "aud"}
    assert claims["sub"] == ada.id
    assert claims["exp"] - claims["iat"] == 15 * 60


async def test_bad_token_is_refused_over_http(server: RunningServer, bad_token: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.get("/api/me", headers=[(b"authorization", f"Bearer {bad_token}".strip().encode())])
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] in {"bad_token", "session_ended"}


async def test_bad_token_is_refused_at_hello(server: RunningServer, bad_token: str) -> None:
    async with Socket.open(server.ws_url) as socket:
        await socket.say(t="hello", token=bad_token, v=1, tab="t", cursors={})
        assert (await socket.refused())["code"] == "bad_token"
        assert (await socket.closed())[0] == 4401


async def test_bad_token_is_refused_before_the_upgrade(server: RunningServer, bad_token: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{server.ws_url}?token={quote(bad_token)}", proxy=None)
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body or b"")["error"]["code"] in {"bad_token", "session_ended"}


async def test_bad_token_harms_no_other_connection(ada: Visitor, server: RunningServer) -> None:
    async with ada.connected() as bystander:
        async with Socket.open(server.ws_url) as socket:
            await socket.say(t="hello", token="garbage", v=1, tab="t", cursors={})
            await socket.closed()
        assert await bystander.alive()


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "bearer  x"])
async def test_missing_token_is_refused(server: RunningServer, ada: Visitor, header: str) -> None:
    for method, path in [("GET", "me"), ("GET", "rooms"), ("POST", "rooms"), ("POST", "rooms/x/join")]:
        answer = await ada.http.request(method, f"/api/{path}", headers={"authorization": header})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")


async def test_token_of_another_account_on_an_open_connection_is_refused(server: RunningServer, ada: Visitor) -> None:
    async with Visitor.registered(server, "bob") as bob, ada.connected() as socket:
        await socket.say(t="auth", token=bob.token)
        assert (await socket.refused())["code"] == "bad_token"
        assert (await socket.closed())[0] == 4403


async def test_connection_lives_as_long_as_its_token_and_is_renewed_by_another(
    server: RunningServer, ada: Visitor
) -> None:
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    short = jwt.encode(claims | {"exp": time.time() + 1.5}, KEY, "HS256")
    async with Socket.open(server.ws_url) as dying, Socket.open(server.ws_url) as renewed:
        await dying.hello(short, tab="dying-tab")
        await renewed.hello(short, tab="renewed-tab")
        await renewed.say(t="auth", token=ada.token)
        assert (await dying.closed())[0] == 4401
        assert await renewed.alive()

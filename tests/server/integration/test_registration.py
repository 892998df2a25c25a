"""Who may make an account: everybody, who has a code, or nobody."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from xml.etree import ElementTree as ET

import httpx
import pytest

from server.registration import HOUR, read
from tests.support.company import Company, company
from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Object, fresh


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server whose registration is changed at will."""
    with RunningServer(tmp_path_factory.mktemp("registration")) as running:
        yield running


@pytest.fixture
async def place(server: RunningServer) -> AsyncIterator[Company]:
    """Yield a place that everybody may join as a test begins and ends."""
    async with company(server) as made:
        yield made
        await policy(made, "open")


async def policy(place: Company, wanted: str) -> None:
    answer = await place.owner.post("/api/registration", policy=wanted)
    assert answer.json() == {"registration": wanted}


async def make(place: Company, **wanted: int) -> Object:
    answer = await place.moderator.post("/api/codes", **wanted)
    assert answer.status_code == 201
    code: Object = answer.json()["code"]
    return code


async def register(server: RunningServer, code: object = None, name: str = "") -> tuple[int, str]:
    """Try to make an account; return the status and the problem."""
    body = {"name": name or fresh("newcomer"), "password": PASSWORD, "code": code}
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.post("/api/register", json=body)
    return answer.status_code, "" if answer.is_success else answer.json()["error"]["code"]


async def door(server: RunningServer) -> Object:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        told: Object = (await client.get("/api/door")).json()
    return told


async def test_first_account_owns_the_place_and_the_second_does_not(place: Company) -> None:
    assert (await place.owner.get("/api/me")).json()["user"]["role"] == "owner"
    assert (await place.member.get("/api/me")).json()["user"]["role"] == "member"


async def test_door_says_what_is_needed(server: RunningServer, place: Company) -> None:
    for wanted in ("code", "closed", "open"):
        await policy(place, wanted)
        assert await door(server) == {"registration": wanted, "first": False}


async def test_closed_door_takes_nobody(server: RunningServer, place: Company) -> None:
    code = await make(place)
    await policy(place, "closed")
    assert await register(server) == (403, "registration_closed")
    assert await register(server, code["code"]) == (403, "registration_closed")


async def test_open_door_asks_for_no_code_and_uses_none_up(server: RunningServer, place: Company) -> None:
    code = await make(place, uses=1)
    assert await register(server, "nonsense") == (201, "")
    assert await register(server, code["code"]) == (201, "")
    assert (await codes(place))[code["id"]]["used"] == 0


async def test_code_opens_for_as_many_as_it_is_for_even_all_at_once(server: RunningServer, place: Company) -> None:
    await policy(place, "code")
    code = await make(place, uses=3)
    for wrong in (None, "", "00000-00000"):
        assert await register(server, wrong) == (403, "bad_code")
    outcomes = await asyncio.gather(*(register(server, code["code"]) for _ in range(6)))
    assert sorted(outcomes) == [(201, "")] * 3 + [(403, "bad_code")] * 3
    seen = (await codes(place))[code["id"]]
    assert (seen["used"], seen["good"]) == (3, False)


async def test_name_that_is_taken_uses_no_code_up(server: RunningServer, place: Company) -> None:
    await policy(place, "code")
    code = await make(place, uses=1)
    assert await register(server, code["code"], place.member.name) == (409, "name_taken")
    assert await register(server, code["code"]) == (201, "")


async def test_code_is_good_until_it_expires(server: RunningServer, place: Company) -> None:
    await policy(place, "code")
    code = await make(place, hours=2)
    assert 0 <= int(str(code["expires_at"])) - 2 * HOUR - int(str(code["made_at"])) < 1
    assert await register(server, code["code"]) == (201, "")
    with closing(sqlite3.connect(server.database)) as database, database:
        past = time.time_ns() // 1_000_000 - 1
        database.execute("UPDATE join_code SET expires_at = ? WHERE id = ?", (past, code["id"]))
    assert await register(server, code["code"]) == (403, "bad_code")
    assert (await codes(place))[code["id"]]["good"] is False


async def test_code_that_is_taken_back_is_good_for_nothing(server: RunningServer, place: Company) -> None:
    await policy(place, "code")
    code = await make(place)
    for _ in range(2):
        revoked = (await place.moderator.post(f"/api/codes/{code['id']}/revoke")).json()["code"]
        assert (revoked["revoked"], revoked["good"]) == (True, False)
    assert await register(server, code["code"]) == (403, "bad_code")
    answer = await place.moderator.post("/api/codes/nothing/revoke")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_such_code")


async def test_plain_form_takes_a_code_too(server: RunningServer, place: Company) -> None:
    await policy(place, "code")
    code = await make(place)
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        form = {"name": fresh("newcomer"), "password": PASSWORD}
        answer = await client.post("/register", data=form | {"code": ""})
        assert answer.headers["location"] == "/?problem=bad_code"
        answer = await client.post("/register", data=form | {"code": str(code["code"]).lower()})
        assert answer.headers["location"] == "/"


async def test_link_that_is_typed_leads_to_the_door(server: RunningServer, place: Company) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.get("/join/7K3MQ-X0T9A")
        assert (answer.status_code, answer.headers["location"]) == (303, "/#join=7K3MQ-X0T9A")
        answer = await client.get("/join/%22%0aelsewhere")
        assert answer.headers["location"].startswith("/#join=")
    assert "7K3MQ" not in server.output()


async def test_qr_code_is_a_drawing_of_the_link(place: Company) -> None:
    code = await make(place)
    path = f"/api/codes/{code['id']}/qr"
    here = await place.moderator.get(path)
    assert here.headers["content-type"] == "image/svg+xml"
    assert ET.fromstring(here.text).tag == "{http://www.w3.org/2000/svg}svg"
    there = await place.moderator.get(path, origin="http://192.168.1.7:8000")
    assert ET.fromstring(there.text).tag == "{http://www.w3.org/2000/svg}svg"
    assert there.text != here.text
    for wrong in ("javascript:alert(1)", "http://host/path", "http://host\n", "//host"):
        answer = await place.moderator.get(path, origin=wrong)
        assert answer.status_code == 400, wrong
    assert (await place.moderator.get("/api/codes/nothing/qr")).status_code == 404


async def codes(place: Company) -> dict[object, Object]:
    found: list[Object] = (await place.owner.get("/api/codes")).json()["codes"]
    return {code["id"]: code for code in found}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7k3mq-x0t9a", "7K3MQ-X0T9A"),
        (" 7K3MQ X0T9A\n", "7K3MQ-X0T9A"),
        ("7K3MQXOT9A", "7K3MQ-X0T9A"),
        ("iloil-11011", "11011-11011"),
        ("", ""),
        ("\ud800" * 100, "-".join(["\ud800" * 5] * 12 + ["\ud800" * 4])),
    ],
)
def test_code_is_understood_however_it_is_typed(typed: str, meant: str) -> None:
    assert read(typed) == meant

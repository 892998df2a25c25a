"""Registering, logging in, staying logged in and logging out, over HTTP."""

from __future__ import annotations

import asyncio
import sqlite3
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Socket, Visitor, fresh


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def refresh_morsel(answer: httpx.Response) -> Morsel[str]:
    headers = [header for header in answer.headers.get_list("set-cookie") if header.startswith("rebond_refresh=")]
    return SimpleCookie(headers[0])["rebond_refresh"]


def refresh_cookie(answer: httpx.Response) -> str:
    return refresh_morsel(answer).value


async def renew(server: RunningServer, refresh: str) -> httpx.Response:
    """Ask for a new token with just this cookie."""
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        return await client.post("/api/refresh", headers={"cookie": f"rebond_refresh={refresh}"})


async def test_new_account_is_logged_in_at_once(ada: Visitor) -> None:
    answer = await ada.get("/api/me")
    user = answer.json()["user"]
    assert (user["id"], user["name"]) == (ada.id, ada.name)
    rooms = (await ada.get("/api/rooms")).json()["rooms"]
    assert rooms[0]["id"] == "general"
    assert rooms[0]["joined"] is True


async def test_grant_tells_who_and_for_how_long(server: RunningServer) -> None:
    visitor = Visitor(server)
    async with visitor.http:
        name = fresh("Éloïse ")
        answer = await visitor.post("/api/register", name=name, password=PASSWORD)
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"user", "token", "expires_in"}
    assert body["user"]["name"] == name
    assert body["expires_in"] == 900
    cookie = refresh_morsel(answer)
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("strict", "/api", str(30 * 24 * 3600))
    assert cookie["secure"] == ""


async def test_a_sign_that_the_page_can_read_comes_and_goes_with_the_session(ada: Visitor) -> None:
    assert ada.http.cookies["rebond_here"] == ada.id
    answer = await ada.post("/api/logout")
    signs = [header for header in answer.headers.get_list("set-cookie") if header.startswith("rebond_here=")]
    assert len(signs) == 1
    assert "HttpOnly" not in signs[0]
    assert "rebond_here" not in ada.http.cookies


async def test_cookie_and_transport_are_strict_over_https(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, headers={"x-forwarded-proto": "https"}, verify=False) as client:
        answer = await client.post("/api/register", json={"name": fresh("secure"), "password": PASSWORD})
    assert refresh_morsel(answer)["secure"] is True
    assert "max-age=" in answer.headers["strict-transport-security"]


async def test_log_in_works_with_the_name_in_another_case(server: RunningServer, ada: Visitor) -> None:
    answer = await ada.post("/api/login", name=f"  {ada.name.upper()} ", password=PASSWORD)
    assert answer.status_code == 200
    assert answer.json()["user"] == {"id": ada.id, "name": ada.name}


@pytest.mark.parametrize(("name", "password"), [("{ada}", "not her password"), ("nobody at all", PASSWORD)])
async def test_wrong_name_and_wrong_password_are_told_alike(ada: Visitor, name: str, password: str) -> None:
    answer = await ada.post("/api/login", name=name.format(ada=ada.name), password=password)
    assert (answer.status_code, code(answer)) == (401, "wrong_credentials")
    assert "set-cookie" not in answer.headers


async def test_name_is_taken_in_whatever_case(ada: Visitor) -> None:
    answer = await ada.post("/api/register", name=ada.name.upper(), password=PASSWORD)
    assert (answer.status_code, code(answer)) == (409, "name_taken")


async def test_one_of_many_who_want_a_name_at_once_gets_it(server: RunningServer) -> None:
    name = fresh("wanted")
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        body = {"name": name, "password": PASSWORD}
        answers = await asyncio.gather(*(client.post("/api/register", json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]


@pytest.mark.parametrize("name", ["a", "a" * 33, "two  spaces", "line\nbreak", "<script>", "...", "😀😀", " "])
async def test_bad_name_is_refused(server: RunningServer, name: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.post("/api/register", json={"name": name, "password": PASSWORD})
    assert (answer.status_code, code(answer)) == (422, "bad_name")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257])
async def test_bad_password_is_refused(server: RunningServer, password: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.post("/api/register", json={"name": fresh("name"), "password": password})
    assert (answer.status_code, code(answer)) == (422, "bad_password")


async def test_refresh_token_is_exchanged_for_another(server: RunningServer, ada: Visitor) -> None:
    before = ada.http.cookies["rebond_refresh"]
    answer = await ada.post("/api/refresh")
    assert answer.status_code == 200
    assert answer.json()["user"] == {"id": ada.id, "name": ada.name}
    assert refresh_cookie(answer) != before
    assert (await ada.post("/api/refresh")).status_code == 200


async def test_lost_answer_signs_nobody_out(server: RunningServer, ada: Visitor) -> None:
    first = ada.http.cookies["rebond_refresh"]
    await renew(server, first)  # the answer is lost
    again = await renew(server, first)
    assert again.status_code == 200
    assert (await renew(server, refresh_cookie(again))).status_code == 200


async def test_two_tabs_at_once_both_stay_signed_in(server: RunningServer, ada: Visitor) -> None:
    first = ada.http.cookies["rebond_refresh"]
    one, other = await asyncio.gather(renew(server, first), renew(server, first))
    assert (one.status_code, other.status_code) == (200, 200)
    one, other = await asyncio.gather(renew(server, refresh_cookie(one)), renew(server, refresh_cookie(other)))
    assert (one.status_code, other.status_code) == (200, 200)


async def test_reuse_after_the_successor_was_used_ends_the_session(server: RunningServer, ada: Visitor) -> None:
    first = ada.http.cookies["rebond_refresh"]
    second = refresh_cookie(await renew(server, first))
    third = refresh_cookie(await renew(server, second))
    async with ada.connected() as socket:
        stolen = await renew(server, first)
        assert (stolen.status_code, code(stolen)) == (401, "session_ended")
        assert (await socket.closed())[0] == 4401
    assert (await renew(server, third)).status_code == 401
    assert code(await ada.get("/api/me")) == "session_ended"


async def test_refresh_without_or_with_a_made_up_cookie_is_refused(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.post("/api/refresh")
    assert (answer.status_code, code(answer)) == (401, "session_ended")
    assert code(await renew(server, "made-up")) == "session_ended"


async def test_log_out_ends_the_session_everywhere_at_once(server: RunningServer, ada: Visitor) -> None:
    refresh = ada.http.cookies["rebond_refresh"]
    async with ada.connected() as socket:
        answer = await ada.post("/api/logout")
        assert answer.status_code == 204
        assert (await socket.closed())[0] == 4401
    assert "rebond_refresh" not in ada.http.cookies
    assert code(await ada.get("/api/me")) == "session_ended"
    assert (await renew(server, refresh)).status_code == 401
    async with Socket.open(server.ws_url) as socket:
        await socket.say(t="hello", token=ada.token, v=1, tab="t", cursors={})
        assert (await socket.refused())["code"] == "bad_token"
        assert (await socket.closed())[0] == 4401


async def test_log_out_leaves_other_sessions_alone(server: RunningServer, ada: Visitor) -> None:
    elsewhere = Visitor(server)
    async with elsewhere.http:
        elsewhere.take(await elsewhere.post("/api/login", name=ada.name, password=PASSWORD))
        async with elsewhere.connected() as socket:
            await ada.post("/api/logout")
            assert await socket.alive()
        assert (await elsewhere.get("/api/me")).status_code == 200


async def test_log_out_of_nothing_is_fine(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        assert (await client.post("/api/logout")).status_code == 204
        assert (await client.post("/api/logout", headers={"authorization": "Bearer x"})).status_code == 204


async def test_refresh_tokens_and_passwords_are_stored_hashed(server: RunningServer, ada: Visitor) -> None:
    refresh = ada.http.cookies["rebond_refresh"]
    with sqlite3.connect(server.database) as database:
        dump = "\n".join(database.iterdump())
        (password,) = database.execute("SELECT password FROM account WHERE id = ?", (ada.id,)).fetchone()
    database.close()
    assert refresh not in dump
    assert PASSWORD not in dump
    assert password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_plain_form_sets_the_cookie_and_leads_to_the_chat(server: RunningServer) -> None:
    name = fresh("form")
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        for path in ("/register", "/login"):
            answer = await client.post(path, data={"name": name, "password": PASSWORD})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert (await renew(server, refresh_cookie(answer))).json()["user"]["name"] == name


@pytest.mark.parametrize(
    ("path", "form", "problem"),
    [
        ("/login", {"name": "nobody", "password": PASSWORD}, "wrong_credentials"),
        ("/register", {"name": "x", "password": PASSWORD}, "bad_name"),
        ("/register", {"name": "fine name"}, "bad_request"),
        ("/login", {}, "bad_request"),
    ],
)
async def test_problem_with_a_plain_form_is_told_by_its_code(
    server: RunningServer, path: str, form: dict[str, str], problem: str
) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.post(path, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?problem={problem}")
    assert "set-cookie" not in answer.headers

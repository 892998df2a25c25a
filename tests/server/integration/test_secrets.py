"""A whole session, and then the log: no password, token, code, cookie or text of it is there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.server.integration.test_host import rebond
from tests.support.company import found
from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Socket, Visitor

WRONG, OTHER, RESET = "wrong horse battery", "other horse battery", "reset horse battery"
TEXT, REASON, EDITED = "text-that-nobody-logs", "reason-that-nobody-logs", "edited-text-that-nobody-logs"


def kept(client: httpx.AsyncClient) -> list[str]:
    """Return what a client's cookies hold that is a secret."""
    return [cookie.value or "" for cookie in client.cookies.jar if cookie.name in {"rebond_refresh", "rebond_device"}]


@pytest.mark.parametrize("style", ["text", "json"])
async def test_log_of_a_whole_session_holds_no_secret(tmp_path: Path, style: str) -> None:
    scrape = "a token for the machine that scrapes"
    secrets = [PASSWORD, WRONG, OTHER, RESET, TEXT, REASON, EDITED, scrape]
    with RunningServer(tmp_path, log_level="debug", log_format=style, metrics_token=scrape) as server:
        await found(server)
        async with Visitor.registered(server, "ada") as ada:
            rebond(server, "owner", ada.name)
            code = (await ada.post("/api/codes", uses=5)).json()["code"]["code"]
            await ada.get("/api/codes/x/qr", origin=f"http://{code}")
            await ada.post("/api/registration", policy="code")
            await ada.get(f"/join/{code}")
            secrets += [code, ada.token]
            # At the door, by JSON and by form, rightly and wrongly.
            async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
                for body in (
                    {"password": WRONG},
                    {"password": PASSWORD, "code": code},
                    {"password": ["broken", OTHER]},
                ):
                    await client.post("/api/register", json={"name": "bob"} | body)
                    await client.post("/register", data={"name": "carol"} | body)
                await client.post("/api/login", content=f'{{"name": "bob", "password": "{WRONG}"')
                await client.post("/login", data={"name": "bob", "password": WRONG})
                await client.get(f"/login?password={OTHER}")
                await client.get(f"/api/me?token={ada.token}", headers={"authorization": f"Bearer {ada.token[:-9]}"})
                await client.get(
                    "/metrics", headers={"authorization": f"Bearer {scrape}", "x-forwarded-for": "192.0.2.1"}
                )
                secrets += kept(client)
            # Talking.
            async with ada.connected() as socket:
                await socket.send("message-1", TEXT)
                await socket.acked("message-1")
                await socket.say(t="edit", id="edit-0001", room="general", target="message-1", text=EDITED)
                await socket.acked("edit-0001")
                await socket.say(t="send", id="message-2", room=TEXT, text=TEXT)
                await socket.connection.send(f'{{"t": "send", "text": "{TEXT}"')
                await socket.say(t="auth", token=ada.token[:-9])
            async with Socket.open(f"{server.ws_url}?token={ada.token}"):
                pass
            with pytest.raises(InvalidStatus):
                async with Socket.open(f"{server.ws_url}?token={ada.token[:-9]}"):
                    pass
            await ada.post(f"/api/rooms/general/messages/{ada.id}/message-1/remove", reason=REASON)
            # The disk refuses: the fault is logged, with what was tried.
            with closing(sqlite3.connect(server.database, timeout=0)) as holder:
                holder.execute("BEGIN IMMEDIATE")
                await ada.post("/api/me/display", display=TEXT)
            # The account.
            renewed = ada.take(await ada.post("/api/refresh"))
            await ada.post("/api/me/password", current=WRONG, password=OTHER)
            await ada.post("/api/me/password", current=PASSWORD, password=OTHER)
            await ada.get("/api/me/export")
            rebond(server, "password", ada.name, typed=RESET)
            secrets += [str(renewed["token"]), *kept(ada.http)]
            await ada.post("/api/logout")
        log = server.output()
    assert "/api/register" in log
    assert "cannot write to the database" in log
    assert len(secrets) > 12
    assert [secret for secret in secrets if secret in log] == []

"""The process: how it starts, what it says, how it ends, and what it needs."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.listening import local_address
from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Socket, Visitor

MAX_RESIDENT = 120 * 1024 * 1024


def run(**settings: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REBOND_")}
    environment |= {f"REBOND_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "server.main", "serve"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line in which the command said why it could not start."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("rebond: ")]
    assert result.returncode == 1
    assert len(lines) == 1
    assert "Traceback" not in result.stderr
    return lines[0]


def test_start_says_where_the_chat_and_its_data_are(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        assert f"Rebond is at {server.url} and keeps its data in {server.data}\n" in server.output()
        assert server.data.stat().st_mode & 0o777 == 0o700  # for whom it runs alone


def test_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert complaint(run(port=port, data=tmp_path)) == (
            f"rebond: port {port} of 127.0.0.1 is taken: free it, or choose another with REBOND_PORT"
        )


def test_a_class_is_told_where_to_come_and_can(tmp_path: Path) -> None:
    server = RunningServer(tmp_path)
    server.command[-1] = "share"
    with server:
        found = local_address()
        if found is None:
            server.wait_for("in no network")
        else:
            server.wait_for(f"Others in this network open http://{found}:{server.port}\n")
            server.wait_for("█")
        with urllib.request.urlopen(f"{server.url}/healthz") as answer:
            assert answer.status == HTTPStatus.OK


def test_host_of_another_machine_is_said_in_one_line(tmp_path: Path) -> None:
    assert "cannot be used" in complaint(run(host="203.0.113.1", port=0, data=tmp_path))


def test_data_of_another_server_is_said_in_one_line(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        assert "another server uses the data" in complaint(run(port=0, data=server.data))


def test_data_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be used" in complaint(run(port=0, data=tmp_path / "file"))


def test_database_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "rebond.sqlite3").write_text("this is no database, only a text of some length " * 100)
    assert "file is not a database" in complaint(run(port=0, data=tmp_path))


def test_bad_setting_is_said_in_one_line() -> None:
    assert "REBOND_PORT cannot be 'eighty'" in complaint(run(port="eighty"))


def test_memory_after_start_is_small(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        status = Path(f"/proc/{server.pid}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident is not None
    assert int(resident[1]) * 1024 < MAX_RESIDENT


async def test_no_token_password_or_query_reaches_the_log(tmp_path: Path) -> None:
    with RunningServer(tmp_path, log_level="debug") as server:
        async with Visitor.registered(server, "ada") as ada:
            refresh = ada.http.cookies["rebond_refresh"]
            async with Socket.open(f"{server.ws_url}?token={ada.token}"):
                pass
            with pytest.raises(InvalidStatus, match="401"):
                await connect(f"{server.ws_url}?token={ada.token}x", proxy=None)
            for path in ("/", "/api/nowhere", "/static/nothing", "/api/alive"):
                await ada.http.get(f"{path}?token={ada.token}")
            async with ada.connected() as connected:
                await connected.send("secret-message", "what nobody else is to read")
                await connected.acked("secret-message")
            await ada.post("/api/login", name=ada.name, password="not her password")
            await ada.http.get("/forged%0a2026-01-01 line")
            await ada.post("/api/refresh")
            await ada.post("/api/logout")
        server.wait_for("/api/logout 204")
        output = server.output()
    assert "WS /ws 101" in output
    assert "WS /ws 401" in output
    for secret in (ada.token, ada.token.split(".")[2], "token=", refresh, PASSWORD, "not her password", "nobody else"):
        assert secret not in output
    assert "\n2026-01-01 line" not in output


async def test_fault_of_the_servers_own_is_an_error_like_any_other(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada, ada.connected() as bystander:
            connection = sqlite3.connect(server.database)
            connection.execute("ALTER TABLE room RENAME TO elsewhere")
            connection.close()
            answer = await ada.get("/api/rooms")
            assert answer.status_code in {500, 503}
            assert answer.json()["error"]["code"] in {"internal", "busy"}
            assert await bystander.alive()

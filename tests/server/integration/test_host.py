"""The host's commands, while the server runs and while it does not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from server.host import FILE
from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import PASSWORD, Visitor

OTHER = "another password altogether"


def rebond(server: RunningServer, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command with the server's settings."""
    environment = {**os.environ, "REBOND_DATA": str(server.data)}
    command = [sys.executable, "-m", "server.main", *arguments]
    return subprocess.run(
        command, env=environment, input=typed, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


async def test_owner_is_somebody_else_at_once_and_everybody_is_told(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada, Visitor.registered(server, "bob") as bob:
            async with bob.connected() as socket:
                done = rebond(server, "owner", bob.name)
                assert (done.returncode, done.stdout) == (0, f"{bob.name} owns the place now\n")
                told = [await socket.hear("event", lambda frame: frame["kind"] == "person") for _ in range(2)]
                roles = {frame["user"]["id"]: frame["user"]["role"] for frame in told}  # type: ignore[index]  # JSON
                assert roles == {ada.id: "moderator", bob.id: "owner"}
            assert (await bob.get("/api/me")).json()["user"]["role"] == "owner"
            [act] = (await bob.get("/api/acts")).json()["acts"]
            assert (act["kind"], act["by"], act["whom"]["id"]) == ("set_role", None, bob.id)


async def test_password_is_another_at_once_and_all_sockets_close(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada:
            async with ada.connected() as socket:
                done = rebond(server, "password", ada.name.upper(), typed=f"{OTHER}\n")
                assert done.returncode == 0, done.stderr
                assert (await socket.closed())[0] == 4401
            assert (await ada.get("/api/me")).status_code == 401
            assert (await ada.post("/api/refresh")).status_code == 401
            assert (await ada.post("/api/login", name=ada.name, password=PASSWORD)).status_code == 401
            assert (await ada.post("/api/login", name=ada.name, password=OTHER)).status_code == 200
        assert OTHER not in server.output() + done.stdout + done.stderr


async def test_commands_work_while_the_server_does_not(tmp_path: Path) -> None:
    server = RunningServer(tmp_path)
    with server:
        async with Visitor.registered(server, "ada") as ada, Visitor.registered(server, "bob") as bob:
            pass
    assert not (server.data / FILE).exists()
    assert rebond(server, "owner", bob.name).returncode == 0
    assert rebond(server, "password", ada.name, typed=OTHER).returncode == 0
    with server:
        visitor = Visitor(server)
        async with visitor.http:
            body = visitor.take(await visitor.post("/api/login", name=ada.name, password=OTHER))
            assert body["user"] == {"id": ada.id, "name": ada.name}
            assert (await visitor.get("/api/me")).json()["user"]["role"] == "moderator"


async def test_commands_work_after_the_server_was_killed_and_started_again(tmp_path: Path) -> None:
    server = RunningServer(tmp_path).start()
    async with Visitor.registered(server, "ada") as ada:
        server.kill()
        assert rebond(server, "owner", ada.name).returncode == 0
        server.start()
        assert rebond(server, "owner", ada.name).returncode == 0
    server.stop()


def test_what_cannot_be_done_is_said_in_a_line(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        for arguments, typed, said in [
            (("owner", "nobody"), "", "rebond: nobody here is called nobody\n"),
            (("password", "nobody"), OTHER, "rebond: nobody here is called nobody\n"),
            (("password", "nobody"), "short", "rebond: a password has 8 to 256 characters\n"),
        ]:
            done = rebond(server, *arguments, typed=typed)
            assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


def test_nobody_else_can_reach_the_socket(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        assert stat.S_IMODE((server.data / FILE).stat().st_mode) == 0o600

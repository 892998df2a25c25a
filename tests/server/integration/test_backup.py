"""The commands ``rebond backup`` and ``rebond restore``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.running import RunningServer
from tests.support.visitor import Visitor


def rebond(server: RunningServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on the data of a server."""
    environment = os.environ | {"REBOND_DATA": str(server.data)}
    command = [sys.executable, "-m", "server.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


async def test_backup_is_made_while_the_server_runs_and_restored_while_it_does_not(tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.sqlite3")
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada:
            async with ada.connected() as socket:
                epoch = socket.welcome["epoch"]
                await socket.send("before-the-backup")
                await socket.acked("before-the-backup")
                made = rebond(server, "backup", copy)
                assert (made.returncode, made.stderr) == (0, "")
                assert f"{copy} is a complete copy" in made.stdout
                await socket.send("after-the-backup")
                await socket.acked("after-the-backup")
            refused = rebond(server, "restore", copy)
            assert refused.returncode == 1
            assert "another server uses the data" in refused.stderr
            server.stop()
            restored = rebond(server, "restore", copy)
            assert (restored.returncode, restored.stderr) == (0, "")
            assert "what it replaces is kept in" in restored.stdout
            server.start()
            async with ada.connected(cursors={"room:general": 2}, epoch=str(epoch)) as socket:
                assert socket.welcome["epoch"] != epoch
                heads = socket.welcome["heads"]
                assert isinstance(heads, dict)
                assert heads["room:general"] == 1
                await socket.send("after-the-backup")
                assert (await socket.acked("after-the-backup"))["seq"] == 2


async def test_older_file_put_in_place_by_hand_begins_another_epoch(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada:
            async with ada.connected() as socket:
                epoch = socket.welcome["epoch"]
            rebond(server, "backup", str(copy))
            server.stop()
            server.start()
            async with ada.connected() as socket:
                assert socket.welcome["epoch"] == epoch
            server.stop()
            copy.replace(server.database)
            server.start()
            async with ada.connected() as socket:
                assert socket.welcome["epoch"] != epoch


def test_what_cannot_be_restored_is_said_in_one_line(tmp_path: Path) -> None:
    result = rebond(RunningServer(tmp_path), "restore", str(tmp_path / "nothing"))
    assert result.returncode == 1
    assert result.stderr.startswith("rebond: ")
    assert result.stderr.count("\n") == 1

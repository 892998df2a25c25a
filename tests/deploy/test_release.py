"""docs/deploy.md, step by step: a release is put in place, the next under traffic, and a broken one taken back."""

from __future__ import annotations

import asyncio
import re
import subprocess
import tarfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rebond import Ack, Event, State
from rebond.asyncio import Link
from tests.support.machine import Machine
from tests.support.visitor import Visitor
from tests.support.watch import Watch

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "release.sh"
INSTALLED = 300
"""Seconds after which a release is not going to be installed any more."""


TO_INSTALL = {"editables", "hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers"}
"""What the installation itself needs. The broken release gets no further, so it is given no more: that saves time."""


def pinned(requirements: str, names: Collection[str]) -> Iterator[str]:
    """Yield the pins of these packages."""
    for pin in re.split(r"^(?=\S+==)", requirements, flags=re.MULTILINE):
        if pin.partition("==")[0] in names:
            yield pin


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A release, the next one, and one whose server does not start."""
    from deploy.pack import pack

    folder = tmp_path_factory.mktemp("archives")
    made = {name: folder / f"rebond-{name}.tar.gz" for name in ("1", "2", "broken")}
    pack(made["1"])
    made["2"].hardlink_to(made["1"])
    with tarfile.open(made["1"]) as archive:
        archive.extractall(folder / "broken", filter="data")
    (unpacked,) = (folder / "broken").iterdir()
    (unpacked / "server" / "__init__.py").write_text("raise SystemExit('this release is broken')\n")
    needed = unpacked / "requirements" / "runtime.txt"
    needed.write_text("".join(pinned(needed.read_text(), TO_INSTALL)))
    with tarfile.open(made["broken"], "w:gz", compresslevel=1) as archive:
        archive.add(unpacked, unpacked.name)
    return made


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, archives: dict[str, Path]) -> Iterator[Machine]:
    """A machine on which the first release runs."""
    with ExitStack() as stack:
        machine = stack.enter_context(Machine(tmp_path_factory.mktemp("machine")))
        worked(machine.release(SCRIPT, archives["1"]))
        yield machine


def worked(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_release_runs(machine: Machine) -> None:
    assert machine.runs == "rebond-1"
    assert machine.restarts == 1


async def test_the_next_release_is_put_in_place_under_traffic_and_nobody_loses_anything(
    machine: Machine, archives: dict[str, Path]
) -> None:
    async with Visitor.registered(machine, "ada") as ada, Visitor.registered(machine, "bob") as bob:
        acks: list[Ack] = []
        heard: list[str] = []
        watch = Watch()

        def hear(event: Event) -> None:
            if event.kind == "message":
                heard.append(str(event.body["text"]))

        sender = Link(machine.ws_url, token=ada.token, on_ack=acks.append, on_event=lambda _: None, on_status=watch)
        listener = Link(machine.ws_url, token=bob.token, on_event=hear, on_status=(listening := Watch()))
        async with asyncio.timeout(INSTALLED), sender, listener:
            await watch.state(State.LIVE)
            await listening.state(State.LIVE)
            releasing = asyncio.create_task(asyncio.to_thread(machine.release, SCRIPT, archives["2"]))
            said: list[str] = []
            while not releasing.done():
                said.append(f"message {len(said)}")
                sender.send("general", said[-1])
                await asyncio.wait([releasing], timeout=0.05)
            worked(releasing.result())
            while len(acks) < len(said) or len(heard) < len(said):
                await asyncio.wait([releasing, asyncio.ensure_future(asyncio.sleep(0.05))])
    assert machine.runs == "rebond-2"
    assert heard == said
    # The port was listened to all the time: nobody was told that there is no server.
    assert [status for status in watch.seen if status.cause == "server_down"] == []
    assert (machine.root / "before-rebond-2.sqlite3").is_file()


def test_a_release_that_does_not_answer_is_taken_back(machine: Machine, archives: dict[str, Path]) -> None:
    before = machine.runs
    done = machine.release(SCRIPT, archives["broken"])
    assert done.returncode == 1
    assert f"going back to {before}" in done.stdout
    assert machine.runs == before
    assert "this release is broken" in machine.log.read_text()


def test_what_runs_already_is_left_alone(machine: Machine, archives: dict[str, Path]) -> None:
    restarts = machine.restarts
    done = machine.release(SCRIPT, archives[machine.runs.removeprefix("rebond-")])
    worked(done)
    assert "runs already" in done.stdout
    assert machine.restarts == restarts


def test_an_archive_that_is_none_changes_nothing(machine: Machine, tmp_path: Path) -> None:
    before, restarts = machine.runs, machine.restarts
    (tmp_path / "rebond-half.tar.gz").write_bytes(b"half")
    assert machine.release(SCRIPT, tmp_path / "rebond-half.tar.gz").returncode != 0
    assert (machine.runs, machine.restarts) == (before, restarts)

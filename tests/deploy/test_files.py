"""The files of deploy/, each checked by what will read it, where that is on this machine or can be brought in."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from browser import BrowserMissingError, install
from rebond import Event, State
from rebond.asyncio import Link
from tests.support.company import say
from tests.support.ports import free_port
from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import PASSWORD, Visitor
from tests.support.watch import Watch

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MOST_EXPOSED = 2.0
"""On systemd's scale from 0, which is shut in, to 10."""


def run(*command: str | Path) -> str:
    """Run a tool and return what it said; what it finds fault with fails the test."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def brought_in(tool: str) -> Path:
    """Return where a tool is, which is brought in if it is not here and this machine lets us."""
    if shutil.which(tool) is None:
        try:
            install(tool)
        except BrowserMissingError as error:
            pytest.skip(f"{tool} is not here and cannot be brought in: {error}")
    found = shutil.which(tool)
    assert found is not None
    return Path(found)


def test_the_container_file_is_in_order() -> None:
    assert run(Path(sys.executable).with_name("hadolint"), DEPLOY / "Containerfile") == ""


def test_scripts_are_in_order() -> None:
    assert run("sh", "-n", DEPLOY / "release.sh") == ""


def test_the_workflow_calls_what_there_is() -> None:
    workflow = (DEPLOY / "workflow.yml").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = set(re.findall(r"run: make (\w+)", workflow))
    assert called == {"test", "release"}
    assert called <= targets
    assert "/srv/rebond/release.sh" in workflow


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="only a machine with systemd can verify its units")
def test_the_units_are_in_order_and_shut_in(tmp_path: Path) -> None:
    for name in ("rebond.service", "rebond.socket"):
        unit = (DEPLOY / name).read_text()
        # The command has to be there to be verified.
        (tmp_path / name).write_text(unit.replace("/srv/rebond/current/.venv/bin/rebond", "/bin/true"))
    assert run("systemd-analyze", "verify", tmp_path / "rebond.service", tmp_path / "rebond.socket") == ""
    said = run("systemd-analyze", "security", "--offline=true", tmp_path / "rebond.service")
    exposure = re.search(r"Overall exposure level for rebond.service: (\d+\.\d+)", said)
    assert exposure is not None, said
    assert float(exposure[1]) <= MOST_EXPOSED


class Traced(RunningServer):
    """A server whose calls of the system are written down."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._calls = folder / "calls"
        self.patience = 3 * PATIENCE  # every call costs a multiple
        # The tracer is a child of the server (-D), so that signals reach that.
        self.command = ["strace", "-D", "-f", "-q", "-o", str(self._calls), *self.command]

    def calls(self) -> list[str]:
        """Stop the server and return its calls, those of all its threads, once all are written down."""
        gone = re.compile(rf"^{self.pid} +\+\+\+ exited", re.MULTILINE)
        assert self.stop() == 0
        until = time.monotonic() + PATIENCE
        while not gone.search(self._calls.read_text()):
            assert time.monotonic() < until, "the tracer did not come to its end"
            time.sleep(0.05)
        return re.findall(r"^\d+ +(\w+\(.*)", self._calls.read_text(), re.MULTILINE)


def expanded(name: str) -> set[str]:
    """Return the calls that a name in a filter of systemd stands for."""
    if not name.startswith("@"):
        return {name}
    lines = run("systemd-analyze", "syscall-filter", name).splitlines()[1:]
    members = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    return set().union(*map(expanded, members))


def allowed(unit: str) -> set[str]:
    """Return the calls that a unit allows (systemd.exec(5), SystemCallFilter=)."""
    calls: set[str] = set()
    for names in re.findall(r"^SystemCallFilter=(.*)", unit, re.MULTILINE):
        meant = set().union(*map(expanded, names.removeprefix("~").split()))
        calls = calls - meant if names.startswith("~") else calls | meant
    return calls


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="only systemd knows what its filters mean")
async def test_the_unit_forbids_nothing_that_the_server_does(tmp_path: Path) -> None:
    brought_in("strace")
    unit = (DEPLOY / "rebond.service").read_text()
    with Traced(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada:
            assert (await ada.post("/api/login", name=ada.name, password=PASSWORD)).is_success
            await say(ada)
            assert (await ada.get("/api/search", q="hello")).json()["hits"]
            assert (await ada.get("/metrics")).is_success
            assert (await ada.get("/")).is_success
        calls = await asyncio.to_thread(server.calls)
    names = {call.partition("(")[0] for call in calls}
    assert {"setpriority", "fdatasync", "accept4"} <= names
    assert names - allowed(unit) <= {"fchown"}  # SQLite gives files to their owner, where it runs as root alone
    families = {call[len("socket(") :].partition(",")[0] for call in calls if call.startswith("socket(")}
    assert families <= set(re.findall(r"\bAF_\w+", unit))
    assert "MemoryDenyWriteExecute=yes" in unit
    assert [call for call in calls if "PROT_WRITE|PROT_EXEC" in call or re.match(r"mprotect\(.*PROT_EXEC", call)] == []


@pytest.fixture(scope="module")
def caddy() -> Path:
    """The proxy."""
    return brought_in("caddy")


def test_the_proxy_takes_its_configuration(caddy: Path) -> None:
    assert "Valid configuration" in run(caddy, "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")


class Proxied:
    """The chat as it is reached through the proxy."""

    def __init__(self, port: int, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.ws_url = f"ws://127.0.0.1:{port}/ws"
        self.log = log

    def logged(self, text: str) -> str:
        """Return the proxy's log, once there is this text in it."""
        until = time.monotonic() + PATIENCE
        while text not in (log := self.log.read_text()):
            assert time.monotonic() < until, log
            time.sleep(0.05)
        return log


@pytest.fixture
def proxied(caddy: Path, tmp_path: Path, server: RunningServer) -> Iterator[Proxied]:
    """The configuration as it is, but for the names and ports of a test, and without a certificate."""
    port, log = free_port(), tmp_path / "caddy.log"
    here = (DEPLOY / "Caddyfile").read_text()
    here = here.replace("chat.example.org {", f"http://127.0.0.1:{port} {{").replace("127.0.0.1:8000", server.url[7:])
    (tmp_path / "Caddyfile").write_text(re.sub(r"^\{$", "{\n\tadmin off", here, count=1, flags=re.MULTILINE))
    command = [str(caddy), "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env={"HOME": str(tmp_path)})
    try:
        # It may be asked before it listens; how often the transport tries, with a growing pause.
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            assert client.get(f"http://127.0.0.1:{port}/healthz").status_code == httpx.codes.OK
        yield Proxied(port, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, token_seconds=60) as server:
        yield server


async def test_through_the_proxy_a_restart_loses_nothing_and_no_secret_is_logged(
    proxied: Proxied, server: RunningServer
) -> None:
    async with Visitor.registered(proxied, "ada") as ada:
        heard: list[str] = []
        watch = Watch()

        def hear(event: Event) -> None:
            if event.kind == "message":
                heard.append(str(event.body["text"]))

        async with (
            asyncio.timeout(2 * PATIENCE),
            Link(proxied.ws_url, token=ada.token, on_event=hear, on_status=watch) as link,
        ):
            await watch.state(State.LIVE)
            link.send("general", "before")
            await watch.until(lambda status: status.queued == 0)
            server.stop()
            await watch.until(lambda status: status.state is not State.LIVE)
            link.send("general", "meanwhile")
            server.start()
            await watch.until(lambda status: status.state is State.LIVE and status.queued == 0)
            await watch.until(lambda _: heard == ["before", "meanwhile"])
        answer = await ada.get("/metrics")
        assert answer.status_code == httpx.codes.NOT_FOUND
        async with httpx.AsyncClient() as client:
            await client.get(f"{proxied.url}/ws", params={"token": ada.token, "more": "1"})
            assert (await client.get(f"{proxied.url}/join/7K2MQ-X4T9B")).headers["location"] == "/#join=7K2MQ-X4T9B"
            server.stop()
            failed = await client.get(f"{proxied.url}/ws", params={"token": ada.token}, timeout=PATIENCE)
            assert failed.status_code == httpx.codes.BAD_GATEWAY
            server.start()
            await client.get(f"{proxied.url}/api/search", params={"q": "something private"})
        # What is asked for is answered before it is logged.
        log = await asyncio.to_thread(proxied.logged, "/api/search?")
        for secret in (ada.token, "7K2MQ-X4T9B", "private"):
            assert secret not in log
        assert log.count('"uri":"/ws?-"') > 1  # the one that failed as an error too
        assert '"uri":"/join/-"' in log

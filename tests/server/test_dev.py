"""What `rebond dev` does about a saved file."""

import sys
import time
from pathlib import Path

import pytest

from server.dev import Server, Supervisor, concerns_server, named


class FakeServer(Server):
    """Counts its starts instead of starting anything."""

    def __init__(self) -> None:
        super().__init__(())
        self.starts = 0
        self.called_back = 0
        self.status: int | None = None

    def start(self) -> None:
        self.starts += 1

    def call_back(self) -> None:
        self.called_back += 1

    def ended(self) -> int | None:
        status, self.status = self.status, None
        return status


class Scene:
    """A supervisor on files of the test's own, whose page is `page`; None is one that does not build."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.page: str | None = "first"
        self.server = FakeServer()
        self.supervisor = Supervisor(self.server, self.build, root)
        self.supervisor.start()

    def build(self) -> bool:
        if self.page is not None:
            self.write("web/dist/build.json", self.page)
        return self.page is not None

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def save(self, name: str, content: str = "") -> None:
        self.write(name, content)
        self.supervisor.handle({Path(name)})


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_file_of_the_server_starts_it_anew(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.save("server/rooms.py")
    assert scene.server.starts == 2
    assert capsys.readouterr().out == "rebond dev: server/rooms.py changed, the server starts anew\n"


def test_a_file_of_the_library_starts_the_server_anew(scene: Scene) -> None:
    scene.save("web/py/rebond/link.py")
    assert scene.server.starts == 2


def test_a_new_page_is_come_back_for(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.page = "second"
    scene.save("web/styles/chat.css")
    assert (scene.server.starts, scene.server.called_back) == (1, 1)
    assert capsys.readouterr().out == "rebond dev: web/styles/chat.css changed, the pages load anew\n"


def test_a_page_that_stays_the_same_disturbs_nobody(scene: Scene) -> None:
    scene.save("web/pages/notes.txt")
    assert (scene.server.starts, scene.server.called_back) == (1, 0)


def test_a_syntax_error_keeps_the_server_that_runs(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.save("server/rooms.py", "x = 1\ndef (")
    assert scene.server.starts == 1
    said = capsys.readouterr().out
    assert said == "rebond dev: server/rooms.py:2: invalid syntax; waiting for it to be put right\n"


def test_a_syntax_error_holds_back_other_files_until_it_is_put_right(scene: Scene) -> None:
    scene.save("server/rooms.py", "def (")
    scene.save("server/hub.py")
    assert scene.server.starts == 1
    scene.save("server/rooms.py", "x = 1")
    assert scene.server.starts == 2


def test_a_removed_file_is_no_mistake(scene: Scene) -> None:
    scene.supervisor.handle({Path("server/gone.py")})
    assert scene.server.starts == 2


def test_a_page_that_does_not_build_keeps_the_server_that_runs(scene: Scene) -> None:
    scene.page = None
    scene.save("web/pages/index.html")
    scene.save("server/rooms.py")
    assert scene.server.starts == 1
    scene.page = "second"
    scene.save("web/pages/index.html")
    assert scene.server.starts == 2


def test_a_server_that_cannot_start_ends_it_all(scene: Scene) -> None:
    scene.server.status = 2
    scene.supervisor.handle(())
    assert scene.supervisor.given_up() == 2


def test_a_server_that_a_change_broke_is_waited_for(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.save("server/rooms.py")
    capsys.readouterr()
    scene.server.status = 1
    scene.supervisor.handle(())
    assert scene.supervisor.given_up() is None
    said = capsys.readouterr().out
    assert said == "rebond dev: the server ended (status 1); the next change starts it again\n"


@pytest.mark.parametrize("noticed", [True, False])
def test_a_server_that_has_ended_is_started_again_by_a_change_of_the_page_too(scene: Scene, noticed: bool) -> None:
    scene.save("server/rooms.py")
    scene.server.status = 1
    if noticed:
        scene.supervisor.handle(())
    scene.page = "second"
    scene.save("web/styles/chat.css")
    assert (scene.server.starts, scene.server.called_back) == (3, 0)
    scene.page = "third"
    scene.save("web/styles/chat.css")
    assert (scene.server.starts, scene.server.called_back) == (3, 1)


def test_while_nothing_happens_nothing_is_said(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.supervisor.handle(())
    assert scene.supervisor.given_up() is None
    assert capsys.readouterr().out == ""


def test_the_server_is_told_to_end_before_its_successor_starts(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = (
        "import pathlib, signal, sys\n"
        f"log = pathlib.Path({str(log)!r}).open('a', buffering=1)\n"
        "signal.signal(signal.SIGTERM, lambda *_: (log.write('end\\n'), sys.exit(0)))\n"
        "log.write('start\\n')\n"
        "signal.pause()\n"
    )
    server = Server((sys.executable, "-c", program))
    server.start()
    wait_for(log, "start\n")
    server.start()
    wait_for(log, "start\nend\nstart\n")
    server.stop()
    assert log.read_text() == "start\nend\nstart\nend\n"
    assert server.ended() is None


def test_a_server_that_does_not_listen_yet_is_called_back_once_it_does(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = (
        "import pathlib, signal, sys\n"
        f"log = pathlib.Path({str(log)!r}).open('a', buffering=1)\n"
        "log.write('start\\n')\n"
        "while signal.SIGUSR1 not in signal.sigpending(): pass\n"
        "signal.signal(signal.SIGUSR1, lambda *_: log.write('back\\n'))\n"
        "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})\n"
        "while True: signal.pause()\n"
    )
    server = Server((sys.executable, "-c", program))
    server.start()
    wait_for(log, "start\n")
    server.call_back()
    wait_for(log, "start\nback\n")
    server.stop()


def test_a_server_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.dev.GRACE", 0.1)
    log = tmp_path / "log"
    program = (
        "import pathlib, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(log)!r}).write_text('start')\n"
        "while True: signal.pause()\n"
    )
    server = Server((sys.executable, "-c", program))
    server.start()
    wait_for(log, "start")
    server.stop()
    assert server.ended() is None


def test_the_status_of_a_server_that_ended_is_told_once() -> None:
    server = Server((sys.executable, "-c", "raise SystemExit(3)"))
    server.start()
    deadline = time.monotonic() + 30
    while (status := server.ended()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert status == 3
    assert server.ended() is None


def wait_for(log: Path, content: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if log.exists() and log.read_text() == content:
            return
        time.sleep(0.01)
    pytest.fail(f"{log} never held {content!r}")


@pytest.mark.parametrize(
    ("path", "concerned"),
    [
        ("server/rooms.py", True),
        ("server/migrations/0001.py", True),
        ("web/py/rebond/wire.py", True),
        ("web/py/chat/main.py", False),
        ("web/styles/chat.css", False),
    ],
)
def test_which_files_the_server_runs(path: str, concerned: bool) -> None:
    assert concerns_server(Path(path)) is concerned


def test_files_are_named_briefly() -> None:
    assert named({Path("b"), Path("a"), Path("c")}) == "a and 2 more"
    assert named({Path("a")}) == "a"

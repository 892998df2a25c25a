"""`rebond dev`: serves the chat, and starts anew what a saved file concerns.

A file of the page builds the page anew, and the server has those who look at it come back for the new one. A file of
the server starts the server's process anew. The pages that are open come back by themselves: this is the scene the
whole project starts from. What cannot work (Python that does not compile, a page that does not build) is said, and the
last good state goes on until it is put right.
"""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from watchfiles import DefaultFilter, watch

ROOT = Path(__file__).resolve().parents[1]
SERVE = (sys.executable, "-m", "server.main", "serve")
BUILD = (sys.executable, "-m", "web.runtime.build", "--quick")

GRACE = 5.0
"""Seconds that the server has to say goodbye to its clients before it is killed."""
GATHER_MS = 400
"""Milliseconds within which the files that an editor or a checkout saves together count as one change."""
QUIET_MS = 50
"""Milliseconds without a further save after which a change is taken to be complete."""
LOOK_MS = 500
"""Milliseconds between two looks at whether the server is still there."""


def dev() -> int:
    """Run until interrupted. Returns the exit status: the server's own when it cannot even start."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    server = Server(SERVE)
    supervisor = Supervisor(server, build)
    try:
        supervisor.start()
        changes = watch(
            ROOT / "server",
            ROOT / "web",
            watch_filter=DefaultFilter(ignore_dirs=(*DefaultFilter.ignore_dirs, "dist")),
            debounce=GATHER_MS,
            step=QUIET_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            stop_event=stopped,
        )
        for change in changes:
            supervisor.handle({Path(path).relative_to(ROOT) for _, path in change})
            if (status := supervisor.given_up()) is not None:
                return status
    except KeyboardInterrupt:
        print(flush=True)  # the terminal has written ^C on the line
    finally:
        server.stop()
    return 0


def build() -> bool:
    """Build the page in a process of its own, so that the build's own code is the newest too."""
    return subprocess.run(BUILD, cwd=ROOT, check=False).returncode == 0


class Server:
    """The server's process, at most one at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, after the one before has ended."""
        self.stop()
        # It inherits that the signal waits until it listens: one that comes earlier would end it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        # In a group of its own, so that Ctrl-C reaches only us, and the server is told once.
        self._process = subprocess.Popen(self._command, cwd=ROOT, process_group=0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})

    def call_back(self) -> None:
        """Have it tell those who are connected that there is another page."""
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR1)

    def stop(self) -> None:
        """End it, gently for GRACE seconds."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            print(f"rebond dev: the server did not end within {GRACE:g} s and was killed", flush=True)
            process.kill()
            process.wait()

    def ended(self) -> int | None:
        """The exit status, once, if it has ended by itself."""
        status = None if self._process is None else self._process.poll()
        if status is not None:
            self._process = None
        return status


class Supervisor:
    """Decides what a change of files leads to."""

    def __init__(self, server: Server, builds: Callable[[], bool], root: Path = ROOT) -> None:
        self._server = server
        self._builds = builds
        self._root = root
        self._pending: set[Path] = set()
        self._changed_yet = False
        self._ended: int | None = None

    def start(self) -> None:
        """Build, and start the server. It starts even without a page: that comes with the next change."""
        self._builds()
        self._server.start()

    def handle(self, changed: Collection[Path]) -> None:
        """Deal with files just changed, by their paths below the root; none means that only time has passed."""
        if (status := self._server.ended()) is not None:
            self._ended = status
            if self._changed_yet:
                print(f"rebond dev: the server ended (status {status}); the next change starts it again", flush=True)
        if changed:
            self._changed_yet = True
            self._pending |= set(changed)
            self._apply(changed)

    def given_up(self) -> int | None:
        """The status of a server that ended before anything was changed: it will not do better by waiting."""
        return None if self._changed_yet else self._ended

    def _apply(self, changed: Collection[Path]) -> None:
        """Carry out all that is pending, unless it cannot work; then it stays pending."""
        for path in sorted(self._pending):
            if (problem := mistake(self._root, path)) is not None:
                print(f"rebond dev: {problem}; waiting for it to be put right", flush=True)
                return
        page = any(path.parts[0] == "web" for path in self._pending)
        serving = any(concerns_server(path) for path in self._pending)
        before = self._page()
        if page and not self._builds():
            return
        self._pending.clear()
        if serving or self._ended is not None:
            print(f"rebond dev: {named(changed)} changed, the server starts anew", flush=True)
            self._ended = None
            self._server.start()
        elif self._page() != before:
            print(f"rebond dev: {named(changed)} changed, the pages load anew", flush=True)
            self._server.call_back()

    def _page(self) -> bytes:
        """What tells one build of the page from another."""
        try:
            return (self._root / "web" / "dist" / "build.json").read_bytes()
        except FileNotFoundError:
            return b""


def concerns_server(path: Path) -> bool:
    """Whether the server's process runs this file: its own, and those of the library it shares with the page."""
    return path.parts[0] == "server" or path.parts[:3] == ("web", "py", "rebond")


def mistake(root: Path, path: Path) -> str | None:
    """Where and why the Python in `path` does not compile; None when it does, is gone, or is no Python."""
    if path.suffix != ".py":
        return None
    try:
        compile((root / path).read_bytes(), str(path), "exec", dont_inherit=True)
    except FileNotFoundError:
        return None
    except SyntaxError as error:
        return f"{path}:{error.lineno}: {error.msg}"
    return None


def named(paths: Collection[Path]) -> str:
    """The first of the paths, and how many there are besides."""
    first, *others = sorted(paths)
    return f"{first}{f' and {len(others)} more' if others else ''}"

"""What only Pyodide itself can make: byte code of its Python, and an image of its memory. Made under Node, and kept.

Everything is kept in web/node_modules/.rebond under the hash of what it was made from, so that a second build finds it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from web.runtime.shelf import BuildError, fingerprint

HERE = Path(__file__).resolve().parent
INSIDE = HERE / "inside"
PYTHON = HERE.parent / "py"
BUNDLE_AT = "/lib/chat.zip"
"""Where the page's Python stands in Pyodide's file system: an archive on Python's path."""
LANGUAGES = ("en", "fr")
"""Those that the lesson writes numbers in."""
SHELLS = {"asyncio", "browser", "face", "screens"}
"""Packages on which no number depends."""
PATIENCE = 300
"""Seconds after which Node is taken to hang."""
WIDE = 500
"""Characters that are shown of a line: Node shows the source around an error, which is a line of a megabyte."""
KEPT = 14 * 24 * 60 * 60
"""Seconds that what no build has asked for is kept."""


class Making(Protocol):
    """What the build needs to be made; the tests make it more cheaply."""

    def library(self, imports: Collection[str]) -> bytes:
        """The part of the standard library that is needed for `imports`, compiled, as a stored zip archive."""
        ...

    def compiled(self, sources: Mapping[str, bytes], *, quick: bool) -> dict[str, bytes]:
        """These files of the bundle with byte code for Python; `quick`: only where it is at hand."""
        ...

    def snapshot(self, library: bytes, bundle: bytes, modules: Collection[str]) -> bytes:
        """The memory of a Pyodide that has imported `modules` from the bundle."""
        ...

    def editor(self, entry: Path) -> bytes:
        """The module that `entry` is, with all that it imports from node_modules in it."""
        ...

    def numbers(self) -> Mapping[str, Mapping[str, str]]:
        """What the lesson has computed, by language and name, as it is to be read."""
        ...

    def kept(self, kind: str, made_from: Iterable[bytes | str], make: Callable[[], bytes]) -> bytes:
        """What `make` makes, unless it has been made from the same before."""
        ...


class Workshop:
    """Drives Pyodide under Node. `node_modules` holds its package; `tell` is told what takes a while."""

    def __init__(self, node_modules: Path, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._node_modules = node_modules
        self._pyodide = node_modules / "pyodide"
        self._store = node_modules / ".rebond"

    def library(self, imports: Collection[str]) -> bytes:
        """See Making."""

        def make() -> bytes:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "job.json").write_text(json.dumps({"imports": sorted(imports)}))
                shutil.copytree(INSIDE / "standins", folder / "standins")
                self._tell("Trimming and compiling the standard library …")
                self.run("library.py", {"folder": name})
                return (folder / "library.zip").read_bytes()

        standins = sorted(path.relative_to(INSIDE).as_posix() for path in (INSIDE / "standins").rglob("*.py"))
        return self.kept("library", [self._version("library.py", *standins), *standins, *sorted(imports)], make)

    def compiled(self, sources: Mapping[str, bytes], *, quick: bool) -> dict[str, bytes]:
        """See Making."""
        version = fingerprint(self._version("bundle.py", "spelling.py"), 64)
        names = {
            path: f"{fingerprint(b' '.join([version.encode(), path.encode(), source]), 24)}.pyc"
            for path, source in sources.items()
            if path.endswith(".py")
        }
        missing = [path for path, name in names.items() if not (self._store / name).is_file()]
        if missing and not quick:
            with tempfile.TemporaryDirectory() as folder:
                tool = Path(folder, "web", "runtime", "inside", "spelling.py")
                tool.parent.mkdir(parents=True)
                shutil.copy(INSIDE / tool.name, tool)
                for path in missing:
                    source = Path(folder, "bundle", path)
                    source.parent.mkdir(parents=True, exist_ok=True)
                    source.write_bytes(sources[path])
                self._tell("Compiling the Python of the page …")
                self.run("bundle.py", {"folder": folder})
                for path in missing:
                    self._keep(names[path], Path(folder, "bundle", f"{path}c").read_bytes())
            missing = []
        as_they_are = {path: source for path, source in sources.items() if path not in names or path in missing}
        byte_code = {f"{path}c": self._taken(name) for path, name in names.items() if path not in missing}
        return {**as_they_are, **byte_code}

    def snapshot(self, library: bytes, bundle: bytes, modules: Collection[str]) -> bytes:
        """See Making."""

        def make() -> bytes:
            with tempfile.TemporaryDirectory() as name:
                parts = {"library": library, "bundle": bundle}
                for part, content in parts.items():
                    Path(name, part).write_bytes(content)
                environment = {"PYTHONPATH": BUNDLE_AT, "PYTHONHASHSEED": "0", "REBOND_IMPORTS": " ".join(modules)}
                job = {
                    "options": {"stdLibURL": f"{name}/library", "env": environment, "_makeSnapshot": True},
                    "files": {BUNDLE_AT: f"{name}/bundle"},
                    "snapshot": f"{name}/snapshot",
                }
                self._tell("Taking the snapshot …")
                self.run("snapshot.py", job)
                return Path(name, "snapshot").read_bytes()

        return self.kept("snapshot", [self._version("snapshot.py"), library, bundle, *modules], make)

    def editor(self, entry: Path) -> bytes:
        """See Making."""

        def make() -> bytes:
            self._tell("Bundling the editor …")
            options = ["--bundle", "--format=esm", "--minify", "--charset=utf8", "--target=es2022", "--log-level=error"]
            script = self._node_modules / "esbuild" / "bin" / "esbuild"
            done = subprocess.run(
                [node(), str(script), str(entry), *options], capture_output=True, check=False, timeout=PATIENCE
            )
            if done.returncode != 0:
                raise BuildError(f"the editor could not be bundled; run `make setup`\n{done.stderr.decode()}")
            return done.stdout

        try:
            lock = (self._node_modules / ".package-lock.json").read_bytes()
        except OSError as error:
            raise BuildError(f"the browser's runtime is not installed ({error}); run `make setup`") from error
        return self.kept("js", [lock, entry.read_bytes()], make)

    def numbers(self) -> Mapping[str, Mapping[str, str]]:
        """See Making."""

        def make() -> bytes:
            self._tell("Computing the numbers of the lesson …")
            from lesson.numbers import written

            return json.dumps({language: written(language) for language in LANGUAGES}).encode()

        every = (path for package in ("rebond", "lesson") for path in (PYTHON / package).rglob("*.py"))
        sources = sorted(path for path in every if not SHELLS & set(path.parts))
        found = self.kept("numbers", [path.read_bytes() for path in sources], make)
        numbers: dict[str, dict[str, str]] = json.loads(found)
        return numbers

    def kept(self, kind: str, made_from: Iterable[bytes | str], make: Callable[[], bytes]) -> bytes:
        """See Making."""
        parts = [fingerprint(part.encode() if isinstance(part, str) else part, 64) for part in made_from]
        name = f"{fingerprint(' '.join(parts).encode(), 24)}.{kind}"
        if not (self._store / name).is_file():
            self._keep(name, make())
        return self._taken(name)

    def tidy(self) -> None:
        """Remove what no build has asked for in a long time."""
        for path in self._store.glob("*"):
            if path.stat().st_mtime < time.time() - KEPT:
                path.unlink(missing_ok=True)

    def _version(self, *scripts: str) -> bytes:
        """What stands for Pyodide and for what is run in it."""
        try:
            package = (self._pyodide / "package.json").read_bytes()
        except OSError as error:
            raise BuildError(f"the browser's runtime is not installed ({error}); run `make setup`") from error
        inside = [(INSIDE / script).read_bytes() for script in scripts]
        return b"\n".join([package, (HERE / "engine.mjs").read_bytes(), *inside])

    def _keep(self, name: str, content: bytes) -> None:
        self._store.mkdir(parents=True, exist_ok=True)
        half = self._store / f"{name}.{os.getpid()}.{threading.get_ident()}.half"
        half.write_bytes(content)
        half.replace(self._store / name)

    def _taken(self, name: str) -> bytes:
        path = self._store / name
        os.utime(path)
        return path.read_bytes()

    def run(self, script: str, job: Mapping[str, object]) -> None:
        """Run a script, by default one of inside/, in Pyodide. Raises BuildError with what it said when it fails."""
        told = {"options": {}, "files": {}, "pyodide": str(self._pyodide), "script": str(INSIDE / script), **job}
        done = subprocess.run(
            [node(), str(HERE / "engine.mjs"), json.dumps(told)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if done.returncode != 0:
            said = "\n".join(line[:WIDE] for line in done.stdout.splitlines())
            raise BuildError(f"Pyodide under Node could not run web/runtime/inside/{script}:\n{said}")


def node() -> str:
    """The Node to run Pyodide under: the system's, else the one that the set-up has brought into .venv."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    if (found := shutil.which("node", path=path)) is None:
        raise BuildError("there is no Node to prepare the page's Python with; run `make setup`")
    return found

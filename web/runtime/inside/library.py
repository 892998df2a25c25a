"""Run in Pyodide by the build: makes /job/library.zip, the part of the standard library that the page can need.

What cannot work in a browser (processes, sockets, TLS, the colours of a terminal) is left out; where asyncio or Pyodide
cannot do without the name, something small stands in for it (/job/standins). A third of what a start imports is such.

What is imported is found by importing it. /job/job.json names the modules that the page's Python imports from the
library, wherever in its code; what Pyodide itself has imported to start is there already.
"""

import importlib.util
import io
import json
import marshal
import sys
import zipfile
from importlib.machinery import FrozenImporter
from pathlib import Path

STARTED = set(sys.modules)
"""What Pyodide cannot start without; all that is imported above is among it."""

ARCHIVE = next(path for path in sys.path if path.endswith(".zip"))
STANDINS = Path("/job/standins")
EPOCH = (1980, 1, 1, 0, 0, 0)

LATER = (
    "_strptime",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.unicode_escape",
    "linecache",
    "textwrap",
    "tokenize",
    "traceback",
)
"""Imported by others only when it comes to it, and then wanted: for the text of an error above all."""

NOT_IN_A_PAGE = {
    "_ssl",
    "asyncio.base_events",
    "asyncio.base_subprocess",
    "asyncio.graph",
    "asyncio.selector_events",
    "asyncio.sslproto",
    "asyncio.staggered",
    "asyncio.streams",
    "asyncio.subprocess",
    "asyncio.trsock",
    "asyncio.unix_events",
    "bz2",
    "compression",
    "lzma",
    "selectors",
    "ssl",
    "zipfile._path",
}
"""Left out, with what is in them: nobody asks for them, or can do without."""


def sources() -> dict[str, bytes]:
    """The library's modules: their code by their path in the archive."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}


def path_of(module: str, library: dict[str, bytes]) -> str | None:
    """Where in the archive a module is, None for one that is built in or is no module."""
    stem = module.replace(".", "/")
    return next((path for path in (f"{stem}/__init__.py", f"{stem}.py") if path in library), None)


def is_frozen(module: str) -> bool:
    """Whether the interpreter brings the module along in its own binary."""
    found = getattr(sys.modules.get(module), "__spec__", None)
    return found is not None and found.loader is FrozenImporter


def compiled(path: str, source: bytes) -> bytes:
    """The byte code of a module, as a .pyc that is never checked against its source (PEP 552)."""
    code = compile(source, path, "exec", dont_inherit=True, optimize=2)
    return importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code)


def parents(module: str) -> set[str]:
    """The packages that a module is in."""
    parts = module.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts))}


def main() -> None:
    job = json.loads(Path("/job/job.json").read_text())
    before = set(sys.modules)
    for module in (*job["imports"], *LATER):
        importlib.import_module(module)
    wanted = STARTED | (set(sys.modules) - before) | set(job["imports"]) | set(LATER)
    library = sources()
    for standin in STANDINS.rglob("*.py"):
        library[standin.relative_to(STANDINS).as_posix()] = standin.read_bytes()
    wanted = {name for name in wanted if not NOT_IN_A_PAGE & {name, *parents(name)}}
    needed = {path for module in wanted if not is_frozen(module) and (path := path_of(module, library))}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(needed):
            archive.writestr(zipfile.ZipInfo(f"{path}c", EPOCH), compiled(path, library[path]))
    Path("/job/library.zip").write_bytes(buffer.getvalue())


main()

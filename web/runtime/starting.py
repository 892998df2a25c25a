"""What starts Python in a page: the runtime, the chat's Python, and the tags that load them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

from web.runtime import bundle, imports, pages, template, upstream
from web.runtime.compression import Begin
from web.runtime.shelf import PREFIX, Shelf
from web.runtime.workshop import BUNDLE_AT, Making

GRAIN = 65_536
"""Bytes of memory that are looked at together: WebAssembly's own pages."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What every page with Python loads, on the shelf: URL paths, and from what its two archives were made."""

    runtime: upstream.Runtime
    sources: Mapping[str, bytes]
    library: bytes
    library_url: str
    archive_url: str
    interpreter: str
    start: str
    entry: str


def gather(web: Path, shelf: Shelf, making: Making, begin: Begin, *, quick: bool) -> Engine:
    """Put the runtime and the Python of the chat on the shelf; `begin` is told what of it is whole."""
    runtime = upstream.gather(web / "node_modules", shelf)
    begin(shelf.files)  # what is known already takes the longest to compress
    sources = bundle.gather(web / "py", bundle.CHAT, texts(web / "locales"))
    needed = imports.read(sources)
    library = making.library(needed.library)
    archive = bundle.archive(making.compiled(sources, quick=quick))
    library_url, archive_url = shelf.add("library.zip", library), shelf.add("chat.zip", archive)
    begin(shelf.files)
    image = b"" if quick else making.snapshot(library, archive, [*sorted(needed.library), *needed.pure])
    entry = shelf.add("entry.py", (web / "runtime" / "entry.py").read_bytes())
    known = {"pyodide": runtime.pyodide, "library": library_url, "bundle": archive_url, "bundle_at": BUNDLE_AT}
    known |= {"lock": runtime.lock, **described(image, shelf)}
    begin(shelf.files)
    interpreter = script(web, shelf, "interpreter.js", known)
    start = script(web, shelf, "start.js", {"pyscript": runtime.core})
    return Engine(runtime, sources, library, library_url, archive_url, interpreter, start, entry)


def tags(web: Path, shelf: Shelf, engine: Engine, entry: str) -> pages.Tags:
    """The tags of a page that runs `entry`."""
    # Given in the tag itself: one request less before anything starts, and one less that can fail unnoticed.
    config = json.dumps({"interpreter": engine.interpreter, "plugins": upstream.PLUGINS})
    micropython = json.dumps({"plugins": upstream.PLUGINS})
    archives = (engine.library_url, engine.archive_url)
    wasm = engine.runtime.wasm
    sizes = {url: len(shelf.files[url.removeprefix(PREFIX)]) for url in (engine.runtime.script, wasm, *archives)}
    known = {"start": engine.start, "interpreter": engine.interpreter, "micropython": micropython, "entry": entry}
    boot = script(web, shelf, "boot.js", {**known, "wasm": wasm, "sizes": json.dumps(sizes)})
    # In the order of need: a browser fetches six files at a time from a server that speaks HTTP/1.1.
    first = [*map(module, (boot, engine.interpreter, engine.start)), data(wasm)]
    return pages.Tags(
        preload="\n  ".join([*first, *map(module, engine.runtime.modules), *map(data, archives)]),
        # Nothing is painted before it has run: it settles which screen stands.
        boot=f'<script type="module" src="{boot}" blocking="render"></script>\n  '
        f'<script type="py" src="{entry}" config="{escape(config)}"></script>',
    )


def module(url: str) -> str:
    """The tag that makes a browser fetch a JavaScript module early."""
    return f'<link rel="modulepreload" href="{url}">'


def data(url: str) -> str:
    """The tag that makes a browser fetch early what a script will fetch."""
    return f'<link rel="preload" as="fetch" crossorigin href="{url}">'


def described(image: bytes, shelf: Shelf) -> dict[str, str]:
    """Put the snapshot on the shelf, if there is one. Returns what the page has to know to use it."""
    found = pieces(image)
    packed = b"".join(image[start:end] for start, end in found)
    words = memoryview(packed[: len(packed) // 4 * 4]).cast("I")
    return {
        "snapshot": shelf.add("python.snapshot", packed) if image else "",
        "snapshot_whole": str(len(image)),
        "snapshot_pieces": json.dumps(found),
        "snapshot_length": str(len(packed)),
        "snapshot_sum": str(sum(words) % 2**32),
        "snapshot_integrity": f"sha256-{base64.b64encode(hashlib.sha256(packed).digest()).decode()}",
    }


def pieces(image: bytes) -> list[tuple[int, int]]:
    """Where in a memory there is anything, from where to where. More than half of Python's is zeros."""
    found: list[tuple[int, int]] = []
    for start in range(0, len(image), GRAIN):
        end = min(start + GRAIN, len(image))
        if image.count(0, start, end) == end - start:
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def texts(folder: Path) -> dict[str, bytes]:
    """The files of texts in a folder, for an archive."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}


def script(web: Path, shelf: Shelf, name: str, known: Mapping[str, str]) -> str:
    """Put one of our modules for the browser on the shelf, with what only the build knows filled in."""
    return shelf.add(name, filled((web / "runtime" / name).read_text("utf-8"), name, known).encode())


def filled(source: str, name: str, known: Mapping[str, str]) -> str:
    """The source of one of our modules for the browser with what only the build knows filled in."""
    values = {key: partial(str, value) for key, value in known.items()}
    return template.fill(source, f"web/runtime/{name}", values, {})

"""Builds what the browser gets: web/dist, from the rest of web/.

Run as `python -m web.runtime.build`. The result:

    web/dist/static/<name>.<hash8>.<suffix>   served under /static/, never changes under its name; .br and .gz beside it
    web/dist/pages/<page>.<language>.html     one per page and language
    web/dist/pages/worker.js                  the service worker
    web/dist/build.json                       {"build": its id, "languages": […], "pages": […], "static": {path: size}}

Every web/pages/*.html is a template. In it (and, the first three, in web/*.webmanifest):

    {{t:key}}           the text of that key in web/locales/<language>.json, escaped, in text or in a quoted attribute
    {{lang}}            the language, such as `en`
    {{static:path}}     the URL of web/<path>, such as `styles/chat.css`; relative url(…) and @import in a style are
                        resolved as well, and only what is referred to is served
    {{build}}           the id of the build, as in build.json
    {{preload}}         tags that make the browser fetch the runtime early; once, in <head>
    {{boot}}            tags that start Python; once, in <head>, after {{preload}}
    {{script:name}}     the URL of a module that this page loads by itself
    {{prose:name}}      a long text of the lesson: see web/runtime/prose.py

The chat's page is made first, and comes out the same whatever the others hold. They share its runtime, its archive and
its snapshot; what they have besides is loaded on them alone.

Inline styles and scripts, event attributes and other hosts are refused: the content security policy would drop them.

The same input gives the same bytes, whatever the machine and the day. Nothing is written before all of it is known
to be right; then static files come first, the pages that name them next, build.json last, and what neither this
build names nor the one before goes at the end. So a server that runs meanwhile, or a build that is cut short, never
shows half a page.
"""

import argparse
import fcntl
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from web.runtime import compression, highlighting, lesson, locales, pages, starting
from web.runtime.assets import Assets
from web.runtime.prose import Prose
from web.runtime.shelf import PREFIX, BuildError, Shelf, fingerprint
from web.runtime.starting import filled
from web.runtime.workshop import Making, Workshop

WEB = Path(__file__).resolve().parents[1]
RECORD = "build.json"
WORKER = "pages/worker.js"
WANTED_LATER = re.compile(r"\.snapshot$|^editor\.")
"""What no page needs to be there."""
PARTS = {
    "Pyodide": "static/pyodide.",
    "PyScript": "static/pyscript.",
    "the standard library, trimmed": "static/library.",
    "the Python of the page": "static/chat.",
    "the snapshot, for later visits": "static/python.",
    "what colours code, when there is some": "static/code.",
    "the Python of the lesson": "static/lesson.",
    "its editor": "static/editor.",
    "a page": "pages/index.en",
    "the lesson": "pages/learn.en",
}
"""What the build tells the sizes of: the beginnings of their names."""


def main() -> int:
    """Build, and say what was done. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m web.runtime.build", description="Builds web/dist.")
    parser.add_argument("--out", type=Path, default=WEB / "dist", help="where to build to (default: web/dist)")
    parser.add_argument(
        "--quick", action="store_true", help="for daily work: serve changed Python as source, compress nothing"
    )
    given = parser.parse_args()
    started = time.perf_counter()
    workshop = Workshop(WEB / "node_modules", lambda said: print(said, flush=True))
    try:
        said = build(WEB, given.out, workshop, quick=given.quick)
        workshop.tidy()
    except (BuildError, OSError, subprocess.TimeoutExpired) as error:  # nowhere to write to, no room there, Node hangs
        print(f"rebond: {error}", file=sys.stderr)
        return 1
    print(f"{said} ({time.perf_counter() - started:.1f} s)", flush=True)
    return 0


def build(web: Path, out: Path, making: Making, *, quick: bool = False) -> str:
    """Build from `web` to `out`. Returns lines on what came of it; raises BuildError when something is wrong."""
    files = gather(web, making, quick=quick)
    with alone(out):
        changed = write(files, out)
    what = "built" if changed else "is up to date"
    return f"{summary(files)}\nThe page {what}"


def gather(web: Path, making: Making, *, quick: bool = False) -> dict[str, bytes]:
    """Everything the build makes, by its path below web/dist, in the order in which it is to be written."""
    languages = locales.load(web / "locales")
    shelf = Shelf()
    prose = Prose(web, making.numbers)
    rendered: dict[str, str] = {}

    def render(paths: Iterable[Path], texts: Mapping[str, locales.Texts], tags: pages.Tags) -> None:
        assets = Assets(web, shelf, texts)
        for path in paths:
            for language in languages:
                page = pages.render(path, language, languages=texts, assets=assets, tags=tags, prose=prose)
                rendered[f"pages/{path.stem}.{language}.html"] = page

    others = {path.stem: path for path in sorted((web / "pages").glob("*.html"))}
    if (first := others.pop("index", None)) is None:
        raise BuildError(f"there is no page index.html in {web / 'pages'}")
    with nullcontext(nothing) if quick else compression.ahead(making.kept) as begin:
        engine = starting.gather(web, shelf, making, begin, quick=quick)
        code = highlighting.gather(shelf, making, engine, quick=quick)
        begin(shelf.files)
        render([first], languages, replace(starting.tags(web, shelf, engine, engine.entry), scripts={"code": code}))
        if others:
            texts = locales.load(web / "locales" / "lesson")
            tags = lesson.gather(web, shelf, making, engine, begin, quick=quick)
            render(others.values(), locales.joined(languages, texts), tags)
    worker = (web / "runtime" / "worker.js").read_text("utf-8")
    build_id = fingerprint("\n".join([worker, *sorted(shelf.files), *rendered, *rendered.values()]).encode(), 12)
    static = {f"static/{path}": content for path, content in sorted(shelf.files.items())}
    finished = {path: page.replace(pages.BUILD_MARK, build_id).encode() for path, page in rendered.items()}
    offline = [f"{PREFIX}{path}" for path in sorted(shelf.files) if not WANTED_LATER.search(path)]
    named = {
        "build": build_id,
        "languages": " ".join(sorted(languages)),
        "pages": " ".join(address(stem) for stem in ("index", *others)),
        "files": " ".join(offline),
    }
    finished[WORKER] = filled(worker, "worker.js", named).encode()
    written = [static, finished]
    if not quick:
        written = [{**compression.compress(files, making.kept), **files} for files in written]
    record = {
        "build": build_id,
        "languages": sorted(languages),
        "pages": ["index", *others],
        "static": {path: len(content) for path, content in sorted(shelf.files.items())},
    }
    return {**written[0], **written[1], RECORD: json.dumps(record, indent=1).encode() + b"\n"}


def nothing(_: Mapping[str, bytes]) -> None:
    """Compress nothing: who changes things wants to see them."""


def address(stem: str) -> str:
    """The path that the page of a template is served at: `/` for web/pages/index.html, `/learn` for learn.html."""
    return "/" if stem == "index" else f"/{stem}"


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold the lock of `out`, so that two builds never write there at the same time."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(files: Mapping[str, bytes], out: Path) -> bool:
    """Bring these files to `out`, each replaced as a whole. Returns whether anything had to be done.

    The static files of the build before stay until the next one, for the pages that are just loading.
    """
    before = {f"static/{path}{form}" for path in recorded(out) for form in ("", ".br", ".gz")}
    kept = {*files, ".lock", *before}
    changed = False
    for name, content in files.items():
        path = out / name
        if not holds(path, content):
            changed = True
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f".{path.name}.half")
            half.write_bytes(content)
            half.replace(path)
    if changed:
        remove_others(kept, out)
    return changed


def recorded(out: Path) -> list[str]:
    """The static files of the build that `out` holds, none if there is none."""
    try:
        return list(json.loads((out / RECORD).read_bytes())["static"])
    except (FileNotFoundError, ValueError, KeyError):
        return []


def remove_others(kept: Collection[str], out: Path) -> None:
    """Remove from `out` every file but those `kept`, and the folders that this empties."""
    for folder, _, names in os.walk(out, topdown=False):
        for name in names:
            path = Path(folder, name)
            if path.relative_to(out).as_posix() not in kept:
                path.unlink()
        if Path(folder) != out and not any(Path(folder).iterdir()):
            Path(folder).rmdir()


def holds(path: Path, content: bytes) -> bool:
    """Whether the file is there with this content."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def summary(files: Mapping[str, bytes]) -> str:
    """What there is, with the sizes of what a browser fetches."""
    lines = []
    for what, start in PARTS.items():
        names = [name for name in files if name.startswith(start) and not name.endswith((".br", ".gz"))]
        plain = sum(len(files[name]) for name in names)
        wire = sum(len(files.get(f"{name}.br", files[name])) for name in names)
        lines.append(f"  {what:<34}{plain / 1e3:>8.0f} kB, {wire / 1e3:>6.0f} kB on the wire")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""The real thing, made by Pyodide under Node: everything the page imports is in what it is given."""

from __future__ import annotations

import ast
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from web.runtime import bundle, imports
from web.runtime.build import WEB
from web.runtime.lesson import LESSON_AT
from web.runtime.shelf import BuildError
from web.runtime.workshop import BUNDLE_AT, Workshop

IN_A_BROWSER = '''
import importlib, sys, types

class Anything(types.ModuleType):
    """Stands for the browser: whatever is asked of it, there is such a thing."""
    def __getattr__(self, name): return Anything(name)
    def __call__(self, *given, **named): return Anything("made")

sys.modules["js"] = Anything("js")
'''


@dataclass(frozen=True)
class Made:
    """What a build hands to the page."""

    workshop: Workshop
    sources: dict[str, bytes]
    modules: tuple[str, ...]
    library: bytes
    archive: bytes


@pytest.fixture(scope="module")
def made() -> Made:
    """Make the library and the bundle, or take them from the last build."""
    workshop = Workshop(WEB / "node_modules", print)
    sources = bundle.gather(WEB / "py", bundle.CHAT, {"en.json": b"{}"})
    library = workshop.library(imports.read(sources).library)
    archive = bundle.archive(workshop.compiled(sources, quick=False))
    modules = tuple(imports.name_of(path) for path in sources if path.endswith(".py"))
    return Made(workshop, sources, modules, library, archive)


def run(made: Made, folder: Path, script: str) -> None:
    """Run Python where the page's would run."""
    for name, content in {"library": made.library, "bundle": made.archive, "script.py": script.encode()}.items():
        (folder / name).write_bytes(content)
    options = {"stdLibURL": str(folder / "library"), "env": {"PYTHONPATH": BUNDLE_AT}}
    made.workshop.run(str(folder / "script.py"), {"options": options, "files": {BUNDLE_AT: str(folder / "bundle")}})


def test_every_module_of_the_page_finds_what_it_imports(made: Made, tmp_path: Path) -> None:
    run(made, tmp_path, f"{IN_A_BROWSER}\nfor name in {made.modules!r}: importlib.import_module(name)")


def test_every_module_of_the_lesson_finds_what_it_imports(made: Made, tmp_path: Path) -> None:
    sources = bundle.gather(WEB / "py", bundle.LESSON, {"en.json": b"{}"})
    library = made.workshop.library(imports.read({**made.sources, **sources}).library)
    compiled = made.workshop.compiled(sources, quick=False)
    archive = bundle.archive({**bundle.beyond(library, made.library), **compiled})
    modules = [imports.name_of(path) for path in sources if path.endswith(".py")]
    here = f"import rebond\nrebond.__path__.append({f'{LESSON_AT}/rebond'!r})"
    script = f"{IN_A_BROWSER}\n{here}\nfor name in {modules!r}: importlib.import_module(name)"
    files = {"library": made.library, "bundle": made.archive, "lesson": archive, "script.py": script.encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    options = {"stdLibURL": str(tmp_path / "library"), "env": {"PYTHONPATH": f"{BUNDLE_AT}:{LESSON_AT}"}}
    placed = {BUNDLE_AT: str(tmp_path / "bundle"), LESSON_AT: str(tmp_path / "lesson")}
    made.workshop.run(str(tmp_path / "script.py"), {"options": options, "files": placed})


def test_what_is_imported_anywhere_in_the_page_is_in_the_library(made: Made, tmp_path: Path) -> None:
    sources = bundle.gather(WEB / "py", bundle.CHAT, {})
    run(
        made,
        tmp_path,
        f"import importlib\nfor name in {sorted(imports.read(sources).library)!r}: importlib.import_module(name)",
    )


def test_a_module_that_was_left_out_is_named(made: Made, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"The module 'sqlite3'|No module named 'sqlite3'"):
        run(made, tmp_path, "import sqlite3")


def test_a_traceback_names_file_and_line(made: Made, tmp_path: Path) -> None:
    source = (WEB / "py" / "chat" / "texts.py").read_text().splitlines()
    line = next(number for number, text in enumerate(source, 1) if "self._catalogues[language]" in text)
    with pytest.raises(BuildError, match=f'File "chat/texts.py", line {line}, in speak'):
        run(made, tmp_path, "from chat.texts import Texts\nTexts({}, 'tlh')")


def test_what_is_used_of_asyncio_is_there_without_its_loops_of_sockets(made: Made, tmp_path: Path) -> None:
    named = {
        node.attr
        for path in (WEB / "py").rglob("*.py")
        if "asyncio" not in path.parts
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "asyncio"
    }
    assert {"ensure_future", "wait_for", "Task"} <= named
    script = (
        f"import asyncio, sys\nassert not set({sorted(named)!r}) - vars(asyncio).keys()\n"
        "assert not {'ssl', 'selectors', 'asyncio.base_events'} & sys.modules.keys()"
    )
    run(made, tmp_path, script)


def test_tracebacks_are_written_without_a_terminal(made: Made, tmp_path: Path) -> None:
    script = """
import traceback
try:
    raise ValueError("nothing") from KeyError("a")
except ValueError as error:
    lines = traceback.format_exception(error)
assert lines[0] == "KeyError: 'a'\\n" and lines[-1] == "ValueError: nothing\\n", lines
try:
    raise ExceptionGroup("several", [ValueError("one"), TypeError("two")])
except ExceptionGroup:
    assert "TypeError: two" in traceback.format_exc()
"""
    run(made, tmp_path, script)


def test_a_snapshot_is_the_same_wherever_and_whenever_it_is_taken(made: Made, tmp_path: Path) -> None:
    images = []
    for name in ("here", "elsewhere"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "pyodide").symlink_to(WEB / "node_modules" / "pyodide")
        images.append(Workshop(folder, print).snapshot(made.library, made.archive, ["random", "chat.session"]))
    assert images[0] == images[1]
    for path in (WEB, tmp_path):
        assert str(path).encode() not in images[0]


def test_only_byte_code_is_handed_out(made: Made) -> None:
    for archive in (made.library, made.archive):
        names = zipfile.ZipFile(io.BytesIO(archive)).namelist()
        assert {Path(name).suffix for name in names} <= {".pyc", ".json"}
        assert len(names) > 40

"""The wheels: small, pure, complete, and at work once pip has installed them."""

from __future__ import annotations

import ast
import email
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
import websockets

from rebond import Cause, Close, State, __version__
from rebond.codes import Verdict, verdict
from rebond.face.listening import AllListeners
from tests.support.plain import PlainProcess
from tests.support.readme import README, examples
from tests.support.running import RunningServer
from tests.support.visitor import Visitor
from tests.support.wheel import FOR_CPYTHON, FOR_STORAGE, PROJECT, ROOT, build_wheel

LIMIT = 40 * 1024
"""The largest wheel, in bytes: a page has to load it before anything works."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of rebond.asyncio."""
    return build_wheel(tmp_path_factory.mktemp("second"), FOR_CPYTHON)


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of rebond.browser.storage."""
    return build_wheel(tmp_path_factory.mktemp("third"), FOR_STORAGE)


def contents(wheel: Path) -> dict[str, str]:
    """Return what is in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture(scope="module")
def files(wheel: Path) -> dict[str, str]:
    return contents(wheel)


def source(name: str) -> str:
    """Return a module as it stands in the repository."""
    return (PROJECT / name).read_text("utf-8")


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < LIMIT


def test_it_is_pure_typed_and_needs_nothing(wheel: Path, files: dict[str, str]) -> None:
    assert wheel.name == f"rebond-{__version__}-py3-none-any.whl"
    assert "rebond/py.typed" in files
    metadata = email.message_from_string(files[f"rebond-{__version__}.dist-info/METADATA"])
    assert metadata.get_all("Requires-Dist") == [
        f"rebond-asyncio=={__version__}; extra == 'asyncio'",
        f"rebond-storage=={__version__}; extra == 'storage'",
    ]
    assert (metadata["Requires-Python"], metadata["License-Expression"]) == (">=3.11", "MIT")


def test_it_holds_the_client_and_nothing_else(files: dict[str, str]) -> None:
    modules = {name for name in files if name.endswith(".py")}
    there = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "rebond").rglob("*.py")}
    left_out = {name for name in there if name.startswith(("rebond/simulation/", "rebond/asyncio/"))}
    left_out |= {"rebond/browser/idb.py", "rebond/browser/storage.py"}
    assert modules == there - left_out - {
        "rebond/session.py",
        "rebond/state.py",
        "rebond/exchange.py",
        "rebond/admission.py",
    }
    others = {name for name in files if not name.endswith(".py")}
    assert {name.partition("/")[0] for name in others} == {"rebond", f"rebond-{__version__}.dist-info"}


def test_the_second_holds_what_cpython_needs_besides(second: Path) -> None:
    files = contents(second)
    there = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "rebond" / "asyncio").glob("*.py")}
    assert {name for name in files if name.endswith(".py")} == there
    metadata = email.message_from_string(files[f"rebond_asyncio-{__version__}.dist-info/METADATA"])
    assert metadata.get_all("Requires-Dist") == [f"rebond=={__version__}", "websockets>=15"]


def test_the_third_holds_the_storage_of_a_page(third: Path) -> None:
    files = contents(third)
    modules = {name: text for name, text in files.items() if name.endswith(".py")}
    assert modules == {f"rebond/browser/{name}": source(f"rebond/browser/{name}") for name in ("idb.py", "storage.py")}
    metadata = email.message_from_string(files[f"rebond_storage-{__version__}.dist-info/METADATA"])
    assert metadata.get_all("Requires-Dist") == [f"rebond=={__version__}"]


def test_nothing_in_the_first_needs_the_others(files: dict[str, str]) -> None:
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files}
    for name, text in files.items():
        if name.endswith(".py"):
            wanted = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
            assert {module for module in wanted if module and module.startswith("rebond")} <= modules, name


def test_their_licence_is_that_of_the_project(files: dict[str, str], second: Path, third: Path) -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert files[f"rebond-{__version__}.dist-info/licenses/LICENSE"] == licence
    assert contents(second)[f"rebond_asyncio-{__version__}.dist-info/licenses/LICENSE"] == licence
    assert contents(third)[f"rebond_storage-{__version__}.dist-info/licenses/LICENSE"] == licence


def test_its_modules_do_what_the_sources_say_on_the_same_lines(files: dict[str, str]) -> None:
    for name, text in files.items():
        if name.endswith(".py"):
            assert _code(text) == _code(source(name)), name


def test_what_help_shows_of_a_link_is_there(files: dict[str, str]) -> None:
    for name in ("rebond/browser/link.py", "rebond/face/link.py", "rebond/status.py"):
        assert _docstrings(files[name]) == _docstrings(source(name)) != []


def _code(text: str) -> list[tuple[int, str]]:
    """Return the statements of a module that do something, each with its line."""
    return [
        (node.lineno, type(node).__name__)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt)
        and not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
    ]


def _docstrings(text: str) -> list[str]:
    return [
        words
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and (words := ast.get_docstring(node)) is not None
    ]


# Installed.


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, wheel: Path, second: Path) -> Path:
    """Return the Python of a fresh environment, in which there are the wheels and the library websockets."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder)
    fresh = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(fresh), "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, str(wheel), str(second)], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "websockets").symlink_to(Path(websockets.__file__).parent)
    return fresh


class Program:
    """An example at work."""

    def __init__(self, python: Path, text: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self._process = subprocess.Popen(
            [str(python), "-W", "error", "-c", text], stdout=subprocess.PIPE, text=True, env=environment, cwd="/"
        )

    def line(self) -> str:
        """Return the next line that it writes."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def server() -> Iterator[PlainProcess]:
    with PlainProcess() as server:
        yield server


def test_the_example_for_cpython_survives_its_server(python: Path, server: PlainProcess) -> None:
    text = examples("python")[0].replace("wss://example.org/feed", server.url)
    with Program(python, text) as program:
        assert program.line() == "hello"
        for turn in range(3):
            server.kill()
            server.start()
            server.say(f"news-{turn}")
            assert program.line() == f"news-{turn}"


async def test_the_example_for_a_server_that_speaks_the_protocol(python: Path, tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server) as visitor:
            text = examples("python")[1]
            text = text.replace("wss://chat.example.org/ws", server.ws_url).replace("an access token", visitor.token)
            with Program(python, text) as program:
                assert program.line() == f"{visitor.name} hello"


def test_without_websockets_it_says_what_to_do(python: Path) -> None:
    blocked = "import sys; sys.modules['websockets'] = None; import rebond.asyncio"
    done = subprocess.run([str(python), "-c", blocked], capture_output=True, text=True, cwd="/", check=False)
    assert "pip install websockets" in done.stderr


def test_the_example_for_a_page_is_short() -> None:
    [page] = examples("html")
    assert len(page.strip().splitlines()) <= 15
    assert len(examples("python")[0].strip().splitlines()) <= 15


def test_the_readme_names_what_there_is() -> None:
    text = README.read_text("utf-8")
    for name in [*State, *Cause, *AllListeners.__annotations__]:
        assert f"`{name}`" in text, name
    for code in Close:
        if verdict(code) is not Verdict.RETRY:
            assert f"{code.value}" in text, code

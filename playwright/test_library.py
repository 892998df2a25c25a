"""The library as people take it: nothing but its wheel, in stock PyScript and in the oldest Pyodide it runs on."""

import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.support.plain import PlainProcess
from tests.support.ports import free_port
from tests.support.readme import examples
from tests.support.site import Site
from tests.support.wheel import DOWNLOADS, MODULES, build_wheel, lock_with, micropip_wheel
from web.runtime.install import bring_npm, find_npm, run

HERE = Path(__file__).parent
OLDEST = HERE / "oldest"
"""The oldest Pyodide that the library runs on, pinned."""

START = 90_000
"""Milliseconds that Python may take to start."""

EXPECTED = ("WebSocket connection to", "Failed to load resource", "rebond: the server found fault: unknown_kind")
"""How complaints begin that are in order: the browser's of a server that is down, the link's of one that echoes."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def oldest() -> Path:
    """Return the folder of the oldest Pyodide, which npm brings in once."""
    folder = DOWNLOADS / "oldest"
    lock = folder / "package-lock.json"
    if not lock.is_file() or lock.read_bytes() != (OLDEST / lock.name).read_bytes():
        shutil.copytree(OLDEST, folder, dirs_exist_ok=True)
        npm = find_npm(os.environ.get("PATH", os.defpath)) or bring_npm()
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, beside=Path(npm).parent)
    return folder / "node_modules" / "pyodide"


@pytest.fixture
def site(wheel: Path, oldest: Path) -> Iterator[Site]:
    """Yield a web server with stock PyScript, stock Pyodide, the wheel, and nothing of this project besides."""
    micropip = micropip_wheel()
    with Site() as site:
        site.folders = {
            "/pyscript/": MODULES / "@pyscript" / "core" / "dist",
            "/pyodide/": MODULES / "pyodide",
            "/oldest/": oldest,
        }
        site.files = {
            f"/{wheel.name}": wheel.read_bytes(),
            "/checks.py": (HERE / "library" / "checks.py").read_bytes(),
            # What Pyodide's npm package leaves to its CDN.
            f"/pyodide/{micropip.name}": micropip.read_bytes(),
            "/pyodide/pyodide-lock.json": lock_with(micropip),
        }
        yield site
    assert site.missing == []


@pytest.fixture
def server() -> Iterator[PlainProcess]:
    with PlainProcess() as server:
        yield server


@pytest.fixture
def tarpit() -> Iterator[str]:
    """Yield the address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.fixture
def complaints() -> list[str]:
    """Return what the page complains of, but for what the browser says of servers that are down."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def show(site: Site, page: Page) -> Callable[[str], None]:
    """Return a function that shows a page of this text."""

    def show(text: str) -> None:
        site.files["/page.html"] = text.encode()
        page.goto(f"{site.url}/page.html")

    return show


def test_the_example_of_the_readme_comes_back_whenever_its_server_does(
    page: Page, show: Callable[[str], None], server: PlainProcess, complaints: list[str]
) -> None:
    [text] = examples("html")
    # The example takes Pyodide from PyScript's CDN and talks to the world; here both are at home.
    for before, after in {
        "config='{": """config='{"interpreter": "/pyodide/pyodide.mjs", """,
        "wss://example.org/feed": server.url,
    }.items():
        assert text.count(before) == 1
        text = text.replace(before, after)
    show(text)
    state, body = page.locator("#state"), page.locator("body")
    expect(state).to_have_text("live", timeout=START)
    expect(body).to_contain_text("hello")
    for turn in range(3):
        server.kill()
        expect(state).not_to_have_text("live")
        server.start()
        expect(state).to_have_text("live")
        server.say(f"news-{turn}")
        expect(body).to_contain_text(f"news-{turn}")
    assert complaints == []


STOCK = """<!doctype html>
<html data-feed="{feed}" data-tarpit="{tarpit}" data-nowhere="{nowhere}">
<script type="module" src="pyscript/core.js"></script>
<script type="py" config='{{"interpreter": "/pyodide/pyodide.mjs", "packages": ["./{wheel}"],
                            "files": {{"./checks.py": "checks.py"}}}}'>
import checks
await checks.main()
</script>
"""

ALONE = """<!doctype html>
<html data-feed="{feed}" data-tarpit="{tarpit}" data-nowhere="{nowhere}">
<script type="module">
import {{ loadPyodide }} from "/oldest/pyodide.mjs";
const fetched = async (path) => (await fetch(path)).arrayBuffer();
const pyodide = await loadPyodide();
pyodide.unpackArchive(await fetched("/{wheel}"), "wheel");
pyodide.FS.writeFile("checks.py", new Uint8Array(await fetched("/checks.py")));
document.documentElement.dataset.version = pyodide.version;
try {{
    await pyodide.runPythonAsync("import checks; await checks.main()");
}} catch (error) {{
    document.documentElement.dataset.checks = error;
}}
</script>
"""


@pytest.mark.parametrize("frame", [STOCK, ALONE], ids=["stock PyScript", "the oldest Pyodide"])
def test_it_does_what_it_says_and_leaves_nothing_behind(
    page: Page,
    show: Callable[[str], None],
    frame: str,
    wheel: Path,
    server: PlainProcess,
    tarpit: str,
    complaints: list[str],
) -> None:
    show(frame.format(wheel=wheel.name, feed=server.url, tarpit=tarpit, nowhere=f"ws://127.0.0.1:{free_port()}"))
    root = page.locator("html")
    expect(root).to_have_attribute("data-checks", re.compile("."), timeout=START)
    assert root.get_attribute("data-checks") == "passed"
    assert len(complaints) == 2
    assert all(text.startswith("rebond: a listener raised") and "ZeroDivisionError" in text for text in complaints)
    if frame is ALONE:
        expect(root).to_have_attribute("data-version", "0.23.0")

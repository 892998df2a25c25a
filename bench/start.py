"""How soon the chat is there, in Chromium, beside a hello-world page of stock PyScript and Pyodide.

Both come from the same server, compressed in the same way, and are opened in turn, so that a busy moment of the machine
falls on both. The stock page is as PyScript's documentation writes it: nothing trimmed, nothing preloaded, and no
content security policy (it needs `unsafe-eval`). It is done when its Python has run; the chat, when its link is live
for somebody who is signed in.
"""

from __future__ import annotations

import secrets
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from bench.chromium import ROOT
from bench.table import multiple, seconds, table
from tests.support.running import RunningServer
from web.runtime.compression import compress
from web.runtime.workshop import Workshop

PAGES = Path(__file__).parent / "pages"
MODULES = ROOT / "web" / "node_modules"
PATIENCE = 240_000
"""Milliseconds after which a page that is not there is taken for never being there."""

NOTE = """
globalThis.noted = {};
const look = () => {
  const { ready, link } = document.documentElement.dataset;
  if (ready !== undefined) noted.ready ??= performance.now();
  if (link === "live") noted.live ??= performance.now();
};
new MutationObserver(look).observe(document, { subtree: true, attributeFilter: ["data-ready", "data-link"] });
"""

READ = """
async () => {
  const loads = performance.getEntriesByType("resource");
  const [page] = performance.getEntriesByType("navigation");
  // Of a page that a service worker has fetched, the browser tells the size after decompression.
  const sent = async () => Number((await fetch(location.href, { method: "HEAD" })).headers.get("content-length")) + 300;
  const own = page.workerStart > 0 ? await sent() : page.transferSize;
  return {
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
    ready: noted.ready,
    live: noted.live,
    bytes: loads.filter((load) => load.startTime < noted.live).reduce((sum, load) => sum + load.transferSize, own),
  };
}
"""

PREPARED = """
async (patience) => {
  const late = new Promise((_, fail) => setTimeout(fail, patience, new Error("nothing was kept for the next visit")));
  await Promise.race([navigator.serviceWorker?.ready, late]);
  const kept = async () => (await (await caches.open("rebond-snapshot")).keys()).length;
  while (!(await kept())) await Promise.race([new Promise((done) => setTimeout(done, 100)), late]);
}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is opened: how many times slower the processor is, bits a second down, and ms of round trip."""

    name: str
    slower: float
    bits: int
    round_trip: int


LOOPBACK = Place("loopback", 1, 0, 0)
PHONE = Place("phone", 4, 1_600_000, 150)
STOCK, REBOND = "stock hello-world", "Rebond, live"


@dataclass(frozen=True, slots=True)
class Visit:
    """One opening of a page: milliseconds to each point, and bytes over the wire until it was live."""

    page: str
    place: str
    later: bool
    paint: float
    ready: float
    live: float
    bytes: float


@contextmanager
def site() -> Iterator[RunningServer]:
    """A server of the built page and of the stock one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "web" / "dist", folder / "dist")
        put_stock(folder / "dist")
        server = RunningServer(folder)
        server.command = [sys.executable, str(ROOT / "playwright" / "release.py"), str(folder / "dist")]
        with server:
            yield server


def put_stock(dist: Path) -> None:
    """Put the stock page and its runtime beside the built one, compressed as that is."""
    sources = {path.name: path for path in (MODULES / "@pyscript" / "core" / "dist").iterdir()}
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"):
        sources[f"pyodide/{name}"] = MODULES / "pyodide" / name
    files = {f"static/stock/{name}": path.read_bytes() for name, path in sources.items() if path.suffix != ".map"}
    files["pages/stock.en.html"] = (PAGES / "stock.html").read_bytes()
    files |= compress(files, Workshop(MODULES, print).kept)
    for name, content in files.items():
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_bytes(content)


def profile(running: Playwright, folder: str, *, bypass_csp: bool) -> BrowserContext:
    """Start a Chromium of its own that keeps what it keeps in `folder`."""
    if (beside := str(ROOT / "playwright")) not in sys.path:
        sys.path.append(beside)
    from browser import arguments, find

    return running.chromium.launch_persistent_context(
        folder, executable_path=str(find(running)), args=arguments(), bypass_csp=bypass_csp, locale="en"
    )


def slow_down(page: Page, place: Place) -> None:
    """Let a page believe that it is opened in a place."""
    if place is LOOPBACK:
        return
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": place.slower})
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": place.round_trip,
            "downloadThroughput": place.bits / 8,
            "uploadThroughput": place.bits / 8,
        },
    )


class Reader:
    """A browser profile of its own: the first visit finds nothing in it, a later one what those before left."""

    def __init__(self, running: Playwright, server: RunningServer, place: Place, page: str) -> None:
        self._place, self._page, self._url = place, page, server.url
        self._folder = tempfile.TemporaryDirectory()
        self._context = profile(running, self._folder.name, bypass_csp=page == STOCK)
        self._context.add_init_script(NOTE)
        if page == REBOND:
            told = {"name": f"bench {secrets.token_hex(4)}", "password": secrets.token_hex(16)}
            answer = self._context.request.post(f"{self._url}/api/register", data=told)
            assert answer.ok, answer.text()
            self._context.add_cookies([{"name": "rebond_here", "value": "1", "url": self._url}])

    def visit(self, *, later: bool) -> Visit:
        """Open the page, wait until it is live, and leave once it has nothing more to fetch."""
        page = self._context.new_page()
        slow_down(page, self._place)
        page.goto(f"{self._url}/stock" if self._page == STOCK else self._url, wait_until="commit", timeout=PATIENCE)
        page.locator("html[data-link=live]").wait_for(timeout=PATIENCE)
        page.wait_for_timeout(500)
        told = page.evaluate(READ)
        if self._page == REBOND and not later:
            page.evaluate(PREPARED, PATIENCE)
        page.close()
        return Visit(page=self._page, place=self._place.name, later=later, **told)

    def close(self) -> None:
        """Forget the profile."""
        self._context.close()
        self._folder.cleanup()


def measure(profiles: int, later: int, places: Sequence[Place] = (LOOPBACK, PHONE)) -> list[Visit]:
    """Open both pages in `profiles` new profiles each, once, and then `later` times more."""
    visits: list[Visit] = []
    with site() as server, sync_playwright() as running:
        for place in places:
            for _ in range(profiles):
                readers = [Reader(running, server, place, page) for page in (STOCK, REBOND)]
                for number in range(1 + later):
                    visits += [reader.visit(later=number > 0) for reader in readers]
                    said = ", ".join(f"{visit.page} {seconds(visit.live / 1_000)}" for visit in visits[-2:])
                    print(f"  {place.name}, visit {number + 1}: {said}", file=sys.stderr, flush=True)
                for reader in readers:
                    reader.close()
    return visits


def report(visits: Sequence[Visit]) -> str:
    """Return the table: medians, and how the chat's stand to the stock page's."""
    head = ["", "first paint", "Python runs", "live", "by stock", "kB", "by stock"]
    return table(head, [row for each in _groups(visits) for row in _rows(*each, visits)])


def _groups(visits: Sequence[Visit]) -> list[tuple[str, bool]]:
    return list(dict.fromkeys((visit.place, visit.later) for visit in visits))


def _rows(place: str, later: bool, visits: Sequence[Visit]) -> Iterator[list[str]]:
    found = {
        page: [visit for visit in visits if (visit.page, visit.place, visit.later) == (page, place, later)]
        for page in (STOCK, REBOND)
    }
    live = {page: statistics.median(visit.live for visit in mine) for page, mine in found.items()}
    size = {page: statistics.median(visit.bytes for visit in mine) for page, mine in found.items()}
    for page, mine in found.items():
        yield [
            f"{place}, {'later' if later else 'first'}: {page}",
            seconds(statistics.median(visit.paint for visit in mine) / 1_000),
            seconds(statistics.median(visit.ready for visit in mine) / 1_000),
            seconds(live[page] / 1_000),
            multiple(live[page], live[STOCK]),
            f"{size[page] / 1_000:,.0f}",
            multiple(size[page], size[STOCK]),
        ]

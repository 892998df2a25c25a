"""What a page holds: how many WebSockets, intervals and proxies of Pyodide, counted from its very first script on."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

SCRIPT = Path(__file__).with_name("meters.js")


@dataclass(frozen=True, slots=True)
class Reading:
    """``most_`` is the highest number there was at one time, ``made_`` the number over all time."""

    sockets: int
    intervals: int
    most_sockets: int
    most_intervals: int
    made_sockets: int
    made_intervals: int
    proxies_made: int
    proxies_destroyed: int
    proxies_collected: int

    @property
    def proxies(self) -> int:
        """How many proxies nobody has destroyed, those that the garbage collector has found included."""
        return self.proxies_made - self.proxies_destroyed


def install(context: BrowserContext) -> None:
    """Count in all pages of the context that are loaded from now on."""
    context.add_init_script(path=SCRIPT)


def read(page: Page) -> Reading:
    """Return what the page holds now."""
    return Reading(**page.evaluate("() => meters.read()"))

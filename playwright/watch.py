"""Whatever a page complains of while a test runs: nothing of it may pass unnoticed."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebSocket
from playwright.sync_api import Error as PlaywrightError

OUTAGE = (
    r"net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|CONNECTION_CLOSED|CONNECTION_ABORTED|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)"
    r"|net::ERR_CONTENT_LENGTH_MISMATCH|Fetch API cannot load \S+\.snapshot"
    r"|WebSocket connection to '[^']*' failed: "
    r"|the server responded with a status of 503"
)
"""What the browser itself writes to the console of each request, and of a handshake, while the server is away."""

OFFLINE = r"net::ERR_INTERNET_DISCONNECTED"
"""The same, while the machine has no network."""

BLOCKED = "Service Worker registration blocked by Playwright"
"""Playwright's own remark where a test goes without one."""

FORBIDDEN = "FORBIDDEN"
"""Begins a complaint that no test may expect."""

REPORT = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
  console.error(`FORBIDDEN by ${effectiveDirective}: ${blockedURI} in ${sourceFile}:${lineNumber}`);
});
"""

_LOCAL = frozenset({"about", "blob", "data"})


@dataclass
class Expectation:
    """A complaint that a test means to provoke. ``due``: it has to come."""

    pattern: str
    due: bool
    came: bool = False


class Watch:
    """Listens to all pages of a context. ``origin`` is the only place they may talk to."""

    def __init__(self, origin: str) -> None:
        self.secrets: set[str] = set()
        """What may never stand in an address."""
        self._origin = origin
        self._complaints: list[str] = []
        self._expected: list[Expectation] = []
        self._pages: list[Page] = []

    def listen(self, context: BrowserContext) -> None:
        """Listen to the context from now on."""
        context.add_init_script(REPORT)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._complaints.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("page", self._page)

    def expects(self, pattern: str) -> None:
        """Take complaints that match for what the test is about, until its end. One has to come."""
        self._expected.append(Expectation(pattern, due=True))

    def tolerates(self, pattern: str) -> None:
        """Let complaints that match pass, until the test's end, should they come."""
        self._expected.append(Expectation(pattern, due=False))

    def verdict(self) -> list[str]:
        """Return what came and was not expected, and what was expected and did not come; begin anew."""
        self._catch_up()
        amiss = [complaint for complaint in self._complaints if not self._is_expected(complaint)]
        amiss += [f"expected, but did not come: {e.pattern}" for e in self._expected if e.due and not e.came]
        self._complaints, self._expected = [], []
        return amiss

    def _is_expected(self, complaint: str) -> bool:
        found = [expected for expected in self._expected if re.search(expected.pattern, complaint)]
        for expected in found:
            expected.came = True
        return bool(found) and FORBIDDEN not in complaint

    def _catch_up(self) -> None:
        """Have every page answer once: what it said before has then arrived."""
        for page in self._pages:
            try:
                page.evaluate("() => 0")
            except PlaywrightError:
                continue  # a page that is closed, or is just going elsewhere, has nothing more to say

    def _page(self, page: Page) -> None:
        self._pages.append(page)
        page.on("websocket", self._socket)
        page.on("framenavigated", lambda frame: self._look_at(frame.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"} and message.text != BLOCKED:
            place = message.location
            self._complaints.append(f"console.{message.type}: {message.text} ({place['url']}:{place['lineNumber']})")

    def _request(self, request: Request) -> None:
        self._look_at(request.url)

    def _socket(self, socket: WebSocket) -> None:
        self._look_at(socket.url.replace("ws", "http", 1))

    def _look_at(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _LOCAL and f"{parts.scheme}://{parts.netloc}" != self._origin:
            self._complaints.append(f"{FORBIDDEN}: a request to another host, {url}")
        if any(secret in url for secret in self.secrets):
            self._complaints.append(f"{FORBIDDEN}: a secret in an address, {url}")

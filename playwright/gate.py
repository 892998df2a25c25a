"""A gate in the way of a page's requests: the test says when they may pass."""

from types import TracebackType
from typing import Self

from playwright.sync_api import Page, Route


class Gate:
    """Holds the requests of ``page`` whose address matches ``pattern`` back, until :meth:`open`."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page = page
        self._pattern = pattern
        self._held: list[Route] = []
        self._open = False

    def open(self) -> None:
        """Let pass what was held back, and all that comes after."""
        self._open = True
        for route in self._held:
            route.continue_()
        self._held.clear()

    def __enter__(self) -> Self:
        self._page.route(self._pattern, self._arrived)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.open()
        self._page.unroute(self._pattern)

    def _arrived(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)

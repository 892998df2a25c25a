"""The page of the lesson as a whole: where the reader is in it, its address, and its language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import js
from pyodide.ffi import JsProxy, create_proxy, to_js

from chat.screens.dom import attribute, document, given

READING = "-25% 0px -70%"
"""The strip of the window in which the stage that one reads lies, as a margin around it."""

_YEAR = 365 * 24 * 60 * 60


class Page:
    """What stands already when Python comes: the text, and a frame for every figure."""

    def __init__(self) -> None:
        self._root = document.documentElement
        self.language = attribute(self._root, "lang")
        self.fragment = str(js.location.hash)
        if given(js.URLSearchParams.new(js.location.search).get("lang")):
            document.cookie = f"rebond_lang={self.language}; path=/; max-age={_YEAR}; samesite=lax"

    def begin(self) -> None:
        """Say on ``<html>`` that the page listens, and follow the reader."""
        self._seen = create_proxy(self._scrolled)
        options = to_js({"rootMargin": READING}, dict_converter=js.Object.fromEntries)
        observer = js.IntersectionObserver.new(self._seen, options)
        for section in document.querySelectorAll(".stage"):
            observer.observe(section)
        self._root.setAttribute("data-ready", "")

    def _scrolled(self, entries: Iterable[JsProxy], _: object) -> None:
        for entry in entries:
            link = given(document.querySelectorAll(f'.rail a[href="#{entry.target.id}"]'))
            for each in link or ():
                if entry.isIntersecting:
                    each.setAttribute("aria-current", "true")
                else:
                    each.removeAttribute("aria-current")

    # Code that is shared stands in the fragment of the address.

    def drop_fragment(self) -> None:
        """Take the fragment out of the address, without a step in the history."""
        js.history.replaceState(None, "", f"{js.location.pathname}{js.location.search}")

    def on_fragment(self, anew: Callable[[str], bool]) -> None:
        """Begin the page anew when a link changes the fragment to one for which ``anew`` says so."""

        def changed(_: object) -> None:
            if anew(str(js.location.hash)):
                js.location.reload()

        js.addEventListener("hashchange", create_proxy(changed))

    # The seeds of the figures stand in the address: who is given it sees the same.

    def seed(self, stage: str) -> int | None:
        """Return the seed that the address gives a figure."""
        found = str(given(js.URLSearchParams.new(js.location.search).get(stage)) or "")
        return int(found) if found.isascii() and found.isdigit() and len(found) < 5 else None

    def keep_seed(self, stage: str, seed: int) -> None:
        """Put the seed of a figure into the address, without a step in the history."""
        query = js.URLSearchParams.new(js.location.search)
        query.set(stage, str(seed))
        js.history.replaceState(None, "", f"{js.location.pathname}?{query.toString()}{js.location.hash}")

"""One loop for all figures of the page: only those in sight are played, frame by frame."""

from __future__ import annotations

from typing import Protocol

import js
from pyodide.ffi import create_proxy

from chat.screens.dom import Element

LONGEST = 0.1
"""Seconds that a frame counts at most: after a pause the figures go on where they stood."""


class Player(Protocol):
    """What is played."""

    root: Element
    idle: bool

    def frame(self, seconds: float, moment: float) -> None:
        """So much time has gone by since the last frame; ``moment`` is now. Both in seconds."""

    def theme(self) -> None:
        """The colours have changed."""

    def resize(self) -> None:
        """There is another width."""


class Loop:
    """The frames, the sight and the size of all players."""

    def __init__(self) -> None:
        self._players: list[Player] = []
        self._seen: set[str] = set()
        self._running = False
        self._last = 0.0
        self._frame = create_proxy(self._next)
        self._sight = js.IntersectionObserver.new(create_proxy(self._looked), rootMargin="120px 0px")
        self._sizes = js.ResizeObserver.new(create_proxy(self._sized))
        self._dark = js.matchMedia("(prefers-color-scheme: dark)")
        self._dark.addEventListener("change", create_proxy(self._themed))
        self._calm = js.matchMedia("(prefers-reduced-motion: reduce)")

    @property
    def calm(self) -> bool:
        """Whether the reader wants things to keep still."""
        return bool(self._calm.matches)

    def add(self, player: Player) -> None:
        """Play it whenever it is in sight."""
        self._players.append(player)
        self._sight.observe(player.root)
        self._sizes.observe(player.root)

    def remove(self, player: Player) -> None:
        """Play it no more."""
        self._players.remove(player)
        self._seen.discard(player.root.id)
        self._sight.unobserve(player.root)
        self._sizes.unobserve(player.root)

    def wake(self) -> None:
        """Something is to be drawn again."""
        if not self._running and any(self._wanted(player) for player in self._players):
            self._running = True
            self._last = 0.0
            js.requestAnimationFrame(self._frame)

    def _wanted(self, player: Player) -> bool:
        return player.root.id in self._seen and not player.idle

    def _next(self, milliseconds: float) -> None:
        moment = milliseconds / 1_000
        seconds = min(moment - self._last, LONGEST) if self._last else 0.0
        self._last = moment
        wanted = [player for player in self._players if self._wanted(player)]
        for player in wanted:
            player.frame(seconds, moment)
        if any(self._wanted(player) for player in self._players):
            js.requestAnimationFrame(self._frame)
        else:
            self._running = False

    def _looked(self, entries: list[object], *_: object) -> None:
        for entry in entries:
            seen, identifier = bool(getattr(entry, "isIntersecting", False)), getattr(entry, "target").id  # noqa: B009
            (self._seen.add if seen else self._seen.discard)(identifier)
        self.wake()

    def _sized(self, *_: object) -> None:
        for player in self._players:
            player.resize()
        self.wake()

    def _themed(self, *_: object) -> None:
        for player in self._players:
            player.theme()
        self.wake()

"""Listening to the browser. Every proxy made here is owned here, and there are few: listeners are delegated."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import js
from pyodide.ffi import JsProxy, create_proxy

from chat.screens.dom import Element, Event, around, attribute, document


class Listeners:
    """The page's listeners, one for each kind of event however many elements there are."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def on(self, target: object, kind: str, handler: Callable[[Event], None], *, capture: bool = False) -> None:
        """Call ``handler`` with every event of a kind at ``target`` or below."""
        proxy = create_proxy(handler)
        element = cast(JsProxy, target)
        element.addEventListener(kind, proxy, capture)

        def undo() -> None:
            element.removeEventListener(kind, proxy, capture)
            proxy.destroy()

        self._undo.append(undo)

    def watch_size(self, *elements: Element, handler: Callable[[], None]) -> None:
        """Call ``handler`` whenever one of the elements has another size."""
        proxy = create_proxy(lambda *_: handler())
        observer = js.ResizeObserver.new(proxy)
        for element in elements:
            observer.observe(element)

        def undo() -> None:
            observer.disconnect()
            proxy.destroy()

        self._undo.append(undo)

    def destroy(self) -> None:
        """Listen no more."""
        for undo in self._undo:
            undo()
        self._undo.clear()


class Acts:
    """What buttons do: ``data-act`` on a button names it, ``data-form`` on a form. Some acts have a key as well."""

    def __init__(self, listeners: Listeners) -> None:
        self._acts: dict[str, Callable[[Element], None]] = {}
        self._forms: dict[str, Callable[[Element], None]] = {}
        self._keys: list[tuple[str, Callable[[Event], bool]]] = []
        listeners.on(document, "click", self._click)
        listeners.on(document, "keydown", self._press)
        listeners.on(document, "submit", self._submit)

    def act(self, name: str, handler: Callable[[Element], None]) -> None:
        """Call ``handler`` with the button when it is pressed."""
        self._acts[name] = handler

    def key(self, name: str, meant: Callable[[Event], bool]) -> None:
        """Do the act when a key goes down, anywhere, for which ``meant`` holds."""
        self._keys.append((name, meant))

    def do(self, name: str, element: Element) -> None:
        """Do an act, as if ``element`` were its button."""
        self._acts[name](element)

    def form(self, name: str, handler: Callable[[Element], None]) -> None:
        """Call ``handler`` with the form when it is sent off, in place of the browser's own way."""
        self._forms[name] = handler

    def _click(self, event: Event) -> None:
        button = around(event.target, "[data-act]")
        handler = None if button is None else self._acts.get(attribute(button, "data-act"))
        if button is not None and handler is not None:
            handler(button)

    def _press(self, event: Event) -> None:
        for name, meant in self._keys:
            if meant(event):
                event.preventDefault()
                self.do(name, event.target)
                return

    def _submit(self, event: Event) -> None:
        handler = self._forms.get(attribute(event.target, "data-form"))
        if handler is not None:
            event.preventDefault()
            handler(event.target)


class Frame:
    """Calls ``draw`` once before the next frame, however often it is asked for.

    A hidden page has no frames: there a timer stands in, so that the title still tells what is unread.
    """

    def __init__(self, draw: Callable[[], None], listeners: Listeners) -> None:
        self._draw = draw
        self._proxy = create_proxy(self._now)
        self._waiting = False
        listeners.on(document, "visibilitychange", self._turned)

    def request(self) -> None:
        """Draw soon."""
        if not self._waiting:
            self._waiting = True
            self._schedule()

    def _schedule(self) -> None:
        if document.hidden:
            js.setTimeout(self._proxy, 0)
        else:
            js.requestAnimationFrame(self._proxy)

    def _turned(self, _: Event) -> None:
        # A frame that was asked for before the page was hidden will not come while it is.
        if self._waiting:
            self._schedule()

    def _now(self, *_: object) -> None:
        if self._waiting:
            self._waiting = False
            self._draw()

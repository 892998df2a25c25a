"""Listeners and timers whose proxies Pyodide owns."""

from collections.abc import Callable

from pyodide.ffi import JsProxy

def add_event_listener(elt: JsProxy, event: str, listener: Callable[..., object]) -> None: ...
def remove_event_listener(elt: JsProxy, event: str, listener: Callable[..., object]) -> None: ...

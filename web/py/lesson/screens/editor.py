"""The editor: CodeMirror, put together from Python in a shadow tree, where the policy lets it keep its styles."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import js
from pyodide.ffi import JsProxy, create_proxy, to_js

from chat.screens.dom import Element

THEME = {
    "&": {"backgroundColor": "var(--sheet)", "color": "var(--ink)", "fontSize": "0.8125rem"},
    "&.cm-focused": {"outline": "0.1875rem solid var(--focus)", "outlineOffset": "-0.1875rem"},
    ".cm-content": {"caretColor": "var(--ink)", "fontFamily": "ui-monospace, Menlo, Consolas, monospace"},
    ".cm-cursor": {"borderLeftColor": "var(--ink)"},
    ".cm-gutters": {"backgroundColor": "var(--wash)", "color": "var(--ink-2)", "border": "0"},
    ".cm-activeLine, .cm-activeLineGutter": {"backgroundColor": "var(--code-line)"},
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
        "backgroundColor": "var(--code-chosen)"
    },
    ".cm-tooltip, .cm-panels": {"backgroundColor": "var(--sheet)", "color": "var(--ink)"},
}
COLOURS = {
    "keyword": "var(--accent)",
    "string": "var(--code-string)",
    "number": "var(--code-count)",
    "bool": "var(--code-count)",
    "comment": "var(--ink-2)",
}


def _object(given: object) -> object:
    return to_js(given, dict_converter=js.Object.fromEntries)


class Editor:
    """One editor, of the module that :func:`load` returns. ``changed`` is called with each new text."""

    def __init__(self, made: JsProxy, place: Element, code: str, label: str, changed: Callable[[str], None]) -> None:
        root = cast(JsProxy, place).attachShadow(_object({"mode": "open"}))
        self._changed = changed
        self._proxy = create_proxy(self._update)
        self._before = create_proxy(self._before_input)
        view = made.EditorView
        colours = [{"tag": getattr(made.tags, name), "color": colour} for name, colour in COLOURS.items()]
        extensions = [
            made.basicSetup,
            made.python(),
            made.indentUnit.of("    "),
            made.syntaxHighlighting(made.HighlightStyle.define(_object(colours))),
            view.theme(_object(THEME)),
            view.lineWrapping,
            view.contentAttributes.of(_object({"aria-label": label})),
            view.domEventHandlers(_object({"beforeinput": self._before})),
            view.updateListener.of(self._proxy),
        ]
        self._view = view.new(_object({"doc": code, "extensions": extensions, "parent": root, "root": root}))

    @property
    def code(self) -> str:
        """The text as it stands."""
        return str(self._view.state.doc.toString())

    @code.setter
    def code(self, text: str) -> None:
        change = {"changes": {"from": 0, "to": self._view.state.doc.length, "insert": text}}
        self._view.dispatch(_object(change))

    def focus(self) -> None:
        """Let the reader type."""
        self._view.focus()

    def _before_input(self, event: JsProxy, view: JsProxy) -> bool:
        """Type over what is chosen. By itself, Chromium keeps the colours in a style attribute, which is forbidden."""
        if event.inputType != "insertText" or view.state.selection.main.empty:
            return False
        event.preventDefault()
        view.dispatch(view.state.replaceSelection(event.data))
        return True

    def _update(self, update: JsProxy) -> None:
        if update.docChanged:
            self._changed(self.code)


async def load() -> JsProxy:
    """Fetch CodeMirror (web/runtime/editor.js). Raises JsException without a network."""
    module: JsProxy = await js.loadEditor()
    return module

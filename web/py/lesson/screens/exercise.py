"""An exercise: code to change, a run that says what is missing, and a hint for who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import js
from pyodide.ffi import JsException

from chat.screens.dom import Element, Event, around, attribute, put_text
from chat.screens.listening import Listeners
from chat.texts import Texts
from lesson import sharing
from lesson.numbers import format_number
from lesson.sandbox import End, Verdict
from lesson.screens.editor import Editor, load
from lesson.screens.frame import Frame
from lesson.screens.parts import button, make

MOST_SAID = 600
"""Characters that are shown of what Python says."""


class Changed:
    """What the reader has made of the exercises, kept in this browser where it keeps anything."""

    def __init__(self) -> None:
        try:
            self._storage = js.localStorage
        except JsException:
            self._storage = None

    def get(self, name: str) -> str | None:
        """Return the reader's code, None if there is none."""
        kept = None if self._storage is None else self._storage.getItem(f"rebond.lesson.{name}")
        return kept if isinstance(kept, str) else None

    def put(self, name: str, code: str | None) -> None:
        """Keep the reader's code; None: forget it. A browser that has no room for it keeps nothing."""
        if self._storage is None:
            return
        try:
            if code is None:
                self._storage.removeItem(f"rebond.lesson.{name}")
            else:
                self._storage.setItem(f"rebond.lesson.{name}", code)
        except JsException as error:
            js.console.debug(f"rebond: the code of the exercise is not kept: {error}")


class Exercise:
    """Fills ``<div data-exercise="NAME">``. ``source`` is the code to begin with, its comments the reader's."""

    def __init__(self, element: Element, name: str, source: str, texts: Texts, frame: Frame, changed: Changed) -> None:
        self.name = name
        self._source = source
        self.on_taken: Callable[[], None] = lambda: None
        """Called once when the reader makes code that came with a link their own, or throws it away."""
        self._texts = texts
        self._frame = frame
        self._changed = changed
        self._editor: Editor | None = None
        self._given: str | None = None
        self._hint: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._title = texts.text(f"exercise.{name}.title")
        heading = make("h3", "", id=f"exercise-{name}-title")
        heading.append(make("span", "exercise-kicker", texts.text("learn.exercise.kicker")), " ", self._title)
        self._note = make("p", "exercise-note")
        self._code = make("div", "exercise-code")
        self._bar = make("div", "exercise-bar", role="group", aria_labelledby=f"exercise-{name}-title")
        self._bar.append(button("open", texts.text("learn.exercise.open"), "button quiet"))
        self._result = make("div", "exercise-result", role="status")
        self.root = make("section", "exercise", aria_labelledby=f"exercise-{name}-title")
        task = make("p", "", texts.text(f"exercise.{name}.task"))
        self.root.append(heading, task, self._note, self._code, self._bar, self._result)
        self._note.hidden = self._code.hidden = True
        element.replaceChildren(self.root)
        self._listeners = Listeners()
        self._listeners.on(self.root, "click", self._click)

    def show(self, code: str) -> None:
        """Show code that came with a link, to be read; it is neither run nor kept unless the reader wants it."""
        self._given = code
        self._note.hidden = False
        put_text(self._note, self._texts.text("learn.exercise.given"))
        self._spawn(self._open)

    def _click(self, event: Event) -> None:
        pressed = around(event.target, "[data-do]")
        match "" if pressed is None else attribute(pressed, "data-do"):
            case "open":
                self._spawn(self._open)
            case "run":
                self._spawn(self._run)
            case "hint" | "reset" | "share" as wish:
                self._stop()
                {"hint": self._show_hint, "reset": self._reset, "share": self._share}[wish]()
            case _:
                pass

    def _spawn(self, begin: Callable[[], Coroutine[object, object, None]]) -> None:
        """Begin, unless what was begun last is still under way."""
        if self._task is None or self._task.done():
            self.root.setAttribute("aria-busy", "true")
            self._task = asyncio.ensure_future(begin())
            self._task.add_done_callback(lambda _: self.root.removeAttribute("aria-busy"))

    def _stop(self) -> None:
        """What is still under way has nothing more to say: the reader has asked for something else."""
        if self._task is not None:
            self._task.cancel()

    async def _open(self) -> None:
        text = self._texts.text
        if self._editor is not None:
            self._editor.focus()
            return
        self._say(text("learn.exercise.loading"))
        try:
            module = await load()
        except JsException:
            self._say(text("learn.exercise.unloaded"))
            return
        code = self._given or self._changed.get(self.name) or self._source
        self._code.hidden = False
        self._frame.open()
        self._editor = Editor(module, self._code, code, text("learn.exercise.label", title=self._title), self._edited)
        self._bar.replaceChildren(
            button("run", text("learn.exercise.run"), "button"),
            button("hint", text("learn.exercise.hint"), "button quiet"),
            button("reset", text("learn.exercise.reset"), "button bare"),
            button("share", text("learn.exercise.share"), "button bare"),
        )
        self._say("")
        if self._given is None:
            self._editor.focus()
        else:
            self.root.scrollIntoView()

    def _taken(self) -> None:
        """From now on a reload shows what is kept, not what came with the link."""
        if self._given is not None:
            self._given = None
            self.on_taken()

    def _edited(self, code: str) -> None:
        self._taken()
        self._changed.put(self.name, code)

    async def _run(self) -> None:
        assert self._editor is not None, "there is no button before"
        self._say(self._texts.text("learn.exercise.running"))
        verdict = await self._frame.run(self.name, self._editor.code)
        self._hint = verdict.hint
        self._tell(verdict)

    def _tell(self, verdict: Verdict) -> None:
        text = self._texts.text
        if verdict.end is not End.DONE:
            self._say(text(f"learn.exercise.{verdict.end}"))
        elif verdict.error is not None:
            said = make("pre", "exercise-said", verdict.error[:MOST_SAID], tabindex="0")
            self._result.replaceChildren(make("p", "", text("learn.exercise.raised")), said)
        else:
            said = make("ul", "exercise-checks")
            said.append(*(self._line(check.id, check.passed, check.values) for check in verdict.checks))
            whole = "passed" if verdict.passed else "missing"
            self._result.replaceChildren(make("p", "exercise-whole", text(f"learn.exercise.{whole}")), said)

    def _line(self, identifier: str, passed: bool, values: dict[str, float | str]) -> Element:
        line = make("li", "holds" if passed else "fails")
        key = f"exercise.{self.name}.check.{identifier}"
        language = self._texts.language
        written = {
            name: value if isinstance(value, str) else format_number(value, language) for name, value in values.items()
        }
        try:
            said = self._texts.text(key, **written) if self._texts.has(key) else identifier
        except KeyError:
            said = identifier  # code that answers in place of the checks need not know what they say
        line.append(make("span", "voice-only", self._texts.text(f"learn.exercise.{'holds' if passed else 'fails'}")))
        line.append(" ", said[:MOST_SAID])
        return line

    def _show_hint(self) -> None:
        key = f"exercise.{self.name}.hint.{self._hint}"
        known = self._hint is not None and self._texts.has(key)
        self._say(self._texts.text(key if known else "learn.exercise.no_hint"))

    def _reset(self) -> None:
        assert self._editor is not None, "there is no button before"
        self._editor.code = self._source
        self._changed.put(self.name, None)
        self._note.hidden = True
        self._hint = None
        self._say("")

    def _share(self) -> None:
        assert self._editor is not None, "there is no button before"
        try:
            fragment = sharing.fragment(self.name, self._editor.code)
        except ValueError:
            self._say(self._texts.text("learn.exercise.too_long"))
            return
        label = make("label", "field-label", self._texts.text("learn.exercise.link"), _for=f"exercise-{self.name}-link")
        address = f"{js.location.origin}{js.location.pathname}{fragment}"
        link = make("input", "input", id=f"exercise-{self.name}-link", value=address, readonly="")
        self._result.replaceChildren(label, link)
        link.focus()
        js.document.activeElement.select()

    def _say(self, text: str) -> None:
        self._result.replaceChildren(*([make("p", "", text)] if text else []))

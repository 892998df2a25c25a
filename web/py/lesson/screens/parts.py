"""The parts that figures are made of, as elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat.screens.dom import Element, document, put_text
from chat.texts import Texts
from lesson.chronicle import Told
from lesson.numbers import format_number
from lesson.scene import Counter, Value

PAIRS = (("kill", "start"), ("cut", "mend"), ("stall", "flow"), ("sleep", "wake"), ("crowd", "alone"))
"""Acts of which one undoes the other: they share a button."""

KINDS = {
    **dict.fromkeys(("start", "mend", "flow", "wake", "sign_in"), "mends"),
    **dict.fromkeys(("say", "crowd", "alone", "thousand", "ten_thousand"), "plain"),
}
"""What an act does, for the colour of its button: all others break something."""

LINES = 80
"""Lines of the story that are shown."""


def make(tag: str, name: str = "", text: str = "", **attributes: str) -> Element:
    """Return a new element; ``name`` is its class, an underscore in an attribute's name a dash."""
    element = document.createElement(tag)
    if name:
        element.className = name
    if text:
        element.textContent = text
    for attribute, value in attributes.items():
        element.setAttribute(attribute.strip("_").replace("_", "-"), value)
    return element


def button(do: str, text: str, name: str = "figure-button") -> Element:
    """Return a button that says what it does in ``data-do``."""
    return make("button", name, text, type="button", data_do=do)


def legend(names: Iterable[str], texts: Texts) -> Element:
    """Return what the things in a drawing are."""
    listed = make("ul", "figure-legend")
    listed.append(*(make("li", f"is-{name}", texts.text(f"figure.legend.{name}")) for name in names))
    return listed


class Acts:
    """The buttons with which the reader breaks things."""

    def __init__(self, names: Sequence[str], texts: Texts, label: str) -> None:
        self.root = make("div", "figure-acts", role="group", aria_label=label)
        self._texts = texts
        self._buttons: list[tuple[tuple[str, ...], Element]] = []
        left = list(names)
        for name in names:
            if name in left:
                pair = next((pair for pair in PAIRS if pair[0] == name and pair[1] in left), (name,))
                left = [other for other in left if other not in pair]
                element = button(f"act:{name}", "", f"figure-button act {KINDS.get(name, 'breaks')}")
                self._buttons.append((pair, element))
                self.root.append(element)

    def refresh(self, enabled: set[str]) -> None:
        """Show what can be done now."""
        for pair, element in self._buttons:
            name = next((name for name in pair if name in enabled), pair[0])
            put_text(element, self._texts.text(f"figure.act.{name}"))
            if element.getAttribute("data-do") != f"act:{name}":
                element.setAttribute("data-do", f"act:{name}")
                element.className = f"figure-button act {KINDS.get(name, 'breaks')}"
            if (name in enabled) == element.hasAttribute("aria-disabled"):
                element.toggleAttribute("aria-disabled", False)
                if name not in enabled:
                    element.setAttribute("aria-disabled", "true")


class Table:
    """The counters: a row for each, a column for each lane. ``rows`` names the kind of text that a row begins with."""

    def __init__(self, texts: Texts, caption: str, columns: Sequence[str], rows: str = "counter") -> None:
        self._texts = texts
        self._rows = rows
        self.root = make("table", "figure-table" if len(columns) > 1 else "figure-table tiles")
        self.root.append(make("caption", "voice-only", caption))
        self._body = make("tbody")
        if len(columns) > 1:
            head, row = make("thead"), make("tr")
            row.append(make("td"), *(make("th", "", column, scope="col") for column in columns))
            head.append(row)
            self.root.append(head)
        self.root.append(self._body)
        self._cells: dict[str, list[Element]] = {}
        self._shown: dict[str, tuple[str, ...]] = {}

    def refresh(self, counters: Iterable[Counter]) -> None:
        """Show these."""
        for counter in counters:
            if counter.name not in self._cells:
                self._add(counter)
            texts = tuple(written(value, self._texts) for value in counter.values)
            if texts != self._shown.get(counter.name):
                self._shown[counter.name] = texts
                for cell, text, value in zip(self._cells[counter.name], texts, counter.values, strict=True):
                    put_text(cell, text)
                    bad = counter.name in ("lost", "doubled") and bool(value)
                    cell.className = "bad" if bad else ""

    def _add(self, counter: Counter) -> None:
        row = make("tr")
        cells = [make("td") for _ in counter.values]
        row.append(make("th", "", self._texts.text(f"figure.{self._rows}.{counter.name}"), scope="row"), *cells)
        self._body.append(row)
        self._cells[counter.name] = cells


def written(value: Value, texts: Texts) -> str:
    """Write what a counter shows."""
    match value:
        case None:
            return "\u2013"
        case str():
            return texts.text(f"figure.value.{value}")
        case int():
            return format_number(value, texts.language)
        case _:
            return texts.text("figure.seconds", n=format_number(value, texts.language))


class Story:
    """What happened, in words: in a list that one opens, and aloud where one asked for it."""

    def __init__(self, texts: Texts, names: dict[str, str]) -> None:
        self._texts = texts
        self._names = names
        self.root = make("details", "figure-story")
        self._list = make("ol")
        self._aloud = make("p", "voice-only", role="status")
        self.root.append(make("summary", "", texts.text("figure.story")), self._list)
        self.aloud = self._aloud

    def show(self, story: Sequence[Told]) -> None:
        """Show the last of it."""
        self._list.replaceChildren(*(make("li", "", self._line(told)) for told in story[-LINES:]))

    def say(self, story: Sequence[Told]) -> None:
        """Say it aloud, to whoever listens to the page."""
        put_text(self._aloud, " ".join(self._line(told) for told in story[-4:]))

    def say_text(self, text: str) -> None:
        """Say something else."""
        put_text(self._aloud, text)

    def _line(self, told: Told) -> str:
        texts = self._texts
        at = texts.text("figure.seconds", n=format_number(float(told.at), texts.language))
        if told.who == "reader":
            what = texts.text("figure.told.reader", what=texts.text(f"figure.act.{told.what}"))
        else:
            what = texts.text(f"figure.told.{told.what}", who=self._names.get(told.who, told.who))
        many = "" if told.times == 1 else " " + texts.text("figure.told.times", n=texts.number(told.times))
        return f"{at} · {what}{many}"


class Question:
    """What the reader is asked before the stage is played, and what came of it."""

    def __init__(self, stage: str, choices: int, texts: Texts) -> None:
        self._stage = stage
        self._texts = texts
        title = make(
            "p", "figure-question", texts.text(f"figure.{stage}.predict.question"), id=f"figure-{stage}-question"
        )
        self.root = make("div", "figure-predict", role="group", aria_labelledby=f"figure-{stage}-question")
        self._choices = [
            button(f"guess:{n}", texts.text(f"figure.{stage}.predict.{n}"), "figure-choice") for n in range(choices)
        ]
        offered = make("div", "figure-choices")
        offered.append(*self._choices)
        self._verdict = make("p", "figure-verdict", role="status")
        self.root.append(title, offered, self._verdict)

    def wait(self, guess: int) -> None:
        """The answer is being worked out."""
        for place, choice in enumerate(self._choices):
            choice.setAttribute("aria-pressed", "true" if place == guess else "false")
            choice.className = "figure-choice"

    def answer(self, guess: int, right: int) -> None:
        """Say whether the guess was right, and why."""
        for place, choice in enumerate(self._choices):
            if place == right:
                choice.className = "figure-choice is-right"
            elif place == guess:
                choice.className = "figure-choice is-wrong"
        texts = self._texts
        verdict = texts.text("figure.predict.right" if guess == right else "figure.predict.wrong")
        put_text(self._verdict, f"{verdict} {texts.text(f'figure.{self._stage}.predict.why')}")

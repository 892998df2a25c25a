"""One row of the timeline in the page: made once, brought up to what it says whenever that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from chat.mentions import Names
from chat.roster import Roster
from chat.rows import DayRow, Fate, HoleRow, MessageRow, NewRow, Row
from chat.screens import rich
from chat.screens.answers import Answers
from chat.screens.dom import Element, attribute, by_id, copy_of, document, put_text, within
from chat.texts import Texts

_PENDING = frozenset({Fate.SENDING, Fate.QUEUED, Fate.PARKED})

_READERS = 5
"""The most readers of a message that are shown, each by their initials."""

_WORDS = {
    (Fate.SENDING, False): "message.sending",
    (Fate.QUEUED, False): "message.queued",
    (Fate.PARKED, False): "message.parked",
    (Fate.REFUSED, False): "message.refused",
    (Fate.SENDING, True): "change.sending",
    (Fate.QUEUED, True): "change.queued",
    (Fate.PARKED, True): "change.parked",
    (Fate.REFUSED, True): "change.refused",
}

_BUTTONS = {
    Fate.PARKED: (("release", "message.release"), ("give-up", "message.give_up")),
    Fate.REFUSED: (("edit-again", "message.again"), ("discard", "message.discard")),
}


class MessageNodes:
    """Makes the rows and updates them."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._answers = Answers(texts)
        self.me = ""
        self.names = Names(Roster())

    def make(self, row: Row) -> Element:
        """Make a row, but for what may change."""
        if isinstance(row, DayRow):
            return copy_of("row-day")
        if isinstance(row, HoleRow):
            return copy_of("row-hole")
        if isinstance(row, NewRow):
            return copy_of("row-new")
        node = copy_of("row-message")
        within(node, ".avatar").classList.add(f"hue-{row.author.hue}")
        moment = datetime.fromtimestamp(row.at / 1_000, UTC)
        within(node, "time").setAttribute("datetime", moment.isoformat(timespec="milliseconds"))
        return node

    def update(self, node: Element, row: Row) -> None:
        """Bring a row up to what it says now."""
        match row:
            case DayRow():
                put_text(node, row.label)
            case NewRow():
                put_text(node, self._texts.text("timeline.since", time=row.since))
            case HoleRow():
                self._update_hole(node, row)
            case _:
                self._update_message(node, row)

    def _update_hole(self, node: Element, row: HoleRow) -> None:
        key = "hole.loading" if row.busy else "hole.failed" if row.failed else "hole.text"
        put_text(within(node, "span"), self._texts.text(key))
        button = within(node, "button")
        put_text(button, self._texts.text("hole.load"))
        button.hidden = row.busy

    def _update_message(self, node: Element, row: MessageRow) -> None:
        if row.doomed and row.own:
            row = replace(row, deleted=True, quote=None, chips=())  # as it will be, unless one wants it back
        flags = {
            "continued": row.continued,
            "own": row.own,
            "pending": row.fate in _PENDING,
            "deleted": row.deleted,
            "doomed": row.doomed and not row.own,
            "withdrawn": row.doomed and row.own,
        }
        names = [name for name, holds in flags.items() if holds]
        node.className = " ".join(["message", *names, *([row.fate] if row.fate is not Fate.THERE else [])])
        node.setAttribute("data-seq", str(row.seq))
        put_text(within(node, ".avatar"), row.author.initials)
        put_text(within(node, ".message-author"), row.author.shown or self._texts.text("people.left"))
        self._show_readers(within(node, ".message-readers"), row)
        time = within(node, "time")
        put_text(time, row.clock)
        time.title = row.full
        put_text(within(node, ".message-gutter"), row.clock)
        body = within(node, ".message-body")
        self._answers.show(body, row)
        self._show_text(within(node, ".message-text"), row)
        edited = within(node, ".message-edited")
        edited.hidden = not row.edited or row.deleted
        put_text(edited, self._texts.text("message.edited", time=row.edited) if row.edited else "")
        edited.title = row.edited_full
        self._show_acts(body, row)
        self._show_state(within(node, ".message-state"), row)

    def _show_readers(self, place: Element, row: MessageRow) -> None:
        place.hidden = not row.readers
        names = ", ".join(each.shown for each in row.readers)
        if not row.readers or attribute(place, "data-names") == names:
            return
        place.setAttribute("data-names", names)
        said = self._texts.text("readers.read", names=names)
        place.setAttribute("aria-label", said)
        place.title = said
        place.replaceChildren()
        for each in row.readers[:_READERS]:
            reader = document.createElement("span")
            reader.className = f"reader hue-{each.hue}"
            reader.textContent = each.initials
            place.append(reader)
        if len(row.readers) > _READERS:
            place.append(f"+{self._texts.number(len(row.readers) - _READERS)}")

    def _show_text(self, place: Element, row: MessageRow) -> None:
        if row.deleted:
            place.removeAttribute("data-shown")
            put_text(place, self._texts.text("message.removed" if row.removed else "message.deleted"))
        else:
            names = self.names
            rich.show(place, row.text, names.named, self.me, names.version)

    def _show_acts(self, body: Element, row: MessageRow) -> None:
        """Put the buttons that do something with a message where they belong, and only there."""
        found = list(body.querySelectorAll(".message-acts"))
        if not (row.changeable or row.linkable or row.removable):
            for acts in found:
                acts.remove()
            return
        acts = found[0] if found else copy_of("row-message-acts")
        if not found:
            body.append(acts)
        acts.setAttribute("data-key", row.key)
        for button in acts.querySelectorAll("button"):
            act = attribute(button, "data-act")
            button.hidden = not _allowed(row, act)
            label = self._texts.text(f"acts.{act}")
            button.setAttribute("aria-label", label)
            button.title = label
            button.setAttribute("data-id", row.handle)

    def _show_state(self, state: Element, row: MessageRow) -> None:
        state.replaceChildren()
        if row.doomed and row.own:
            state.append(self._button("undo-delete", self._texts.text("delete.undo"), row.handle))
            put_text(by_id("voice"), self._texts.text("delete.done"))
            return
        if row.doomed:
            author = row.author.shown or self._texts.text("people.left")
            state.append(self._texts.text("remove.question", author=author))
            state.append(self._button("remove", self._texts.text("remove.yes"), row.handle))
            state.append(self._button("keep", self._texts.text("remove.no"), row.handle))
            return
        if row.fate is Fate.THERE:
            return
        if row.fate is not Fate.REFUSED:
            mark = document.createElement("span")
            mark.className = "mark"
            state.append(mark)
        words = self._texts.text(_WORDS[row.fate, row.change], reason=row.reason)
        state.append(words if row.kept else f"{words} {self._texts.text('message.unkept')}")
        for act, key in _BUTTONS.get(row.fate, ()):
            state.append(self._button(act, self._texts.text(key), row.doing))

    def _button(self, act: str, text: str, identifier: str) -> Element:
        button = document.createElement("button")
        button.className = "button quiet small"
        button.setAttribute("type", "button")
        button.setAttribute("data-act", act)
        button.setAttribute("data-id", identifier)
        button.textContent = text
        return button


def _allowed(row: MessageRow, act: str) -> bool:
    """Tell whether there is to be a button for an act."""
    match act:
        case "edit-message" | "delete-message":
            return row.changeable
        case "remove-message":
            return row.removable
        case "react-message" | "reply-message":
            return row.answerable
        case "link-message":
            return row.linkable
        case _:
            return True  # what unfolds them

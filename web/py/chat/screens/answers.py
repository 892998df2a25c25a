"""What stands around the text of a message because of others: the message that it replies to, the reactions to it."""

from __future__ import annotations

from chat.quotes import Quote
from chat.reactions import Chip
from chat.rows import MessageRow
from chat.screens.dom import Element, attribute, copy_of, document, put_text, within
from chat.texts import Texts


class Answers:
    """Keeps the quote and the reactions of a message up to its row; what there is none of stands nowhere."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def show(self, body: Element, row: MessageRow) -> None:
        """Bring the body of a message up to its row."""
        self._show_quote(body, None if row.deleted else row.quote)
        self._show_reactions(body, row)

    def _show_quote(self, body: Element, quote: Quote | None) -> None:
        found = list(body.querySelectorAll(".quote"))
        if quote is None:
            for each in found:
                each.remove()
            return
        node = found[0] if found else copy_of("row-quote")
        if not found:
            body.insertBefore(node, within(body, ".message-text"))
        fill(node, quote, self._texts)
        node.setAttribute("data-seq", str(quote.seq))
        node.toggleAttribute("disabled", quote.hidden)
        node.setAttribute(
            "aria-label",
            self._texts.text("quote.label", name=_author(quote, self._texts), text=words(quote, self._texts)),
        )

    def _show_reactions(self, body: Element, row: MessageRow) -> None:
        found = list(body.querySelectorAll(".reactions"))
        if not row.chips:
            for each in found:
                each.remove()
            return
        place = found[0] if found else copy_of("row-reactions")
        if not found:
            body.insertBefore(place, within(body, ".message-state"))
        place.setAttribute("data-key", row.key)
        place.setAttribute("aria-label", self._texts.text("reactions.title"))
        buttons = {attribute(each, "data-emoji"): each for each in place.querySelectorAll("button")}
        for emoji in buttons.keys() - {chip.emoji for chip in row.chips}:
            buttons[emoji].remove()
        for chip in row.chips:
            if chip.emoji not in buttons:
                buttons[chip.emoji] = _made(chip)
                place.append(buttons[chip.emoji])
            _fill(buttons[chip.emoji], chip)
            buttons[chip.emoji].toggleAttribute("disabled", row.archived)


def words(quote: Quote, texts: Texts) -> str:
    """Return what there is to say of a message that is replied to: its text, or why there is none."""
    if quote.hidden:
        return texts.text("quote.hidden")
    if quote.deleted:
        return texts.text("message.deleted")
    return texts.text("quote.unknown") if quote.name is None else quote.line


def _author(quote: Quote, texts: Texts) -> str:
    """Return who is quoted: nobody where that is not known, and somebody without a name where they have left."""
    return texts.text("people.left") if quote.name == "" else quote.name or ""


def fill(node: Element, quote: Quote, texts: Texts) -> None:
    """Write who is quoted and what into a copy of the template."""
    put_text(within(node, ".quote-author"), _author(quote, texts))
    put_text(within(node, ".quote-text"), words(quote, texts))
    node.classList.toggle("silent", quote.name is None or quote.deleted)


def _made(chip: Chip) -> Element:
    button = document.createElement("button")
    button.className = "chip"
    button.setAttribute("type", "button")
    button.setAttribute("data-act", "chip")
    button.setAttribute("data-emoji", chip.emoji)
    for name in ("chip-emoji", "chip-count"):
        span = document.createElement("span")
        span.className = name
        button.append(span)
    return button


def _fill(button: Element, chip: Chip) -> None:
    put_text(within(button, ".chip-emoji"), chip.emoji)
    put_text(within(button, ".chip-count"), chip.count)
    button.setAttribute("aria-pressed", "true" if chip.mine else "false")
    button.setAttribute("aria-label", chip.label)
    button.title = chip.label
    button.classList.toggle("pending", chip.pending)

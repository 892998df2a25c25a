"""Builds a message's text in the page, node by node: no HTML is ever parsed, so none can be smuggled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chat.rich import Node, nobody, parse
from chat.screens.dom import Element, attribute, document

if TYPE_CHECKING:
    from chat.screens.highlighting import Highlighting


def show(place: Element, text: str, named: Callable[[str], str | None] = nobody, me: str = "", known: int = 0) -> None:
    """Show a message's text in ``place``, unless it stands there already.

    ``named`` finds people by their names (chat.rich.parse); ``me`` is the reader's id, whose mentions stand out. Where
    there may be mentions, a text is shown anew once ``known`` is another number: that of what is known of people.
    """
    shown = f"{known} {text}" if "@" in text else text
    if attribute(place, "data-shown") == shown:
        return
    place.setAttribute("data-shown", shown)
    tree = parse(text, named)
    if tree == (text,):
        place.textContent = text
        return
    place.replaceChildren(*(_built(node, me) for node in tree))


def _built(node: Node | str, me: str) -> Element | str:
    if isinstance(node, str):
        return node
    element = document.createElement(node.tag)
    for name, value in node.attributes:
        element.setAttribute(name, value)
    if node.tag == "a":
        # The page that is opened is not told where from, and cannot reach back (HTML, section 4.6.7).
        element.setAttribute("rel", "noopener noreferrer nofollow")
        element.setAttribute("target", "_blank")
    elif node.tag == "span":
        mine = attribute(element, "data-person") == me != ""
        element.className = "mention mine" if mine else "mention"
    elif node.tag == "pre":
        element.setAttribute("tabindex", "0")  # long lines are scrolled with the keyboard
        element.setAttribute("dir", "ltr")
    element.append(*(_built(child, me) for child in node.children))
    if node.tag == "pre" and element.hasAttribute("data-language"):
        _highlight(element)
    return element


def _highlight(block: Element) -> None:
    """Have code coloured. What does that is imported with the first block there is."""
    from chat.highlighting import language
    from chat.screens.highlighting import Highlighting

    if not language(attribute(block, "data-language")):
        return
    if not _highlighting:
        _highlighting.append(Highlighting())
    _highlighting[0].watch(block)


_highlighting: list[Highlighting] = []

"""Markdown as people type it, as a tree of nodes that the page builds element by element, never from HTML.

The tokens are those of markdown-it-py (CommonMark). What would swallow something that was typed is off: headings,
rules, reference definitions, entities, HTML, images. So nothing is lost but the marks themselves, and a text without
marks is shown to the letter, its blanks and line breaks included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

TAGS = frozenset({"a", "blockquote", "code", "em", "li", "ol", "p", "pre", "s", "span", "strong", "ul"})
"""The elements that a message can consist of. A ``span`` is a mention."""

_BLOCKS = frozenset({"blockquote", "li", "ol", "p", "pre", "ul"})

SCHEMES = ("http://", "https://", "mailto:")
"""Where a link may lead."""

_MARKS = re.compile(r"[*_~`\[@]|https?://|^[ ]{0,3}(?:>|[-+]\s|\d{1,9}[.)]\s)", re.MULTILINE | re.IGNORECASE)
"""What may mean something. Most messages hold none of it, and need no parser."""

_SCHEME = re.compile(r"(?<![^\W_])https?$", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ENDS = frozenset(".,;:!?'*_~»”\u2019…")
"""What belongs to the sentence and not to the address that it ends with."""

_UNESCAPED = frozenset("*`~[")
"""Before these a backslash is a mark. Before others it is what was meant: a path, or the arm of ¯\\_(ツ)_/¯."""

_PAIRS = {")": "(", "]": "[", "}": "{"}

NAME = 32
"""Characters that a name has at most (docs/protocol.md)."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its tag, one of TAGS, its attributes and what is in it."""

    tag: str
    children: tuple[Node | str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


Tree = tuple[Node | str, ...]


def nobody(_: str) -> str | None:
    """Nobody has this name."""
    return None


def parse(text: str, named: Callable[[str], str | None] = nobody) -> Tree:
    """Return what to show of a message's text.

    ``named`` tells whose name this is: it returns an account's id, or None. What stands behind an @ is a mention only
    if it is somebody's name.
    """
    if not _MARKS.search(text):
        return (text,)
    tree = tuple(_nodes(_parser().parse(text), _Leaves(named)))
    return (text,) if tree == (Node("p", (text,)),) else tree


def plain(text: str) -> str:
    """Return a text on one line and without its marks, for where there is no room for more."""
    return " ".join("".join(_words(parse(text))).split())


def _words(nodes: Iterable[Node | str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
            continue
        yield from _words(node.children)
        if node.tag in _BLOCKS:
            yield " "


_made: list[MarkdownIt] = []


def _parser() -> MarkdownIt:
    """Return the parser, which is imported and made when it is wanted first: that takes longer than all of the chat."""
    if not _made:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("zero")
        parser.enable(["fence", "blockquote", "list", "backticks", "emphasis", "strikethrough", "link", "escape"])
        parser.disable("text_join")  # what was escaped is told apart
        parser.block.ruler.at("paragraph", _paragraph)
        parser.inline.ruler.before("escape", "address", _address)
        parser.normalizeLink = _as_typed  # type: ignore[method-assign]
        parser.validateLink = _leads_somewhere  # type: ignore[method-assign]
        _made.append(parser)
    return _made[0]


def _as_typed(url: str) -> str:
    return url


def _leads_somewhere(url: str) -> bool:
    return url.lower().startswith(SCHEMES)


def _paragraph(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:
    """Take lines as markdown-it's own rule does, but keep the blanks at their beginnings: people align with them."""
    ends = state.md.block.ruler.getRules("paragraph")
    parent, state.parentType = state.parentType, "paragraph"
    line = start + 1
    while line < state.lineMax and not state.isEmpty(line):
        # Lines that are indented far, or that a quotation has taken in already, go on with the paragraph.
        near = state.sCount[line] - state.blkIndent <= 3 and state.sCount[line] >= 0
        if near and any(rule(state, line, state.lineMax, True) for rule in ends):
            break
        line += 1
    content = state.getLines(start, line, state.blkIndent, False)
    state.line = line
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = content, [start, line], []
    state.push("paragraph_close", "p", -1)
    state.parentType = parent
    return True


def _address(state: StateInline, silent: bool) -> bool:
    """Take an address as a link, before its underscores are taken for emphasis. The colon is where it is noticed."""
    scheme = _SCHEME.search(state.pending) if state.src.startswith("://", state.pos) else None
    if scheme is None or state.linkLevel:
        return False
    start = state.pos - len(scheme.group())
    found = _URL.match(state.src, start, state.posMax)
    url = "" if found is None else _sentence_off(found.group())
    if len(url) <= len(scheme.group()) + len("://"):
        return False
    if not silent:
        state.pending = state.pending[: scheme.start()]
        state.push("link_open", "a", 1).attrs = {"href": url}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos = start + len(url)
    return True


def _sentence_off(url: str) -> str:
    """Return an address without the punctuation behind it, and without a bracket that was opened before it."""
    while url[-1] in _ENDS or (url[-1] in _PAIRS and url.count(url[-1]) > url.count(_PAIRS[url[-1]])):
        url = url[:-1]
    return url


# From tokens to nodes.


def _nodes(tokens: Sequence[Token], leaves: _Leaves) -> Iterator[Node | str]:
    """Fold a flat run of tokens, in which what opens is closed again, into a tree."""
    stack: list[tuple[Token | None, list[Node | str]]] = [(None, [])]
    for token in tokens:
        if token.nesting == 1:
            stack.append((token, []))
        elif token.nesting == -1:
            opened, children = stack.pop()
            assert opened is not None, "tokens are balanced"
            if opened.type == "link_open" and not opened.attrs["href"]:
                # CommonMark lets a link lead to nothing; here that is no link.
                stack[-1][1].extend(["[", *children, f"]({opened.attrs.get('title', '')})"])
            else:
                stack[-1][1].append(Node(opened.tag, tuple(_joined(children)), _attributes(opened)))
        else:
            stack[-1][1].extend(_leaf(token, leaves, linked=any(open_.tag == "a" for open_, _ in stack if open_)))
    yield from _joined(stack[0][1])


def _leaf(token: Token, leaves: _Leaves, *, linked: bool) -> Iterator[Node | str]:
    match token.type:
        case "inline":
            yield from _nodes(token.children or (), leaves)
        case "fence":
            language, _, more = token.info.strip().partition(" ")
            code = Node("code", (f"{more}\n{token.content}".strip("\n"),))
            yield Node("pre", (code,), (("data-language", language),) if language else ())
        case "code_inline":
            yield Node("code", (token.content,))
        case "softbreak" | "hardbreak":
            yield "\n"
        case "text_special" if token.markup[1] not in _UNESCAPED:
            yield token.markup
        case _ if linked:
            yield token.content
        case _:
            yield from leaves.of(token.content)


def _attributes(token: Token) -> tuple[tuple[str, str], ...]:
    match token.type:
        case "link_open":
            return tuple((name, str(value)) for name, value in token.attrs.items() if name in {"href", "title"})
        case "list_item_open" if token.info:
            return (("value", token.info),)
        case _:
            return ()


def _joined(nodes: Sequence[Node | str]) -> Iterator[Node | str]:
    """Put texts that follow one another together."""
    text = ""
    for node in nodes:
        if isinstance(node, str):
            text += node
            continue
        if text:
            yield text
            text = ""
        yield node
    if text:
        yield text


# Mentions, in text that has no other meaning.


class _Leaves:
    """Finds the names of people."""

    def __init__(self, named: Callable[[str], str | None]) -> None:
        self._named = named

    def of(self, text: str) -> Iterator[Node | str]:
        """Return the text with its mentions as nodes."""
        at = 0
        while (sign := text.find("@", at)) >= 0:
            # In an address of mail the sign stands inside a word.
            name = "" if sign and text[sign - 1].isalnum() else self._name(text[sign + 1 : sign + 1 + NAME])
            if name:
                yield text[at:sign]
                yield Node("span", (f"@{name}",), (("data-person", self._named(name) or ""),))
            else:
                yield text[at : sign + 1]
            at = sign + 1 + len(name)
        yield text[at:]

    def _name(self, text: str) -> str:
        """Return the longest name that the text begins with and that is somebody's."""
        for end in range(len(text), 1, -1):
            # A name ends where a word does: @Anna is not @Ann.
            if (end == len(text) or not text[end].isalnum()) and self._named(text[:end]) is not None:
                return text[:end]
        return ""

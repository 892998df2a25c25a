"""The bit of the document that the screens use, typed."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, TypeVar, cast

import js
from pyodide.ffi import jsnull

T = TypeVar("T")


class Classes(Protocol):
    """``DOMTokenList``."""

    def add(self, *names: str) -> None: ...
    def toggle(self, name: str, force: bool, /) -> bool: ...


class Style(Protocol):
    """``CSSStyleDeclaration``."""

    height: str


class Rectangle(Protocol):
    """``DOMRect``."""

    top: float
    bottom: float


class Node(Protocol):
    """``Node`` and ``DocumentFragment``."""

    textContent: str

    def append(self, *nodes: Node | str) -> None: ...


class Element(Node, Protocol):
    """``HTMLElement``."""

    id: str
    className: str
    hidden: bool
    inert: bool
    title: str
    tagName: str
    classList: Classes
    offsetTop: float
    offsetHeight: float
    clientHeight: float
    clientWidth: float
    scrollHeight: float
    scrollTop: float
    firstElementChild: Element
    style: Style

    def getAttribute(self, name: str) -> str: ...
    def hasAttribute(self, name: str) -> bool: ...
    def setAttribute(self, name: str, value: str) -> None: ...
    def removeAttribute(self, name: str) -> None: ...
    def toggleAttribute(self, name: str, force: bool, /) -> bool: ...
    def querySelector(self, selector: str) -> Element: ...
    def querySelectorAll(self, selector: str) -> list[Element]: ...
    def closest(self, selector: str) -> Element: ...
    def compareDocumentPosition(self, other: Node, /) -> int: ...
    def insertBefore(self, node: Node, before: Node | None) -> None: ...
    def replaceChildren(self, *nodes: Node | str) -> None: ...
    def remove(self) -> None: ...
    def focus(self) -> None: ...
    def getBoundingClientRect(self) -> Rectangle: ...
    def scrollIntoView(self, top: bool = True, /) -> None: ...


class Field(Element, Protocol):
    """``HTMLInputElement`` and ``HTMLTextAreaElement``."""

    value: str
    placeholder: str
    selectionStart: int
    selectionEnd: int

    def select(self) -> None: ...
    def setSelectionRange(self, start: int, end: int) -> None: ...


class Choice(Element, Protocol):
    """``HTMLInputElement`` with a tick."""

    checked: bool
    value: str


class Popover(Element, Protocol):
    """``HTMLElement`` that stands above the page for a moment."""

    def hidePopover(self) -> None: ...


class Dialog(Element, Protocol):
    """``HTMLDialogElement``."""

    open: bool

    def show(self) -> None: ...
    def showModal(self) -> None: ...
    def close(self) -> None: ...


class Event(Protocol):
    """``Event``, and what a ``KeyboardEvent`` adds to it."""

    type: str
    target: Element
    key: str
    keyCode: int
    shiftKey: bool
    altKey: bool
    ctrlKey: bool
    metaKey: bool
    isComposing: bool

    def preventDefault(self) -> None: ...
    def stopImmediatePropagation(self) -> None: ...


class Clipboard(Protocol):
    """``Clipboard``, which pages have that came by HTTPS or from this machine."""

    def writeText(self, text: str) -> Awaitable[None]: ...


class Template(Protocol):
    """``HTMLTemplateElement``."""

    content: Element


class Document(Protocol):
    """``Document``."""

    documentElement: Element
    activeElement: Element
    title: str
    cookie: str
    hidden: bool

    def getElementById(self, identifier: str) -> Element: ...
    def querySelectorAll(self, selector: str) -> list[Element]: ...
    def createElement(self, name: str) -> Element: ...
    def createDocumentFragment(self) -> Node: ...
    def importNode(self, node: Element, deep: bool, /) -> Element: ...


document: Document = js.document


def given(value: T) -> T | None:
    """Return None for what JavaScript calls null or undefined."""
    return None if value is None or cast(object, value) is jsnull else value


def by_id(identifier: str) -> Element:
    """Return the element of the page. Raises LookupError if the page and the program do not fit together."""
    element = given(document.getElementById(identifier))
    if element is None:
        raise LookupError(f"the page has no element #{identifier}")
    return element


def field(identifier: str) -> Field:
    """Return a field of the page. Raises LookupError."""
    return cast(Field, by_id(identifier))


def attribute(element: Element, name: str) -> str:
    """Return an attribute's value, empty if it is not there."""
    return given(element.getAttribute(name)) or ""


def within(element: Element, selector: str) -> Element:
    """Return the first match below an element. Raises LookupError if there is none."""
    found = given(element.querySelector(selector))
    if found is None:
        raise LookupError(f"no {selector} in <{element.tagName}>")
    return found


def around(element: Element, selector: str) -> Element | None:
    """Return the element itself or the nearest around it that matches."""
    return given(element.closest(selector))


def chosen() -> list[Element]:
    """Return the elements in which what is marked begins and ends; none if nothing is marked."""
    selection = given(js.getSelection())
    if selection is None or selection.isCollapsed:
        return []
    nodes = [given(node) for node in (selection.anchorNode, selection.focusNode)]
    elements = [
        given(node if node.nodeType == node.ELEMENT_NODE else node.parentElement) for node in nodes if node is not None
    ]
    return [element for element in elements if element is not None]


def has_focus(element: Element) -> bool:
    """Tell whether what one types goes to this element."""
    return given(document.activeElement) is not None and document.activeElement.id == element.id


def copy_of(template: str) -> Element:
    """Return a fresh row made from a ``<template>``, whose content is one element."""
    content = cast(Template, by_id(template)).content
    return document.importNode(content.firstElementChild, True)


def put_text(element: Element, text: str) -> None:
    """Write text, as text, unless it stands there already: a live region would say it again."""
    if element.textContent != text:
        element.textContent = text

"""The page as a whole: which screen stands, its language, its title, its address, and what it keeps."""

from __future__ import annotations

import json
from urllib.parse import quote, unquote

import js
from pyodide.ffi import JsException

from chat.messages import person
from chat.people import Person
from chat.screens.dom import attribute, document, given, put_text
from chat.texts import Texts

_YEAR = 365 * 24 * 60 * 60
_TRANSLATED = ("alt", "aria-label", "title", "placeholder", "lang")
"""The attributes that a text can stand in: ``data-t-title`` names the text of ``title``."""

_ROOM = "#room/"
_JOIN = "#join="
_SIGN, _ACCOUNT, _NOTIFY = "rebond_here", "account", "notify"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Page:
    """What the screens share."""

    def __init__(self) -> None:
        self._root = document.documentElement
        self.build = attribute(self._root, "data-build")
        self.language = attribute(self._root, "lang")

    def show(self, view: str) -> None:
        """Show the ``door`` or the ``chat``."""
        self._root.setAttribute("data-view", view)

    @property
    def view(self) -> str:
        """Which of them stands."""
        return attribute(self._root, "data-view")

    @property
    def visible(self) -> bool:
        """Whether the page can be seen."""
        return not document.hidden

    def tell_link(self, state: str) -> None:
        """Say on ``<html>`` how the link stands, for styles, tests and tools."""
        self._root.setAttribute("data-link", state)

    def ready(self) -> None:
        """Say on ``<html>`` that the screens listen."""
        self._root.setAttribute("data-ready", "")

    def entitle(self, title: str) -> None:
        """Set the title of the tab."""
        if document.title != title:
            document.title = title

    def translate(self, texts: Texts) -> None:
        """Put every text of the page into the language of ``texts``, and remember the language."""
        self._root.setAttribute("lang", texts.language)
        for element in document.querySelectorAll("[data-t]"):
            put_text(element, texts.text(attribute(element, "data-t")))
        for name in _TRANSLATED:
            for element in document.querySelectorAll(f"[data-t-{name}]"):
                element.setAttribute(name, texts.text(attribute(element, f"data-t-{name}")))
        _keep_cookie("rebond_lang", texts.language)
        if js.location.search:
            self.address(str(js.location.hash))  # it may name the language that the page came in

    # The address.

    @property
    def room(self) -> str:
        """The room that the address names, or nothing."""
        return unquote(self._place[0])

    @property
    def seq(self) -> int:
        """The message in the room that the address names, or 0."""
        return int(self._place[2]) if self._place[2].isdecimal() else 0

    @property
    def _place(self) -> tuple[str, str, str]:
        fragment = str(js.location.hash)
        return fragment.removeprefix(_ROOM).partition("/") if fragment.startswith(_ROOM) else ("", "", "")

    @property
    def names_door(self) -> bool:
        """Whether the address names one of the forms at the door."""
        return str(js.location.hash) in {"#login", "#register"}

    @property
    def join_code(self) -> str:
        """The join code that the address brings along, or nothing."""
        fragment = str(js.location.hash)
        return unquote(fragment.removeprefix(_JOIN)) if fragment.startswith(_JOIN) else ""

    @property
    def origin(self) -> str:
        """Where the chat is: scheme, host and port."""
        return str(js.location.origin)

    def address(self, fragment: str) -> None:
        """Change the address without a step in the history."""
        js.history.replaceState(None, "", f"{js.location.pathname}{fragment}")

    def link_to(self, room: str, seq: int) -> str:
        """Return an address that leads to a message."""
        return f"{js.location.origin}{js.location.pathname}{room_address(room)}/{seq}"

    def go_to(self, fragment: str) -> None:
        """Follow a link within the page."""
        js.location.hash = fragment

    def take_problem(self) -> str:
        """Return what a form that was sent without Python has come back with, once; or nothing."""
        code = given(js.URLSearchParams.new(js.location.search).get("problem")) or ""
        if code:
            self.address("")
        return str(code)

    @property
    def on_this_machine(self) -> bool:
        """Whether the server is on the reader's own machine: somebody develops."""
        return str(js.location.hostname) in _LOOPBACK

    def reload(self) -> None:
        """Load the page anew."""
        js.location.reload()

    # Who is signed in here. The cookie that signs in is not for scripts; the sign beside it is the account's id.

    @property
    def known(self) -> bool:
        """Whether somebody is probably signed in."""
        return self._sign != ""

    @property
    def account(self) -> Person | None:
        """Who is probably signed in, if it is the one who was here last."""
        account = self.last
        return account if account is not None and account.id == self._sign else None

    @property
    def last(self) -> Person | None:
        """Who was here last, and has not logged out."""
        try:
            kept = given(js.localStorage.getItem(_ACCOUNT))
            return None if kept is None else person(json.loads(str(kept)))
        except (JsException, ValueError):
            return None

    def know(self, person: Person) -> None:
        """Remember who is signed in. No more than the id and the name."""
        _keep_cookie(_SIGN, person.id)
        try:
            js.localStorage.setItem(_ACCOUNT, json.dumps({"id": person.id, "name": person.name}))
        except JsException as error:
            js.console.debug(f"not kept for the next visit: {error.message}")

    def ended(self) -> None:
        """Nobody is signed in any more."""
        _keep_cookie(_SIGN, "")

    def forget(self) -> None:
        """Nobody is signed in, and whoever was has left for good."""
        self.ended()
        self.notify = ""
        try:
            js.localStorage.removeItem(_ACCOUNT)
        except JsException as error:
            js.console.debug(f"nothing was kept: {error.message}")

    @property
    def notify(self) -> str:
        """Whether the reader wants notifications: ``full``, ``bare`` without what messages say, or empty."""
        try:
            return given(js.localStorage.getItem(_NOTIFY)) or ""
        except JsException:
            return ""

    @notify.setter
    def notify(self, wanted: str) -> None:
        try:
            if wanted:
                js.localStorage.setItem(_NOTIFY, wanted)
            else:
                js.localStorage.removeItem(_NOTIFY)
        except JsException as error:
            js.console.debug(f"not kept for the next visit: {error.message}")

    @property
    def _sign(self) -> str:
        found = [each for each in str(document.cookie).split("; ") if each.startswith(f"{_SIGN}=")]
        if not found and hasattr(js, "rebondRenewal"):
            return given(js.rebondRenewal.here) or ""  # what is to become of it, the answer says: see fetching
        return found[0].partition("=")[2] if found else ""


def can_notify() -> bool:
    """Whether this browser has notifications for this page, and a service worker to show them."""
    return hasattr(js, "Notification") and hasattr(js.navigator, "serviceWorker")


def room_address(room: str) -> str:
    """Return the fragment of the address that names a room."""
    return _ROOM + quote(room, safe="")


def _keep_cookie(name: str, value: str) -> None:
    age = _YEAR if value else 0
    secure = "; Secure" if js.location.protocol == "https:" else ""
    document.cookie = f"{name}={value}; Path=/; Max-Age={age}; SameSite=Lax{secure}"


class SessionShelf:
    """A ``chat.drafts.Shelf`` that lives as long as the tab. Where storage is forbidden, nothing is kept."""

    def get(self, key: str) -> str | None:
        try:
            value = given(js.sessionStorage.getItem(key))
        except JsException:
            return None
        return None if value is None else str(value)

    def put(self, key: str, value: str) -> None:
        try:
            if value:
                js.sessionStorage.setItem(key, value)
            else:
                js.sessionStorage.removeItem(key)
        except JsException as error:
            js.console.debug(f"not kept over a reload: {error.message}")

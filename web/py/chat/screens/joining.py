"""Who may make an account, and the join codes: their links, and a QR code for a class to scan from the wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import quote

import js
from pyodide.ffi import JsException

from chat.app import App
from chat.journal import about_code, link
from chat.order import JoinCode, Order, Policy
from chat.screens.dom import Dialog, Element, Event, Field, around, attribute, by_id, copy_of, field, put_text, within
from chat.screens.errand import Errands
from chat.screens.fetching import fetch, fetch_file
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.screens.page import Page
from chat.screens.zone import BrowserZone
from chat.texts import Texts


class _Radio(Field, Protocol):
    """``HTMLInputElement`` of this kind."""

    checked: bool


class _Text(Field, Protocol):
    """``HTMLInputElement``."""

    def select(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A join code in the list."""

    key: str
    code: JoinCode
    told: str


class Joining:
    """Shows them, and carries out what is asked for."""

    def __init__(self, app: App, page: Page, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._pane = by_id("pane-joining")
        self._poster = cast(Dialog, by_id("poster"))
        self._errands = Errands(texts)
        self._codes: list[JoinCode] = []
        self._rows = KeyedList(by_id("codes"), lambda _: copy_of("row-code"), self._update)
        acts.form("new-code", lambda _: self._errands.run(self._pane, self._make))
        acts.act("show-code", lambda button: self._errands.run(self._pane, self._show, self._of(button)))
        acts.act("copy-code", lambda button: self._errands.run(self._pane, self._copy, button))
        acts.act("revoke-code", lambda button: self._errands.run(self._pane, self._revoke, self._of(button)))
        acts.act("close-poster", lambda _: self.close())
        listeners.on(by_id("policy"), "change", self._chosen)

    @property
    def _order(self) -> Order:
        return Order(fetch, self._app.session)

    def open(self) -> None:
        """Have things as they are."""
        put_text(by_id("code-copied"), "")
        self._errands.run(self._pane, self._have)

    def close(self) -> None:
        """Take the poster down."""
        if self._poster.open:
            self._poster.close()

    def render(self) -> None:
        """Show the codes there are."""
        if self._app.visit is None:
            return
        now, zone = self._app.visit.state.clocks.wall(), BrowserZone(self._texts.language)
        # Those that are good for nothing any more come last.
        codes = sorted(self._codes, key=lambda code: not code.good)
        self._rows.show([CodeRow(code.key, code, about_code(code, now, zone, self._texts)) for code in codes])
        by_id("no-codes").hidden = bool(codes)

    async def _have(self) -> None:
        self._check(await self._order.policy())
        self._codes = await self._order.codes()
        self.render()

    def _check(self, policy: Policy) -> None:
        cast(_Radio, by_id(f"policy-{policy}")).checked = True

    def _chosen(self, event: Event) -> None:
        self._errands.run(self._pane, self._choose, Policy(attribute(event.target, "value")))

    async def _choose(self, policy: Policy) -> None:
        self._check(await self._order.set_policy(policy))

    async def _make(self) -> None:
        hours, uses = field("code-hours").value, field("code-uses").value
        made = await self._order.make_code(int(hours) if hours else None, int(uses) if uses else None)
        self._codes.insert(0, made)
        self.render()
        within(self._rows[made.key], "[data-act=show-code]").focus()

    async def _show(self, code: JoinCode) -> None:
        """Draw the QR code as large as the screen: a class scans it from the wall."""
        path = f"/api/codes/{quote(code.key, safe='')}/qr?origin={quote(self._page.origin, safe='')}"
        drawn = await (await fetch_file(path, self._app.session)).text()
        by_id("poster-qr").setAttribute("src", f"data:image/svg+xml,{quote(drawn)}")
        put_text(by_id("poster-address"), self._page.origin.partition("://")[2])
        put_text(by_id("poster-code"), code.code)
        by_id("poster-local").hidden = not self._page.on_this_machine
        self._poster.showModal()

    async def _copy(self, button: Element) -> None:
        text = link(self._page.origin, self._of(button))
        copied = by_id("code-copied")
        put_text(copied, "")
        try:
            await js.navigator.clipboard.writeText(text)
        except (JsException, AttributeError):
            # Not on plain HTTP, and not where it is forbidden: there it stands, chosen, for the reader to copy.
            row = around(button, "li")
            if row is not None:
                place = cast(_Text, within(row, ".code-link"))
                place.hidden = False
                place.value = text
                place.focus()
                place.select()
                put_text(copied, self._texts.text("codes.copy_yourself"))
            return
        put_text(copied, self._texts.text("codes.copied"))

    async def _revoke(self, code: JoinCode) -> None:
        gone = await self._order.revoke_code(code.key)
        self._codes = [gone if each.key == gone.key else each for each in self._codes]
        self.render()
        by_id("make-code").focus()

    def _of(self, button: Element) -> JoinCode:
        return self._rows.value(attribute(button, "data-code")).code

    def _update(self, row: Element, value: CodeRow) -> None:
        row.classList.toggle("over", not value.code.good)
        put_text(within(row, "code"), value.code.code)
        put_text(within(row, ".code-told"), value.told)
        within(row, ".code-acts").hidden = not value.code.good
        for button in row.querySelectorAll("button"):
            act = attribute(button, "data-act")
            button.setAttribute("data-code", value.key)
            put_text(button, self._texts.text(f"codes.{act}"))
            button.setAttribute("aria-label", self._texts.text(f"codes.{act}.label", code=value.code.code))
        within(row, ".code-link").setAttribute("aria-label", self._texts.text("codes.link", code=value.code.code))

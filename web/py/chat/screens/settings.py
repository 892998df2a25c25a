"""One's own settings: how one is shown, how one logs in and where, what one has written, and the way out for good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, cast

import js

from chat.account import Account, Login
from chat.app import App
from chat.journal import about_login
from chat.roster import Member
from chat.screens.dom import (
    Dialog,
    Element,
    Event,
    attribute,
    by_id,
    copy_of,
    document,
    field,
    has_focus,
    put_text,
    within,
)
from chat.screens.errand import Errands
from chat.screens.fetching import fetch, fetch_file
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.screens.notify import Notify
from chat.screens.page import Page
from chat.screens.zone import BrowserZone
from chat.state import State
from chat.texts import Texts
from chat.turns import Wanted

_FILE = "rebond-export.json"


class _Link(Element, Protocol):
    """``HTMLAnchorElement``."""

    href: str
    download: str

    def click(self) -> None: ...


class _Fold(Element, Protocol):
    """``HTMLDetailsElement``."""

    open: bool


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A session in the list."""

    key: str
    name: str
    told: str
    current: bool


class Settings:
    """Shows the dialog and carries out what is asked for in it."""

    def __init__(self, app: App, page: Page, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._dialog = cast(Dialog, by_id("settings"))
        self._errands = Errands(texts)
        self._notify = Notify(app, page, texts, listeners)
        self._logins: list[Login] = []
        self._rows = KeyedList(by_id("logins"), lambda _: copy_of("row-login"), self._update)
        acts.act("settings", lambda _: self.open())
        acts.act("close-settings", lambda _: self._dialog.close())
        logins, export = by_id("fold-logins"), by_id("fold-export")
        acts.act("end-login", lambda button: self._run(logins, self._end_login, attribute(button, "data-login")))
        acts.act("end-other-logins", lambda _: self._run(logins, self._end_other_logins))
        acts.act("export", lambda _: self._run(export, self._export))
        acts.form("show-as", lambda form: self._run(form, self._show_as, form))
        acts.form("rename", lambda form: self._run(form, self._rename, form))
        acts.form("change-password", lambda form: self._run(form, self._change_password, form))
        acts.form("leave-for-good", lambda form: self._run(form, self._leave, form))
        listeners.on(self._dialog, "click", self._clicked)
        listeners.on(self._dialog, "input", self._typed)
        listeners.on(self._dialog, "toggle", self._toggled, capture=True)

    def open(self) -> None:
        """Show it, as things are now."""
        if self._app.visit is None:
            return
        me = self._app.visit.state.myself
        field("settings-display").value = me.display
        field("settings-name").value = me.name
        for fold in self._dialog.querySelectorAll("details"):
            cast(_Fold, fold).open = False
        for said in self._dialog.querySelectorAll("[data-problem], [data-done]"):
            put_text(said, "")
        for secret in ("settings-current", "settings-new", "settings-leave-name", "settings-leave-password"):
            field(secret).value = ""
        self._typed(None)
        self._dialog.showModal()
        self.render(self._app.visit.state)
        self._notify.open()

    def render(self, state: State | None) -> None:
        """Show who one is; close where nobody is in."""
        if not self._dialog.open:
            return
        if state is None:
            self._dialog.close()
            return
        me = state.myself
        avatar = by_id("self-avatar")
        avatar.className = f"avatar large hue-{me.hue}"
        put_text(avatar, me.initials)
        put_text(by_id("self-shown"), me.shown)
        put_text(by_id("self-role"), self._texts.text(f"role.{state.people.role(me.id)}"))
        field("settings-display").placeholder = me.name
        zone, now = BrowserZone(self._texts.language), state.clocks.wall()
        rows = []
        for login in self._logins:
            name, told = about_login(login, now, zone, self._texts)
            rows.append(LoginRow(login.key, name, told, login.current))
        self._rows.show(rows)
        by_id("end-other-logins").hidden = len(rows) < 2

    def translate(self) -> None:
        """Put the rows into the language of the texts."""
        self._rows.refresh()
        self._notify.render()
        self._typed(None)  # the label says the name

    @property
    def _account(self) -> Account:
        return Account(fetch, self._app.session)

    def _run(self, place: Element, work: Callable[[*Wanted], Awaitable[None]], *args: *Wanted) -> None:
        for done in place.querySelectorAll("[data-done]"):
            put_text(done, "")
        self._errands.run(place, work, *args)

    def _clicked(self, event: Event) -> None:
        # What lies around the dialog's content is the backdrop.
        if event.target.id == "settings":
            self._dialog.close()

    def _typed(self, _: Event | None) -> None:
        """Leaving is offered once one has typed one's own name."""
        visit = self._app.visit
        name = "" if visit is None else visit.state.myself.name
        sure = field("settings-leave-name").value.strip() == name and bool(field("settings-leave-password").value)
        by_id("settings-leave").toggleAttribute("disabled", not sure)
        if visit is not None:
            put_text(by_id("settings-leave-label"), self._texts.text("leave.name", name=name))

    def _toggled(self, event: Event) -> None:
        fold = cast(_Fold, event.target)
        if fold.id == "fold-logins" and fold.open:
            self._run(fold, self._list)

    def _know(self, me: Member) -> None:
        if self._app.visit is not None:
            state = self._app.visit.state
            state.people.put(me)
            state.met()

    async def _show_as(self, form: Element) -> None:
        me = await self._account.show_as(field("settings-display").value)
        field("settings-display").value = me.person.display
        self._know(me)
        self._done(form, "settings.saved")

    async def _rename(self, form: Element) -> None:
        me = await self._account.rename(field("settings-name").value)
        field("settings-name").value = me.person.name
        self._know(me)
        self._done(form, "settings.saved")

    async def _change_password(self, form: Element) -> None:
        current, new = field("settings-current"), field("settings-new")
        await self._account.change_password(current.value, new.value)
        current.value = new.value = ""
        self._done(form, "password.changed")

    async def _list(self) -> None:
        self._logins = await self._account.logins()
        if self._app.visit is not None:
            self.render(self._app.visit.state)
        self._notify.open()

    async def _end_login(self, key: str) -> None:
        await self._account.end_login(key)
        # The button that was pressed goes with its session.
        within(by_id("fold-logins"), "summary").focus()
        await self._list()

    async def _end_other_logins(self) -> None:
        await self._account.end_other_logins()
        if has_focus(by_id("end-other-logins")):
            within(by_id("fold-logins"), "summary").focus()
        await self._list()

    async def _export(self) -> None:
        blob = await fetch_file("/api/me/export", self._app.session)
        link = cast(_Link, document.createElement("a"))
        link.href = js.URL.createObjectURL(blob)
        link.download = _FILE
        link.click()
        js.URL.revokeObjectURL(link.href)
        put_text(within(by_id("fold-export"), "[data-done]"), self._texts.text("export.done", file=_FILE))

    async def _leave(self, form: Element) -> None:
        messages = within(form, "input[name=messages]:checked")
        await self._app.leave_for_good(field("settings-leave-password").value, attribute(messages, "value"))
        self._dialog.close()

    def _done(self, place: Element, key: str) -> None:
        put_text(within(place, "[data-done]"), self._texts.text(key))

    def _update(self, row: Element, login: LoginRow) -> None:
        put_text(within(row, "strong"), login.name)
        put_text(within(row, "span"), login.told)
        button = within(row, "button")
        button.hidden = login.current
        button.setAttribute("data-login", login.key)
        put_text(button, self._texts.text("logins.end"))
        button.setAttribute("aria-label", self._texts.text("logins.end_one", device=login.name))

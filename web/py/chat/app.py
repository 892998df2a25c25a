"""From the door into the chat and out again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from chat.account import Account
from chat.api import Api, Problem, Transport, Unreachable
from chat.archive import Archive
from chat.drafts import Drafts, Shelf
from chat.people import Person
from chat.rooms import GENERAL
from chat.session import Session
from chat.state import Clocks, State
from chat.visit import Visit

if TYPE_CHECKING:
    from chat.order import Order
    from chat.ports import Keeper, Link

PATIENCE = 1.0
"""Seconds between tries to take up a session while the server does not answer."""


class Surroundings(Protocol):
    """What the app needs of the page it lives in."""

    build: str

    @property
    def known(self) -> bool:
        """Whether somebody is probably signed in."""
        ...

    @property
    def account(self) -> Person | None:
        """Who is probably signed in, if the page remembers it."""
        ...

    @property
    def last(self) -> Person | None:
        """Who was here last, and has not logged out."""
        ...

    def know(self, person: Person) -> None:
        """Remember who is signed in."""
        ...

    def ended(self) -> None:
        """Nobody is signed in any more."""
        ...

    def forget(self) -> None:
        """Nobody is signed in, and whoever was has left for good."""
        ...

    @property
    def room(self) -> str:
        """The room that the address names, or nothing."""
        ...

    @property
    def visible(self) -> bool:
        """Whether the page can be seen."""
        ...

    def show(self, view: str) -> None:
        """Show the ``door`` or the ``chat``."""
        ...


def _nothing() -> None:
    """Nobody looks."""


def _nobody(_: str) -> None:
    """Nobody listens."""


class App:
    """Who is in, and the visit while somebody is.

    ``open_keeper`` opens the storage of an account, by its id, and returns None if there is none to be had;
    ``make_link`` makes the link of a visit.
    """

    def __init__(
        self,
        page: Surroundings,
        transport: Transport,
        shelf: Shelf,
        clocks: Clocks,
        open_keeper: Callable[[str], Awaitable[Keeper | None]],
        make_link: Callable[[Visit, Session], Link],
    ) -> None:
        self._page = page
        self._transport = transport
        self._shelf = shelf
        self._clocks = clocks
        self._open_keeper = open_keeper
        self._make_link = make_link
        self.session = Session(transport, clocks.link)
        self.session.ended = self._ended
        self.visit: Visit | None = None
        self.changed: Callable[[], None] = _nothing
        """Called after every change."""
        self.tell: Callable[[str], None] = _nobody
        """Called with the code of what did not work."""
        self.problem = ""
        """The error code that the door is to put into words."""
        self._farewell = False
        self._asking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up the session there is, or show the door.

        Who was here before is let in at once, without waiting for the server. For anybody else a server that does not
        answer is waited for.
        """
        account = self._page.account
        if account is not None:
            self.session.assume(account)
            await self.enter(account)
            return
        while self._page.known:
            self._page.show("chat")
            try:
                person = await self.session.resume()
            except Unreachable as error:
                await asyncio.sleep(PATIENCE if error.retry_ms is None else error.retry_ms / 1_000)
                continue
            if person is not None:
                await self.enter(person)
                return
            self._page.ended()
        self.go_to_door(self.problem or ("session_ended" if self._page.last is not None else ""))

    async def enter(self, person: Person) -> None:
        """Show the chat to somebody who is signed in; one who comes back finds everything as it was."""
        self._page.know(person)
        self._page.show("chat")
        if self.visit is not None and self.visit.state.me.id == person.id and self.visit.link is not None:
            self.visit.link.signed_in()
            return
        if self.visit is not None:
            self.visit.stop()
        keeper = await self._open_keeper(person.id)
        drafts = Drafts(self._shelf, person.id)
        state = State(person, self._page.build, drafts, self._clocks, self.changed, Archive(keeper))
        state.seen = self._page.visible
        ways = (self._transport, self.session)
        api = Api(self._transport, self.session, person.id)
        self.visit = Visit(state, api, keeper, self.tell, Account(*ways), self._order, self._shut_out)
        await self.visit.start(self._make_link(self.visit, self.session), self._page.room or GENERAL)
        self.changed()

    def go_to_door(self, problem: str) -> None:
        """Show the door, with a problem to put into words if there is one. A visit, if any, stays as it is."""
        self.problem = problem
        self._page.show("door")
        self.changed()

    async def log_out(self) -> None:
        """Leave, and keep nothing. While the server cannot be told, one stays: the cookie would sign in again."""
        try:
            await self.session.log_out()
        except (Problem, Unreachable):
            self.tell("unreachable")
            return
        self._page.forget()
        visit, self.visit = self.visit, None
        self.go_to_door("")
        if visit is not None:
            await visit.forget()

    async def leave_for_good(self, password: str, messages: str) -> None:
        """Give the account up, ``messages`` being what is to become of them, and keep nothing of it in this browser.

        Raises Problem and Unreachable.
        """
        self._farewell = True
        try:
            await Account(self._transport, self.session).leave_for_good(password, messages)
        finally:
            self._farewell = False
        self.session.close()
        self._page.forget()
        visit, self.visit = self.visit, None
        self.go_to_door("")
        self.tell("gone")
        if visit is not None:
            await visit.forget()

    def _order(self) -> Order:
        """Return the ways to keep order. Few have them, and fewer use them."""
        from chat.order import Order

        return Order(self._transport, self.session)

    def _ended(self) -> None:
        if self._farewell:
            return
        self._page.ended()
        if self.visit is not None and (not self.visit.greeted or self.session.reason == "banned"):
            self.go_to_door(self.session.reason)
        self.changed()

    def _shut_out(self) -> None:
        """The link has been told that the account may not connect: the server knows why."""
        if not self._farewell and self._asking is None:
            self._asking = asyncio.ensure_future(self.session.look())
            self._asking.add_done_callback(self._asked)

    def _asked(self, _: asyncio.Task[None]) -> None:
        self._asking = None

"""One stay in the chat, from signing in to logging out: what the reader asks for, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from chat.account import Account
from chat.api import Api, Problem, Unreachable
from chat.archive import refused_in, withdrawn
from chat.finding import Finding
from chat.messages import Message, Outgoing
from chat.pages import Pages
from chat.places import Places
from chat.rooms import GENERAL
from chat.state import State
from chat.withdrawal import PATIENCE
from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.effects import Skipped
from rebond.outbox import Refusal
from rebond.states import State as LinkState
from rebond.status import Status
from rebond.streams import room_stream

if TYPE_CHECKING:
    from chat.order import Order
    from chat.ports import Keeper, Link


ABANDONED = 6.0
"""Seconds after which what a tab that has just crashed was to send is anybody's: a little more than the storage's 5."""


class Visit:
    """Joins the state, the requests and the link. ``tell`` is called with the code of what did not work.

    ``shut_out`` is called when the server has closed the connection because the account may not connect any more.
    """

    def __init__(
        self,
        state: State,
        api: Api,
        keeper: Keeper | None,
        tell: Callable[[str], None],
        account: Account | None = None,
        order: Callable[[], Order] | None = None,
        shut_out: Callable[[], None] = lambda: None,
    ) -> None:
        self.state = state
        self.link: Link | None = None
        self.keeper = keeper
        self.greeted = False
        """Whether the link has been live."""
        self._begun: Mapping[str, int] = {}
        self._over = False
        self.away = False
        """Whether nobody looks at this page."""
        self._api = api
        self._tell = tell
        self._account = account
        self._meeting = False
        self._order = order
        self._shut_out = shut_out
        self._tasks: set[asyncio.Task[None]] = set()
        self.finding = Finding(state, api, self._do, tell, self.look_at)
        self.pages = Pages(state, api, self._do)
        self.places = Places(state, api, self.look_at, self._do)

    # From start to end.

    async def start(self, link: Link, room: str) -> None:
        """Begin, in ``room`` if the reader is in it: show what was kept, then ask the network."""
        self.link = link
        self.state.say = link.say
        if self.keeper is not None:
            self.state.archive.open(await self.keeper.records())
            self.state.restore()
        self.state.look_at(self._or_general(room))
        await link.restore()
        self.state.writing.restored()
        if self._over:
            return
        self._begun = link.positions()
        link.start()
        for each in self.state.archive.withdrawn:
            self._do(partial(self._delete_after_all, *each))
        self._do(partial(self._begin, room))
        self._do(self._look_for_abandoned)

    def stop(self) -> None:
        """End: nothing runs on."""
        self.settle()
        self._over = True
        for task in self._tasks:
            task.cancel()
        if self.link is not None:
            self.link.destroy()
        if self.keeper is not None:
            self.keeper.close()

    async def forget(self) -> None:
        """End, and keep nothing of the account in this browser."""
        keeper, self.keeper = self.keeper, None
        self.stop()
        self.state.drafts.forget()
        if keeper is not None:
            await keeper.destroy()

    def welcomed(self, welcome: wire.Welcome) -> None:
        """The link is live: what could not be had before is asked for again."""
        self.state.on_welcome(welcome)
        room = self.state.current
        timeline, stream = self.state.timeline(room), room_stream(room)
        if not self.greeted:
            # What the link tells begins after the cursor that was kept, or after the head.
            self.pages.have_newest(room, timeline, self._begun.get(stream, welcome.heads.get(stream, 0)))
        elif timeline.failed or not timeline.loaded:
            self.pages.older()
        self.greeted = True
        if not self.state.people.loaded:
            self._do(self._meet)
        if self.away:
            self.say("away", on=True)
        self.places.welcomed()

    def reset(self, _: None) -> None:
        """The server has other data now."""
        self.state.on_reset(None)
        self._begun = {}
        self.greeted = False
        self.places.refresh()

    def skipped(self, skipped: Skipped) -> None:
        """Too much was missed in a room: what became of the room itself, too."""
        self.state.on_skipped(skipped)
        self.places.refresh()

    def stands(self, status: Status) -> None:
        """The link stands differently."""
        self.state.on_status(status)
        if status.state is LinkState.SIGNED_OUT and status.code == Close.FORBIDDEN:
            self._shut_out()

    def refused(self, refusal: Refusal) -> None:
        """The server will never take something of one's own. A deletion has no text that could show it."""
        self.state.own.on_refused(refusal)
        if not refusal.text:
            self._tell(refusal.code)

    # Reading.

    def look_at(self, room: str) -> None:
        """Turn to a room, and have its newest messages."""
        self.settle()
        self.state.look_at(room)
        begun = {} if self.link is None else self.link.positions()
        self.pages.have_newest(room, self.state.timeline(room), begun.get(room_stream(room), 0))

    # Writing.

    def send(self) -> str | None:
        """Send what stands in the composer; return an error code if it cannot be sent, and keep it.

        The composer keeps it in any case, until the storage has it.
        """
        writing = self.state.writing
        if writing.editing is not None and writing.editing.room == self.state.current:
            return self._save()
        room = self.state.current
        text = writing.unsent(room)
        if self.link is None or not text.strip():
            return None
        if self.state.standing.muted(self.state.clocks.wall()):
            return "muted"
        self.settle()
        writing.ask()
        re = writing.replying(room)
        try:
            identifier = self.link.send(room, text, re=re)
        except ValueError as error:
            return str(error)
        except OverflowError:
            return "outbox_full"
        writing.leaving(room, identifier, text, re)
        self.state.changed()
        return None

    def _save(self) -> str | None:
        """Give the message that is being edited its new text."""
        writing = self.state.writing
        editing = writing.editing
        if self.link is None or editing is None:
            return None
        if editing.text == editing.before:
            writing.leave()
            self.state.changed()
            return None
        self.settle()
        writing.ask()
        try:
            identifier = self.link.edit(editing.room, editing.target, editing.text)
        except ValueError as error:
            return str(error)
        except OverflowError:
            return "outbox_full"
        writing.saving(identifier, editing.target)
        self.state.changed()
        return None

    def withdraw(self, identifier: str) -> None:
        """Take back a message of one's own, which one may want back for a moment."""
        self.settle()
        state = self.state
        state.writing.withdrawal.begin(state.current, identifier, state.clocks.link())
        state.archive.note_withdrawn(state.current, identifier, state.clocks.wall() + round(PATIENCE * 1_000))
        state.changed()

    def want_back(self) -> None:
        """Leave the message there that was taken back a moment ago."""
        of = self.state.writing.withdrawal.take()
        if of is not None:
            self.state.archive.forget_withdrawn(of[1])
        self.state.changed()

    def settle(self) -> None:
        """Send the deletion that one might have changed one's mind about; done before anything else that one does."""
        of = self.state.writing.withdrawal.take()
        if of is None:
            return
        if self.state.timeline(of[0]).find(of[1]) is not None:
            self._delete(*of)
        self.state.changed()

    def _delete(self, room: str, identifier: str) -> None:
        """Delete a message of one's own, unless that is done or on its way."""
        timeline = self.state.timeline(room)
        there, change = timeline.find(identifier), timeline.changes.get(identifier)
        if (isinstance(there, Message) and there.deleted) or (change is not None and change.text is None):
            self.state.archive.forget_withdrawn(identifier)
        elif self.link is not None:
            try:
                self.link.delete(room, identifier)
            except OverflowError:
                self.state.archive.forget_withdrawn(identifier)
                self._tell("outbox_full")

    async def _delete_after_all(self, room: str, identifier: str, due: int) -> None:
        """Delete what an earlier page was about to, unless one has wanted it back there: it may live in another tab."""
        # The clock on the wall may have been set back since: that is no reason to wait longer than there.
        await asyncio.sleep(min(PATIENCE, max(0, due - self.state.clocks.wall()) / 1_000))
        if self.keeper is not None and withdrawn(identifier) in await self.keeper.records():
            self._delete(room, identifier)
            self.state.changed()

    def react(self, target: str, emoji: str, *, on: bool) -> None:
        """Set a reaction to a message of the current room, named as ``author/id``, or take it back."""
        self.settle()
        if self.link is not None:
            try:
                self.link.react(self.state.current, target, emoji, on=on)
            except OverflowError:
                self._tell("outbox_full")
        self.state.changed()

    def remove(self, handle: str) -> None:
        """Take away a message of somebody else, ``author/id``, in the current room."""
        self.settle()
        self.state.writing.asked = None
        if self._order is not None:
            author, _, identifier = handle.partition("/")
            self._do(partial(self._order().remove_message, self.state.current, author, identifier))
        self.state.changed()

    def edit_again(self, identifier: str) -> None:
        """Put the text of a refused message back into the composer."""
        room = self.state.current
        refused = self.state.timeline(room).find(identifier)
        text = self.state.own.take_back(room, identifier)
        if text is not None:
            self.state.writing.leave()
            self.state.drafts.give_back(room, text)
            # What cannot be replied to any more would be refused again.
            if isinstance(refused, Outgoing) and refused.refusal != ErrorCode.NO_SUCH_MESSAGE:
                self.state.drafts.aim(room, refused.re)
            self.state.changed()

    def release(self, identifier: str) -> None:
        """Try what was parked again."""
        if self.link is not None:
            self.link.release(identifier)

    def give_up(self, identifier: str) -> None:
        """Give up what was parked."""
        if self.link is not None:
            self.link.cancel(identifier)

    async def unsent(self) -> list[wire.Operation]:
        """Return what would be lost by logging out: what waits to be sent, in any tab, and what was refused."""
        self.settle()
        if self.keeper is None:
            return self.state.own.unsent([])
        return self.state.own.unsent(await self.keeper.waiting(), refused_in(await self.keeper.records()))

    # What is only state.

    def say(self, kind: str, **body: object) -> None:
        """Tell the server of something that is only state."""
        if self.link is not None:
            self.link.say(kind, **body)

    def typed(self, *, text: bool) -> None:
        """One has typed in the current room, and there is ``text`` now or not."""
        room, typists = self.state.current, self.state.others.typists
        on = typists.type(room, self.state.clocks.link(), text=text)
        if on is not None and self.state.connection.live:
            self.say("typing", room=room, on=on)

    def attend(self, *, away: bool) -> None:
        """Nobody looks at this page any more, or somebody does again."""
        if away != self.away:
            self.away = away
            self.say("away", on=away)

    def know_people(self, room: str) -> None:
        """Learn who is in a room, in case one of them is to be mentioned."""
        if self.state.connection.live:
            self._do(partial(self._know_people, room))

    async def _know_people(self, room: str) -> None:
        asked_at = self.state.people.changes
        members = await self._api.members(room)
        self.state.people.take(members, asked_at)
        self.state.names.of_room(room, [each.id for each in members])
        self.state.changed()

    async def _look_for_abandoned(self) -> None:
        await asyncio.sleep(ABANDONED)
        if self.keeper is not None and self.link is not None:
            self.link.adopt()

    async def _begin(self, room: str) -> None:
        if not self.state.timeline(self.state.current).loaded:
            self.pages.older()
        await self.places.list_rooms()
        self._do(self._meet)
        if self._or_general(room) != room:
            self._tell("not_in_room")
            if self.state.current == room:
                self.look_at(GENERAL)

    def _or_general(self, room: str) -> str:
        """Return the room, unless it is known that the reader is not in it."""
        rooms = self.state.rooms
        asked = rooms.get(room)
        return GENERAL if GENERAL in rooms and (asked is None or not asked.joined) else room

    async def _meet(self) -> None:
        """Find out who is here, and what one is among them."""
        if self._account is None or self._meeting:
            return
        self._meeting = True
        try:
            await self._ask_who_is_here(self._account)
        finally:
            self._meeting = False

    async def _ask_who_is_here(self, account: Account) -> None:
        asked_at, told = self.state.people.changes, self.state.standing.told_at
        me = await account.me()
        self.state.standing.asked(me, told)
        self.state.people.take([me, *await self._api.roster()], asked_at, all_there_are=True)
        self.state.met()

    def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.ensure_future(self._said(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _said(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Problem as problem:
            # That the session is over, the line says, or the door.
            if problem.code != "session_ended":
                self._tell(problem.code)
        except Unreachable:
            # While the link is down the line under the composer says so already.
            if self.state.connection.live:
                self._tell("unreachable")

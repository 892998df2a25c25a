"""The people of the place, and what moderators and the owner can do about each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

from chat.app import App
from chat.journal import until
from chat.order import Order
from chat.people import Person
from chat.powers import is_above, may_give_roles
from chat.roster import Member, Role
from chat.screens.dom import Element, Field, around, attribute, by_id, copy_of, field, given, put_text, within
from chat.screens.errand import Errands
from chat.screens.fetching import fetch
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.screens.zone import BrowserZone
from chat.state import State
from chat.texts import Texts

_MOST = 100
"""People shown at once: a search finds the others."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody in the list. ``marks`` is what there is to say of them; ``open``: what can be done is shown."""

    key: str
    person: Person
    role: Role
    marks: str
    grave: bool
    yielding: bool
    open: bool


class Members:
    """Shows them, and carries out what is asked for."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._search = field("members-search")
        self._rows = KeyedList(by_id("members"), _make, self._update)
        self._errands = Errands(texts)
        self._open = ""
        self._insiders: frozenset[str] = frozenset()
        self._sure: Callable[[], Awaitable[None]] | None = None
        listeners.on(self._search, "input", lambda _: self._draw())
        acts.act("member", self._unfold)
        acts.act("set-role", self._set_role)
        acts.act("mute-member", lambda button: self._do(button, self._mute))
        acts.act("unmute-member", lambda button: self._do(button, self._unmute))
        acts.act("ban-member", lambda button: self._ask(button, "members.sure.ban", self._ban))
        acts.act("unban-member", lambda button: self._do(button, self._unban))
        acts.act("expel-member", lambda button: self._do(button, self._expel))
        acts.act("member-sure", self._go_ahead)
        acts.act("member-unsure", self._back)

    @property
    def _order(self) -> Order:
        return Order(fetch, self._app.session)

    def open(self, state: State) -> None:
        """Begin anew, with nothing searched for."""
        self._search.value = ""
        self._open = ""
        self._insiders = frozenset()
        self.render(state)

    def render(self, state: State) -> None:
        """Show who is here now."""
        if self._app.visit is not None:
            self._app.visit.places.look_up(self._search.value)
        found = state.people.found(self._search.value)
        mine = state.people.role(state.me.id)
        self._rows.show([self._row(each, mine, state) for each in found[:_MOST]])
        by_id("no-members").hidden = bool(found)
        by_id("more-members").hidden = len(found) <= _MOST

    def translate(self) -> None:
        """Put the rows into the language of the texts."""
        self._open = ""
        self._draw()
        self._rows.refresh()

    def _draw(self) -> None:
        if self._app.visit is not None:
            self.render(self._app.visit.state)

    def _row(self, member: Member, mine: Role, state: State) -> MemberRow:
        person, now = member.person, state.clocks.wall()
        marks, grave = "", member.banned
        if member.banned:
            marks = self._texts.text("members.banned")
        elif (member.muted_until or 0) > now:
            end = until(member.muted_until or 0, now, BrowserZone(self._texts.language), self._texts)
            marks, grave = self._texts.text("members.muted", until=end), True
        elif member.role is not Role.MEMBER:
            marks = self._texts.text(f"role.{member.role}")
        yielding = is_above(mine, member.role)
        return MemberRow(person.id, person, member.role, marks, grave, yielding, self._open == person.id and yielding)

    # What can be done about somebody.

    def _unfold(self, button: Element) -> None:
        identifier = attribute(button, "data-member")
        self._open = "" if self._open == identifier else identifier
        self._draw()
        if self._open:
            self._errands.run(self._rows[identifier], self._look, identifier)

    async def _look(self, identifier: str) -> None:
        """Learn what only moderators are told."""
        self._know(await self._order.person(identifier))
        if self._app.visit is not None:
            self._insiders = await self._order.insiders(self._app.visit.state.current)
        if self._open == identifier and identifier in self._rows:
            self._offer(self._rows[identifier], self._rows.value(identifier))

    def _know(self, member: Member) -> None:
        if self._app.visit is not None:
            state = self._app.visit.state
            state.people.put(member)
            state.met()
            self.render(state)

    def _do(self, button: Element, act: Callable[[Element, str, str], Awaitable[None]]) -> None:
        row = around(button, ".member")
        if row is not None:
            reason = _input(row, "[name=reason]").value
            self._errands.run(row, act, row, attribute(row, "data-member"), reason)

    async def _mute(self, row: Element, identifier: str, reason: str) -> None:
        minutes = int(_input(row, "[name=minutes]").value)
        self._acted(await self._order.mute(identifier, minutes, reason), row, "unmute-member")

    async def _unmute(self, row: Element, identifier: str, reason: str) -> None:
        self._acted(await self._order.unmute(identifier, reason), row, "mute-member")

    async def _ban(self, row: Element, identifier: str, reason: str) -> None:
        self._acted(await self._order.ban(identifier, reason), row, "unban-member")

    async def _unban(self, row: Element, identifier: str, reason: str) -> None:
        self._acted(await self._order.unban(identifier, reason), row, "ban-member")

    async def _expel(self, row: Element, identifier: str, reason: str) -> None:
        if self._app.visit is not None:
            await self._order.expel(self._app.visit.state.current, identifier, reason)
            self._insiders -= {identifier}
            self._offer(row, self._rows.value(identifier))
            within(row, "[data-act=member]").focus()

    def _acted(self, member: Member, row: Element, then: str) -> None:
        """Show what somebody is now; what was pressed may have gone: the focus goes to what undoes it."""
        self._know(member)
        button = given(row.querySelector(f"[data-act={then}]:not([hidden])"))
        (button or within(row, "[data-act=member]")).focus()

    def _set_role(self, button: Element) -> None:
        row = around(button, ".member")
        if row is None:
            return
        role = Role(_input(row, "[name=role]").value)
        if role is Role.OWNER:
            self._ask(button, "members.sure.owner", self._hand_over)
        else:
            self._errands.run(row, self._give, row, attribute(row, "data-member"), role)

    async def _give(self, row: Element, identifier: str, role: Role) -> None:
        self._acted(await self._order.set_role(identifier, role), row, "set-role")

    async def _hand_over(self, row: Element, identifier: str, _: str) -> None:
        await self._give(row, identifier, Role.OWNER)

    # What cannot be taken back lightly is asked once more.

    def _ask(self, button: Element, key: str, act: Callable[[Element, str, str], Awaitable[None]]) -> None:
        row = around(button, ".member")
        if row is None:
            return
        name = self._rows.value(attribute(row, "data-member")).person.shown
        put_text(within(row, ".member-question"), self._texts.text(key, name=name))
        within(row, ".member-sure").hidden = False
        self._sure = partial(act, row, attribute(row, "data-member"), _input(row, "[name=reason]").value)
        within(row, "[data-act=member-unsure]").focus()

    def _go_ahead(self, button: Element) -> None:
        row = around(button, ".member")
        if row is not None and self._sure is not None:
            within(row, ".member-sure").hidden = True
            self._errands.run(row, self._sure)
            self._sure = None

    def _back(self, button: Element) -> None:
        row = around(button, ".member")
        if row is not None:
            self._sure = None
            within(row, ".member-sure").hidden = True
            within(row, "[data-act=member]").focus()

    # The rows.

    def _update(self, row: Element, value: MemberRow) -> None:
        avatar = within(row, ".avatar")
        avatar.className = f"avatar hue-{value.person.hue}"
        put_text(avatar, value.person.initials)
        put_text(within(row, ".member-shown"), value.person.shown)
        put_text(within(row, ".member-at"), f"@{value.person.name}" if value.person.display else "")
        marks = within(row, ".member-marks")
        marks.hidden = not value.marks
        marks.classList.toggle("grave", value.grave)
        put_text(marks, value.marks)
        button = within(row, "[data-act=member]")
        button.hidden = not value.yielding
        button.setAttribute("aria-expanded", "true" if value.open else "false")
        button.setAttribute("aria-label", self._texts.text("members.acts", name=value.person.shown))
        found = given(row.querySelector(".member-acts"))
        if not value.open:
            if found is not None:
                found.remove()
            return
        if found is None:
            acts = copy_of("member-acts")
            for each in acts.querySelectorAll("[data-t]"):
                put_text(each, self._texts.text(attribute(each, "data-t")))
            row.append(acts)
            _input(row, "[name=role]").value = value.role
        self._offer(row, value)

    def _offer(self, row: Element, value: MemberRow) -> None:
        """Show what can be done about somebody as they are now."""
        state = None if self._app.visit is None else self._app.visit.state
        member = None if state is None else state.people.get(value.key)
        if state is None or member is None or given(row.querySelector(".member-acts")) is None:
            return
        muted = (member.muted_until or 0) > state.clocks.wall()
        room = state.rooms.get(state.current)
        within(row, ".member-role").hidden = not may_give_roles(state.people.role(state.me.id), member.role)
        within(row, ".member-mute").hidden = member.banned or muted
        within(row, "[data-act=unmute-member]").hidden = not muted
        within(row, "[data-act=ban-member]").hidden = member.banned
        within(row, "[data-act=unban-member]").hidden = not member.banned
        expel = within(row, "[data-act=expel-member]")
        expel.hidden = room is None or member.person.id not in self._insiders
        put_text(expel, self._texts.text("members.expel", room="" if room is None else room.name))


def _make(value: MemberRow) -> Element:
    row = copy_of("row-member")
    row.setAttribute("data-member", value.key)
    within(row, "[data-act=member]").setAttribute("data-member", value.key)
    return row


def _input(row: Element, selector: str) -> Field:
    return cast(Field, within(row, selector))

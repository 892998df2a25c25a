"""The dialogs with people: who is in a room and who may be invited, and with whom to talk."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import cast

from chat.app import App
from chat.people import Person
from chat.rooms import PRIVATE
from chat.roster import Member, folded
from chat.screens.dom import Choice, Dialog, Element, Popover, attribute, by_id, copy_of, field, put_text, within
from chat.screens.faces import presence_words, show_face
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.screens.zone import BrowserZone
from chat.state import State
from chat.texts import Texts


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in a list. ``invited``: there is a button to invite them."""

    key: str
    person: Person
    here: str
    words: str
    invite: bool = False


class Company:
    """Shows people, and carries out what one wants with them."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._zone = BrowserZone(texts.language)
        self._people = cast(Dialog, by_id("room-people"))
        self._talk = cast(Dialog, by_id("talk"))
        self._members = KeyedList(by_id("room-members-list"), _make, self._update)
        self._others = KeyedList(by_id("room-others-list"), _make, self._update)
        self._choices = KeyedList(by_id("talk-people"), _make_choice, self._update)
        self._there: list[Member] = []
        self._room = ""
        self._task: asyncio.Task[None] | None = None
        acts.act("room-people", lambda _: self._look())
        acts.act("invite", self._invite)
        acts.act("talk", lambda _: self._begin())
        acts.form("talk", lambda _: self._start())
        listeners.on(by_id("talk-filter"), "input", lambda _: self._show_choices())

    def render(self, state: State | None) -> None:
        """What is open stands as it was: nothing moves under a finger, unless people are asked for meanwhile."""
        if state is not None and state.people.partial and self._talk.open:
            self._show_choices()

    def translate(self) -> None:
        """Put the rows into the language of the texts."""
        self._zone = BrowserZone(self._texts.language)
        for rows in (self._members, self._others, self._choices):
            rows.refresh()
        if self._people.open:
            self._show_members()
        if self._talk.open:
            self._show_choices()

    # Who is in a room.

    def _look(self) -> None:
        cast(Popover, by_id("room-menu")).hidePopover()
        visit = self._app.visit
        if visit is not None:
            self._room = visit.state.current
            self._there = []
            self._say(self._people, "")
            self._show_members()
            self._people.showModal()
            self._run(self._list(self._room))

    async def _list(self, room: str) -> None:
        if self._app.visit is not None:
            self._there = await self._app.visit.places.members(room)
            self._show_members()

    def _show_members(self) -> None:
        visit = self._app.visit
        room = None if visit is None else visit.state.rooms.get(self._room)
        if visit is None or room is None:
            return
        inside = {each.id for each in self._there}
        self._members.show([self._row(each) for each in self._there])
        invites = room.kind == PRIVATE and room.joined and not room.archived
        by_id("room-invite").hidden = not invites
        others = [each for each in visit.state.people.everybody if each.id not in inside]
        self._others.show([self._row(each, invite=True) for each in others] if invites and inside else [])
        by_id("room-no-others").hidden = bool(others) or not inside

    def _invite(self, button: Element) -> None:
        self._run(self._ask(attribute(button, "data-person")))

    async def _ask(self, person: str) -> None:
        if self._app.visit is not None:
            self._say(self._people, await self._app.visit.places.invite(self._room, person) or "")
            await self._list(self._room)
            within(self._people, "h2").focus()

    # With whom to talk.

    def _begin(self) -> None:
        if self._app.visit is not None:
            field("talk-filter").value = ""
            self._say(self._talk, "")
            self._choices.clear()
            self._show_choices()
            self._talk.showModal()
            field("talk-filter").focus()

    def _show_choices(self) -> None:
        visit = self._app.visit
        if visit is None:
            return
        visit.places.look_up(field("talk-filter").value)
        word, chosen = folded(field("talk-filter").value.strip()), set(self._chosen())
        people = [each for each in visit.state.people.everybody if each.id != visit.state.me.id]
        shown = [each for each in people if word in folded(f"{each.shown}\n{each.person.name}") or each.id in chosen]
        self._choices.show([self._row(each) for each in shown])
        by_id("talk-nobody").hidden = bool(shown)

    def _chosen(self) -> list[str]:
        found = self._talk.querySelectorAll("input[name=person]:checked")
        return [cast(Choice, each).value for each in found]

    def _start(self) -> None:
        self._run(self._open())

    async def _open(self) -> None:
        chosen, visit = self._chosen(), self._app.visit
        if not chosen and len(self._choices.keys) == 1:
            chosen = list(self._choices.keys)
        if not chosen or visit is None:
            field("talk-filter").focus()
            return
        problem = await visit.places.talk_to(chosen) or ""
        self._say(self._talk, problem)
        if not problem:
            self._talk.close()
            by_id("composer-text").focus()

    # Both.

    def _run(self, work: Coroutine[object, object, None]) -> None:
        self._task = asyncio.ensure_future(work)

    def _say(self, dialog: Dialog, problem: str) -> None:
        put_text(within(dialog, "[data-problem]"), self._texts.problem(problem) if problem else "")

    def _row(self, entry: Member, *, invite: bool = False) -> PersonRow:
        assert self._app.visit is not None, "rows are for those who are in"
        state = self._app.visit.state
        known = state.people.get(entry.id) or entry
        me = entry.id == state.me.id
        words = "people.you" if me else ""
        now = state.clocks.wall()
        said = self._texts.text(words) if words else presence_words(known, self._texts, self._zone, now)
        return PersonRow(entry.id, entry.person, "online" if me else known.here, said, invite)

    def _update(self, node: Element, row: PersonRow) -> None:
        show_face(within(node, ".face"), row.person, row.here)
        put_text(within(node, ".person-name bdi"), row.person.shown)
        put_text(within(node, ".person-name span"), row.words)
        for button in node.querySelectorAll("button"):
            button.hidden = not row.invite
            put_text(button, self._texts.text("room.invite"))
            button.setAttribute("aria-label", self._texts.text("room.invite_person", name=row.person.shown))


def _make(row: PersonRow) -> Element:
    node = copy_of("row-person")
    within(node, "button").setAttribute("data-person", row.key)
    return node


def _make_choice(row: PersonRow) -> Element:
    node = copy_of("row-choice")
    within(node, "input").setAttribute("value", row.key)
    return node

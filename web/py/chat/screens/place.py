"""The place, for those who keep order in it: the people, who may come in, and what was done."""

from __future__ import annotations

from typing import cast

from chat.app import App
from chat.powers import keeps_order
from chat.screens.deeds import Deeds
from chat.screens.dom import Dialog, Element, Event, around, attribute, by_id, within
from chat.screens.joining import Joining
from chat.screens.listening import Acts, Listeners
from chat.screens.members import Members
from chat.screens.page import Page
from chat.state import State
from chat.texts import Texts


class Place:
    """The dialog and its tabs: one stop for the Tab key, the arrow keys lead from one to the next."""

    def __init__(self, app: App, page: Page, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._dialog = cast(Dialog, by_id("place"))
        self._tabs = list(self._dialog.querySelectorAll("[role=tab]"))
        self._members = Members(app, texts, listeners, acts)
        self._joining = Joining(app, page, texts, listeners, acts)
        self._deeds = Deeds(app, texts, acts)
        acts.act("place", lambda _: self.open())
        acts.act("close-place", lambda _: self._dialog.close())
        acts.act("place-tab", self._turn)
        listeners.on(self._dialog, "click", self._clicked)
        listeners.on(within(self._dialog, "[role=tablist]"), "keydown", self._pressed)

    def open(self) -> None:
        """Show it, the people first."""
        if self._app.visit is not None:
            self._dialog.showModal()
            self._turn(self._tabs[0])

    def render(self, state: State | None) -> None:
        """Show things as they are now; close where nobody keeps order any more."""
        if not self._dialog.open:
            return
        if state is None or not keeps_order(state.people.role(state.me.id)):
            self._joining.close()
            self._dialog.close()
            return
        self._members.render(state)

    def translate(self) -> None:
        """Put what is shown into the language of the texts."""
        if self._dialog.open:
            self._members.translate()
            self._joining.render()
            self._deeds.render()

    def _turn(self, tab: Element) -> None:
        for each in self._tabs:
            chosen = each.id == tab.id
            each.setAttribute("aria-selected", "true" if chosen else "false")
            each.setAttribute("tabindex", "0" if chosen else "-1")
            by_id(attribute(each, "aria-controls")).hidden = not chosen
        match tab.id, self._app.visit:
            case "tab-members", visit if visit is not None:
                self._members.open(visit.state)
            case "tab-joining", _:
                self._joining.open()
            case "tab-deeds", _:
                self._deeds.open()
            case _:
                pass

    def _pressed(self, event: Event) -> None:
        tab = around(event.target, "[role=tab]")
        steps = {"ArrowLeft": -1, "ArrowRight": 1}
        if tab is not None and event.key in steps:
            event.preventDefault()
            index = [each.id for each in self._tabs].index(tab.id) + steps[event.key]
            following = self._tabs[index % len(self._tabs)]
            self._turn(following)
            following.focus()

    def _clicked(self, event: Event) -> None:
        # What lies around the dialog's content is the backdrop.
        if event.target.id == "place":
            self._dialog.close()

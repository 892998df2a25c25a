"""The dialogs that are seldom opened. Their Python is imported when they are: a start has no time for it."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

from chat.app import App
from chat.powers import keeps_order
from chat.screens.dom import attribute, by_id, document
from chat.screens.listening import Acts, Listeners
from chat.screens.page import Page
from chat.state import State
from chat.texts import Texts

if TYPE_CHECKING:
    from chat.screens.notify import Notify
    from chat.screens.notifying import Notifying
    from chat.screens.place import Place
    from chat.screens.settings import Settings


class Later:
    """Opens one's settings, and the place for those who keep order; closes them where nobody is in any more."""

    def __init__(self, app: App, page: Page, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._listeners = listeners
        self._acts = acts
        self._settings: Settings | None = None
        self._place: Place | None = None
        self._notify: Notify | None = None
        self._notifying: Notifying | None = None
        acts.act("settings", lambda _: self._open_settings())
        acts.act("place", lambda _: self._open_place())

    def render(self) -> None:
        """Offer what the reader may open, and keep what is open up to date."""
        state = None if self._app.visit is None else self._app.visit.state
        inside = state is not None and attribute(document.documentElement, "data-view") == "chat"
        ruling = inside and state is not None and keeps_order(state.people.role(state.me.id))
        by_id("open-place").hidden = not ruling
        self._render_notifications(state if inside and self._page.notify else None)
        if self._settings is not None:
            self._settings.render(state if inside else None)
        if self._place is not None:
            self._place.render(state if ruling else None)

    def translate(self) -> None:
        """Put what is open into the language of the texts."""
        for dialog in (self._settings, self._place):
            if dialog is not None:
                dialog.translate()
        if self._notify is not None:
            self._notify.render()

    def _render_notifications(self, state: State | None) -> None:
        """Notify of the visit while that is wanted."""
        if self._notifying is None and state is not None:
            from chat.screens.notifying import Notifying, supported

            if supported():
                self._notifying = Notifying(self._page, self._texts, self._listeners, token_urlsafe(9))
        if self._notifying is not None:
            self._notifying.render(state)

    def _open_settings(self) -> None:
        from chat.screens.notify import Notify
        from chat.screens.settings import Settings

        if self._settings is None or self._notify is None:
            self._settings = Settings(self._app, self._texts, self._listeners, self._acts)
            self._notify = Notify(self._app, self._page, self._texts, self._listeners)
        self._settings.open()
        self._notify.open()

    def _open_place(self) -> None:
        from chat.screens.place import Place

        if self._place is None:
            self._place = Place(self._app, self._page, self._texts, self._listeners, self._acts)
        self._place.open()

"""Wires the chat together. Called once, by the page's script."""

from __future__ import annotations

import asyncio
import time

from chat.api import Unreachable
from chat.app import App
from chat.screens.fetching import fetch
from chat.screens.page import Page, SessionShelf
from chat.screens.stage import Stage
from chat.screens.tab import Tab
from chat.session import Session
from chat.state import Clocks
from chat.texts import Texts, load_bundled
from chat.visit import Visit
from rebond.browser import Link, Token, Unavailable
from rebond.browser.storage import Storage

_tasks: set[asyncio.Task[None]] = set()
"""What runs for as long as the page: asyncio itself keeps only weak references."""


def main() -> None:
    """Bring the page to life."""
    page, shelf = Page(), SessionShelf()
    texts = Texts(load_bundled(), page.language)
    clocks = Clocks(wall=lambda: time.time_ns() // 1_000_000, link=time.monotonic)
    app = App(page, fetch, shelf, clocks, Tab(shelf).open, make_link)
    stage = Stage(app, page, texts, shelf)
    app.changed, app.tell = stage.changed, stage.tell
    app.problem = page.take_problem()
    _tasks.add(asyncio.ensure_future(app.start()))


def make_link(visit: Visit, session: Session) -> Link:
    """Make the link of a visit: it asks the session for tokens and tells the visit what arrives."""

    async def provide() -> Token | None:
        try:
            token = await session.fresh()
        except Unreachable as error:
            raise Unavailable(str(error), error.retry_ms) from error
        return None if token is None else Token(*token)

    return Link(
        "/ws",
        token=provide,
        probe="/api/alive",
        storage=visit.keeper if isinstance(visit.keeper, Storage) else None,
        account=visit.state.me.id,
        on_event=visit.state.on_event,
        on_state=visit.state.on_state,
        on_ack=visit.state.own.on_ack,
        on_refused=visit.refused,
        on_fated=visit.state.own.on_fated,
        on_dropped=visit.state.own.on_dropped,
        on_skipped=visit.skipped,
        on_status=visit.stands,
        on_welcome=visit.welcomed,
        on_reset=visit.reset,
    )

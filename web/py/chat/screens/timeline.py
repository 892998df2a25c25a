"""The messages of the current room, and the place one reads at, which never jumps."""

from __future__ import annotations

from bisect import bisect_right

from chat.app import App
from chat.people import Person
from chat.reading import places
from chat.rows import HoleRow, MessageRow, NewRow, Row, Rows
from chat.screens.changing import Changing
from chat.screens.dom import Element, Event, around, by_id, document, given, put_text
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.screens.messages import MessageNodes
from chat.state import State
from chat.texts import Texts
from chat.timeline import Edge, Hole, Timeline
from chat.times import Zone

_BOTTOM = 48.0
"""Pixels from the end within which one is at the end."""

_AHEAD = 2.0
"""Screens from the top at which older messages are asked for, so that they are there before one arrives."""

_NEAR = 0.5
"""Screens from a hole at which what is missing is asked for: not all of it is wanted, perhaps."""


class TimelineScreen:
    """Shows the rows, keeps the view in place, asks for what is older."""

    def __init__(self, app: App, texts: Texts, zone: Zone, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._zone = zone
        self._view = by_id("timeline")
        self._made: Rows | None = None
        self._drawn: object = None
        nodes = self._nodes = MessageNodes(texts)
        self._rows: KeyedList[Row] = KeyedList(by_id("messages"), nodes.make, nodes.update)
        self._met = 0
        self._changing = Changing(app, listeners, acts, self._draw_now)
        self._room: tuple[str, str] | None = None
        self._holes: list[HoleRow] = []
        self._pinned = True
        acts.act("jump", lambda _: self._jump())
        acts.act("jump-new", lambda _: self._jump_to_new())
        acts.act("load-older", lambda _: self._older())
        acts.act("fill", self._fill)
        listeners.on(self._view, "scroll", self._scrolled)
        listeners.on(document, "visibilitychange", lambda _: self._attend())
        listeners.watch_size(self._view, by_id("timeline-inner"), handler=self._resized)

    def render(self, state: State) -> None:
        """Show the current room as it is now."""
        timeline = state.timeline(state.current)
        room = (state.me.id, state.current)
        if room != self._room:
            if self._room is None or self._room[0] != state.me.id:
                self._made = None
            self._room = room
            self._rows.clear()
            self._pinned = True
        self._draw(state, timeline)
        self._show_jump(state)
        self._show_jump_to_new(state)
        self._tell_news(state)
        self._show_as_of(state, timeline)
        self._look_for_missing()
        if self._app.visit is not None:
            self._app.visit.catch_up()
            self._app.visit.finding.learn_quotes()

    def _draw_now(self) -> None:
        if self._app.visit is not None:
            self._app.visit.state.changed()
            self.render(self._app.visit.state)

    def _draw(self, state: State, timeline: Timeline) -> None:
        now, live = state.clocks.wall(), state.connection.live
        # Other screens change with every key that is pressed; the rows need not be looked through for that.
        today = self._zone.day(now)
        room = state.rooms.get(state.current)
        doomed = state.writing.doomed
        reading, roster = state.others.reading, state.people
        around_it = (reading.line(state.current), reading.version, roster.changes)
        of_timeline = (timeline, timeline.version, timeline.edge, timeline.busy, timeline.failed)
        of_room = (self._room, room and room.name, of_timeline, live, today, self._zone, doomed)
        drawing = (*of_room, state.sought, state.names.version, state.people.changes, around_it)
        if drawing == self._drawn:
            return
        self._drawn = drawing
        if self._made is None:
            self._made = Rows(state.me, self._zone, self._texts, state.people)
        self._nodes.me, self._nodes.names = state.me.id, state.names
        if self._met != state.names.version:
            self._met = state.names.version
            self._show_mentions()
        here = doomed[1] if doomed is not None and doomed[0] == state.current else None
        line = reading.line(state.current)
        readers = _readers(state, timeline)
        found = self._made.of(timeline, live=live, now=now, doomed=here, new_after=line, readers=readers)
        anchor = None if self._pinned else self._anchor()
        was_at = 0.0 if anchor is None else self._bottom(anchor)
        self._rows.show(found)
        self._holes = [row for row in found if isinstance(row, HoleRow)]
        self._changing.render()
        self._show_edge(state, timeline.edge, empty=not found)
        if state.sought is not None:
            self._lead_to(state.sought)
            state.sought = None
        elif self._pinned:
            self._view.scrollTop = self._view.scrollHeight
        elif anchor is not None and anchor in self._rows:
            self._view.scrollTop += self._bottom(anchor) - was_at

    def _show_mentions(self) -> None:
        """More people are known than there were: texts may mention them."""
        for key in self._rows.keys:
            row = self._rows.value(key)
            if isinstance(row, MessageRow) and "@" in row.text:
                self._nodes.update(self._rows[key], row)

    def _lead_to(self, seq: int) -> None:
        """Show a message in the middle of the view, marked, with the focus on it."""
        for found in self._view.querySelectorAll("[data-sought]"):
            found.removeAttribute("data-sought")
        row = given(self._view.querySelector(f"[data-seq='{seq}']"))
        if row is None:
            return
        row.setAttribute("data-sought", "")
        row.setAttribute("tabindex", "-1")
        # Before the focus moves: from here on what arrives must not carry the view off.
        self._pinned = False
        self._attend()
        row.focus()
        self._view.scrollTop = row.offsetTop - (self._view.clientHeight - row.offsetHeight) / 2

    def translate(self, zone: Zone) -> None:
        """Write times and days as the language wants them. The rows follow with the next frame."""
        self._zone = zone
        self._made = None
        self._rows.refresh()

    def to_end(self) -> None:
        """Go to the newest message, and stay there."""
        self._pinned = True
        self._view.scrollTop = self._view.scrollHeight
        self._attend()

    def _jump(self) -> None:
        # The button goes once one is there: the focus stays with what one reads.
        self._view.focus()
        self.to_end()

    def _jump_to_new(self) -> None:
        self._view.focus()
        if "new" in self._rows:
            self._view.scrollTop = self._rows["new"].offsetTop - _BOTTOM
        else:
            self._view.scrollTop = 0  # What is missing is asked for there.

    # Where one reads.

    def _scrolled(self, _: Event) -> None:
        end = self._view.scrollHeight - self._view.clientHeight
        pinned = end - self._view.scrollTop < _BOTTOM
        if pinned != self._pinned:
            self._pinned = pinned
            self._attend()
        if self._app.visit is not None:
            self._show_jump(self._app.visit.state)
            self._show_jump_to_new(self._app.visit.state)
        self._look_for_missing()

    def _resized(self) -> None:
        if self._pinned:
            self._view.scrollTop = self._view.scrollHeight

    def _attend(self) -> None:
        if self._app.visit is not None:
            self._app.visit.state.attend(attentive=self._pinned and not document.hidden)

    def _anchor(self) -> str | None:
        """Return the key of the first message that reaches into view.

        It is held by its end. The line of a day is no hold: it may go when older messages come.
        """
        keys = self._rows.keys
        index = bisect_right(keys, self._view.scrollTop, key=self._bottom)
        return next((key for key in keys[index:] if isinstance(self._rows.value(key), MessageRow)), None)

    def _bottom(self, key: str) -> float:
        row = self._rows[key]
        return row.offsetTop + row.offsetHeight

    def _look_for_missing(self) -> None:
        """Ask for what is missing near what one reads: in a hole, or above the oldest message."""
        visit = self._app.visit
        if visit is None:
            return
        timeline = visit.state.timeline(visit.state.current)
        if not timeline.loaded or timeline.busy or timeline.failed:
            return
        top, height = self._view.scrollTop, self._view.clientHeight
        for hole in self._holes:
            node = self._rows[hole.key]
            if (
                top - _NEAR * height < node.offsetTop + node.offsetHeight
                and node.offsetTop < top + (1 + _NEAR) * height
            ):
                visit.fill(Hole(hole.start, hole.end), from_top=node.offsetTop > top + height / 2)
                return
        if top <= _AHEAD * height and timeline.edge is Edge.UNKNOWN:
            visit.older()

    def _fill(self, button: Element) -> None:
        node, visit = around(button, ".hole"), self._app.visit
        for hole in self._holes:
            if visit is not None and node is not None and self._rows[hole.key] == node:
                self._view.focus()
                visit.fill(Hole(hole.start, hole.end), from_top=False)

    def _older(self) -> None:
        if self._app.visit is not None:
            self._app.visit.older()

    # Around the rows.

    def _show_edge(self, state: State, edge: Edge, *, empty: bool) -> None:
        by_id("room-empty").hidden = not (empty and edge is Edge.START)
        text = ""
        room = state.rooms.get(state.current)
        match edge:
            case Edge.LOADING:
                text = self._texts.text("timeline.loading" if empty else "timeline.older")
            case Edge.FAILED:
                text = self._texts.text("timeline.failed")
            case Edge.START if not empty and room is not None:
                key = "timeline.start_with" if room.direct else "timeline.start"
                text = self._texts.text(key, room=room.name or self._texts.text("people.gone"))
            case Edge.START | Edge.UNKNOWN:
                pass
        by_id("timeline-edge").hidden = not text and edge is Edge.START
        put_text(by_id("timeline-edge-text"), text)
        by_id("timeline-again").hidden = edge is not Edge.FAILED

    def _show_as_of(self, state: State, timeline: Timeline) -> None:
        """Say, while the network has not answered, of when it is what one sees."""
        at = state.as_of
        shown = at is not None and timeline.loaded and not state.connection.live
        by_id("as-of").hidden = not shown
        if at is not None and shown:
            today = self._zone.day(at) == self._zone.day(state.clocks.wall())
            time = self._zone.clock(at) if today else self._zone.full(at)
            key = "timeline.as_of" if today else "timeline.as_of_day"
            put_text(by_id("as-of"), self._texts.text(key, time=time))

    def _show_jump(self, state: State) -> None:
        room = state.rooms.get(state.current)
        unread = 0 if room is None else room.unread
        below = self._view.scrollHeight - self._view.clientHeight - self._view.scrollTop
        jump = by_id("jump")
        jump.hidden = self._pinned or not (unread or below > self._view.clientHeight)
        if not jump.hidden:
            text = self._texts.count("timeline.new", unread) if unread else self._texts.text("timeline.latest")
            put_text(by_id("jump-text"), text)

    def _show_jump_to_new(self, state: State) -> None:
        line = state.others.reading.line(state.current)
        there = "new" in self._rows
        above = there and self._rows["new"].offsetTop < self._view.scrollTop
        oldest = state.timeline(state.current).older
        beyond = line is not None and not there and oldest is not None and oldest > line + 1
        jump = by_id("jump-new")
        jump.hidden = not (above or beyond)
        if not jump.hidden:
            row = self._rows.value("new") if there else None
            since = row.since if isinstance(row, NewRow) else ""
            text = self._texts.text("timeline.since", time=since) if since else self._texts.text("timeline.to_new")
            put_text(by_id("jump-new-text"), text)

    def _tell_news(self, state: State) -> None:
        """Let a screen reader say what others have just written: one message, or how many there are."""
        if not state.news:
            return
        if len(state.news) == 1:
            news = state.news[0]
            said = self._texts.text("voice.message", author=state.people.today(news.author).shown, text=news.text)
        else:
            said = self._texts.count("voice.messages", len(state.news))
        put_text(by_id("voice"), said)
        state.news.clear()


def _readers(state: State, timeline: Timeline) -> dict[int, list[Person]]:
    """Tell who has read up to which message, in a small room that is not muted."""
    room = state.rooms.get(state.current)
    if room is None or room.muted:
        return {}
    readers = {who: seq for who, seq in state.others.reading.readers(room.id).items() if who != state.me.id}
    entries = [state.people.get(who) for who in readers]
    people = {entry.id: entry.person for entry in entries if entry is not None}
    return places(readers, ((each.seq, each.author.id) for each in timeline.messages), people)

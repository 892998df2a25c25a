"""The messages of the current room, and the place one reads at, which never jumps."""

from __future__ import annotations

from chat.app import App
from chat.people import Person
from chat.reading import places
from chat.rich import plain
from chat.rows import HoleRow, MessageRow, Row, Rows, hold, kind
from chat.screens.changing import Changing
from chat.screens.dom import Element, Event, around, attribute, by_id, document, put_text
from chat.screens.edge import EdgeOfTimeline
from chat.screens.jumps import Jumps
from chat.screens.listening import Acts, Listeners
from chat.screens.messages import MessageNodes
from chat.screens.pane import TimelinePane
from chat.state import LINE, State
from chat.texts import Texts
from chat.timeline import Edge, Hole, Timeline
from chat.times import Zone
from chat.view import View

_AHEAD = 2.0
"""Screens from the top at which older messages are asked for, so that they are there before one arrives."""

_NEAR = 0.5
"""Screens from a hole at which what is missing is asked for: not all of it is wanted, perhaps."""

_UPPER, _MIDDLE = 0.1, 0.5
"""Shares of the view that are above what one is led to: the line above what is new, and a message."""


class TimelineScreen:
    """Shows the rows near the view, and asks for what is missing there."""

    def __init__(self, app: App, texts: Texts, zone: Zone, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._zone = zone
        self._box = by_id("timeline")
        self._made: Rows | None = None
        self._drawn: object = None
        self._nodes = MessageNodes(texts)
        self._changing = Changing(app, listeners, acts, self._draw_now)
        self._pane = TimelinePane(self._nodes, self._changing.render)
        self._view: View[Row] = View(self._pane, kind, hold)
        self._met = 0
        self._room: tuple[str, str] | None = None
        self._holes: list[HoleRow] = []
        self._edge = EdgeOfTimeline(texts)
        self._jumps = Jumps(app, texts, acts, self._view, self.to_end)
        acts.act("load-older", lambda _: self._older())
        acts.act("fill", self._fill)
        listeners.on(self._box, "scroll", self._scrolled)
        listeners.on(self._box, "keydown", self._pressed)
        listeners.on(document, "visibilitychange", lambda _: self._attend())
        listeners.watch_size(self._box, by_id("timeline-inner"), handler=self._view.resized)

    def render(self, state: State) -> None:
        """Show the current room as it is now."""
        timeline = state.timeline(state.current)
        room = (state.me.id, state.current)
        if room != self._room:
            if self._room is None or self._room[0] != state.me.id:
                self._made = None
            self._room = room
            self._view.clear()
        self._draw(state, timeline)
        self._jumps.render(state)
        self._tell_news(state)
        self._edge.show_age(state, timeline, self._zone)
        self._look_for_missing()
        if self._app.visit is not None:
            self._app.visit.pages.catch_up()
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
        archived = room is not None and room.archived
        of_room = (self._room, room and room.name, archived, of_timeline, live, today, self._zone, doomed)
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
        found = self._made.of(
            timeline, live=live, now=now, doomed=here, new_after=line, readers=readers, archived=archived
        )
        self._holes = [row for row in found if isinstance(row, HoleRow)]
        self._edge.show(state, timeline.edge, empty=not found)
        self._view.put(found)
        self._changing.render()
        if state.sought is not None:
            self._lead_to(state.sought)
            state.sought = None
        self._note_place(timeline)

    def _show_mentions(self) -> None:
        """More people are known than there were: texts may mention them."""
        rows = self._pane.rows
        for key in rows.keys:
            row = rows.value(key)
            if isinstance(row, MessageRow) and "@" in row.text:
                self._nodes.update(rows[key], row)

    def _lead_to(self, seq: int) -> None:
        """Show a message in the middle of the view, marked, with the focus on it; or the line above what is new."""
        for found in self._box.querySelectorAll("[data-sought]"):
            found.removeAttribute("data-sought")
        if seq == LINE:
            if "new" in self._view:
                self._view.lead_to("new", _UPPER)
                self._attend()
            return
        key = next((row.key for row in self._view.rows if isinstance(row, MessageRow) and row.seq == seq), None)
        if key is None:
            return
        self._view.lead_to(key, _MIDDLE)
        # Before the focus moves: from here on what arrives must not carry the view off.
        self._attend()
        row = self._pane.node(key)
        if row is not None:
            row.setAttribute("data-sought", "")
            row.setAttribute("tabindex", "-1")
            row.focus()
            self._view.lead_to(key, _MIDDLE)

    def translate(self, zone: Zone) -> None:
        """Write times and days as the language wants them. The rows follow with the next frame."""
        self._zone = zone
        self._made = None
        self._pane.rows.refresh()

    def to_end(self) -> None:
        """Go to the newest message, and stay there."""
        self._view.to_end()
        self._attend()

    # Where one reads.

    def _scrolled(self, _: Event) -> None:
        pinned = self._view.pinned
        self._view.scrolled()
        if pinned != self._view.pinned:
            self._attend()
        if self._app.visit is not None:
            state = self._app.visit.state
            self._note_place(state.timeline(state.current))
            self._jumps.render(state)
        self._look_for_missing()

    def _pressed(self, event: Event) -> None:
        """Home and End go all the way at once: what is on the way need not come into the page."""
        if event.key in {"Home", "End"} and not (event.shiftKey or event.altKey or event.metaKey):
            event.preventDefault()
            if event.key == "End":
                self.to_end()
            else:
                self._view.to_start()

    def _attend(self) -> None:
        if self._app.visit is not None:
            self._app.visit.state.attend(attentive=self._view.pinned and not document.hidden)

    def _note_place(self, timeline: Timeline) -> None:
        """Tell the timeline what is not to be dropped: what one reads, and what has the focus or is being marked."""
        runs = list(self._view.kept)
        if self._view.held is not None:
            runs.append((self._view.held, self._view.held))
        # What has no seq is on its way, or is no message: a line between two days.
        seqs = [[seq for row in self._view.between(*run) if (seq := timeline.seq_of(row.key))] for run in runs]
        timeline.places = tuple((found[0], found[-1]) for found in seqs if found)

    def _look_for_missing(self) -> None:
        """Ask for what is missing near what one reads: in a hole, or above the oldest message."""
        visit = self._app.visit
        if visit is None:
            return
        timeline = visit.state.timeline(visit.state.current)
        if not timeline.loaded or timeline.busy or timeline.failed:
            return
        height = self._pane.height
        for hole in self._holes:
            if hole.key in self._view:
                top, bottom = self._view.reach(hole.key)
                if -_NEAR * height < bottom and top < (1 + _NEAR) * height:
                    visit.pages.fill(Hole(hole.start, hole.end), from_top=top > height / 2)
                    return
        if self._pane.scroll <= _AHEAD * height and timeline.edge is Edge.UNKNOWN:
            visit.pages.older()

    def _fill(self, button: Element) -> None:
        row, visit = around(button, ".hole"), self._app.visit
        key = "" if row is None else attribute(row, "data-row")
        for hole in self._holes:
            if visit is not None and hole.key == key:
                self._box.focus()
                top, _ = self._view.reach(key)
                visit.pages.fill(Hole(hole.start, hole.end), from_top=top > self._pane.height / 2)

    def _older(self) -> None:
        if self._app.visit is not None:
            self._app.visit.pages.older()

    def _tell_news(self, state: State) -> None:
        """Let a screen reader say what others have just written: one message, or how many there are."""
        if not state.news:
            return
        if len(state.news) == 1:
            news = state.news[0]
            author = state.people.today(news.author).shown
            said = self._texts.text("voice.message", author=author, text=plain(news.text))
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

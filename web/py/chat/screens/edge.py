"""What stands above the oldest message, and of when it is what one sees."""

from __future__ import annotations

from chat.screens.dom import by_id, put_text
from chat.state import State
from chat.texts import Texts
from chat.timeline import Edge, Timeline
from chat.times import Zone


class EdgeOfTimeline:
    """Says whether there is more, and whether it comes."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def show(self, state: State, edge: Edge, *, empty: bool) -> None:
        """Say what is above the oldest message of the current room, of which there may be none."""
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

    def show_age(self, state: State, timeline: Timeline, zone: Zone) -> None:
        """Say, while the network has not answered, of when it is what one sees."""
        at = state.as_of
        shown = at is not None and timeline.loaded and not state.connection.live
        by_id("as-of").hidden = not shown
        if at is not None and shown:
            today = zone.day(at) == zone.day(state.clocks.wall())
            time = zone.clock(at) if today else zone.full(at)
            key = "timeline.as_of" if today else "timeline.as_of_day"
            put_text(by_id("as-of"), self._texts.text(key, time=time))

"""All that the chat knows while somebody is signed in. The link tells it what arrives; the screens show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chat.drafts import Drafts
from chat.line import Connection
from chat.messages import Malformed, Message, Outgoing, from_event
from chat.people import Person
from chat.rooms import GENERAL, Room, Rooms
from chat.timeline import Timeline
from rebond import wire
from rebond.outbox import Refusal
from rebond.status import Status

_ROOM = "room:"


@dataclass(frozen=True, slots=True)
class Clocks:
    """``wall`` gives milliseconds since the Unix epoch, ``link`` seconds on the link's clock."""

    wall: Callable[[], int]
    link: Callable[[], float]


class State:
    """The rooms, their messages, the drafts and the connection. ``changed`` is called after every change."""

    def __init__(self, me: Person, build: str, drafts: Drafts, clocks: Clocks, changed: Callable[[], None]) -> None:
        self.me = me
        self.drafts = drafts
        self.clocks = clocks
        self.changed = changed
        self.rooms = Rooms()
        self.connection = Connection()
        self.current = GENERAL
        self.attentive = True
        """Whether the reader sees the newest message of the current room."""
        self.news: list[Message] = []
        """What others have said in the current room since the screens last looked."""
        self.outdated = False
        """Whether the server has a newer page than this one."""
        self._build = build
        self._timelines: dict[str, Timeline] = {}

    def timeline(self, room: str) -> Timeline:
        """Return the timeline of a room."""
        return self._timelines.setdefault(room, Timeline())

    @property
    def listed(self) -> list[Room]:
        """The rooms to show: those one is in, and those one was in that still hold a message that was not sent."""
        return self.rooms.listed({room for room, timeline in self._timelines.items() if timeline.outgoing})

    @property
    def outgoing(self) -> bool:
        """Whether a message of one's own is still on its way, in any room, or was given back."""
        return any(not entry.acked for timeline in self._timelines.values() for entry in timeline.outgoing)

    # What the link tells.

    def on_event(self, event: wire.Event) -> None:
        """Something happened."""
        match event.stream, event.kind:
            case str(stream), "message" if stream.startswith(_ROOM):
                self._message(stream.removeprefix(_ROOM), from_event(event))
            case str(stream), _ if stream.startswith(_ROOM):
                self.timeline(stream.removeprefix(_ROOM)).pass_over(event.seq)
            case "account", "joined":
                self.rooms.join(*_named(event.body.get("room")))
            case "account", "left":
                self._left(event.body.get("room"))
            case "place", "room":
                self.rooms.made(*_named(event.body.get("room")))
            case _:
                pass  # of a kind that only newer pages know
        self.changed()

    def on_ack(self, ack: wire.Ack) -> None:
        """The server has stored a message of one's own."""
        self.timeline(ack.room).acked(ack.id)
        self.changed()

    def on_refused(self, refusal: Refusal) -> None:
        """The server will never take a message of one's own."""
        outgoing = Outgoing(refusal.id, refusal.text, self.clocks.wall(), refusal=refusal.code)
        self.timeline(refusal.room).refuse(outgoing)
        self.changed()

    def on_status(self, status: Status) -> None:
        """The link stands differently."""
        self.connection.update(status, self.clocks.link())
        self.changed()

    def on_welcome(self, welcome: wire.Welcome) -> None:
        """The link is live; the server says which build it serves."""
        self.outdated = welcome.build != self._build
        self.changed()

    def on_reset(self, _: None) -> None:
        """The server's data are not those it had: what was read of them says nothing any more."""
        for room in list(self._timelines):
            self._begin_anew(room)
        self.changed()

    # What the reader does.

    def look_at(self, room: str) -> None:
        """Turn to a room."""
        self.current = room
        self.attentive = True
        self.news.clear()
        self.rooms.read(room)
        self.changed()

    def attend(self, *, attentive: bool) -> None:
        """The reader sees the newest message of the current room now, or does not any more."""
        if attentive == self.attentive:
            return
        self.attentive = attentive
        if attentive:
            self.rooms.read(self.current)
        self.changed()

    def sent(self, room: str, identifier: str, text: str) -> None:
        """The link has taken a message: show it, and clear the draft that it was."""
        timeline = self.timeline(room)
        messages = timeline.messages
        # Never before the message above it, however wrong the clock on the wall is.
        at = max(self.clocks.wall(), messages[-1].at if messages else 0)
        timeline.sent(Outgoing(identifier, text, at))
        self.drafts.put(room, "")
        self.changed()

    def discard(self, room: str, identifier: str) -> str | None:
        """Take a refused message away; return its text."""
        text = self.timeline(room).take_back(identifier)
        self._go_on_from(room)
        self.changed()
        return text

    def left(self, room: str) -> None:
        """One is not in a room any more: what was read of it may have a hole when one comes back."""
        self.rooms.leave(room)
        self._begin_anew(room)
        self._go_on_from(room)
        self.changed()

    def _message(self, room: str, message: Message) -> None:
        own = message.author.id == self.me.id
        if not self.timeline(room).add(message, own=own) or own:
            return
        if room == self.current:
            self.news.append(message)
        if room != self.current or not self.attentive:
            self.rooms.count(room)

    def _left(self, room: object) -> None:
        if not isinstance(room, str):
            raise Malformed("a left event names the room")
        self.left(room)

    def _begin_anew(self, room: str) -> None:
        """Forget what was read of a room, but not what was written."""
        fresh = Timeline()
        for entry in self.timeline(room).outgoing:
            fresh.sent(entry)
        self._timelines[room] = fresh

    def _go_on_from(self, room: str) -> None:
        """Turn away from a room that is not listed any more."""
        if room == self.current and room not in {each.id for each in self.listed}:
            self.look_at(GENERAL)


def _named(room: object) -> tuple[str, str]:
    match room:
        case {"id": str(identifier), "name": str(name)}:
            return identifier, name
        case _:
            raise Malformed("a room has an id and a name")

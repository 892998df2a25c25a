"""All that the chat knows while somebody is signed in. The link tells it what arrives; the screens show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chat.archive import Archive
from chat.drafts import Drafts
from chat.history import History
from chat.line import Connection
from chat.mentions import Names
from chat.messages import (
    Malformed,
    Message,
    Outgoing,
    change_from_event,
    from_event,
    reaction_from_event,
)
from chat.others import Others
from chat.own import Own
from chat.people import Person
from chat.rooms import GENERAL, Room, Rooms, read_room
from chat.roster import Roster, member
from chat.standing import Standing
from chat.timeline import Timeline
from chat.writing import Writing
from rebond import wire
from rebond.effects import Skipped
from rebond.status import Status

LINE = 0
"""What is sought where no message is, but the line above those that are new: seqs begin at 1."""

_ROOM = "room:"


@dataclass(frozen=True, slots=True)
class Clocks:
    """``wall`` gives milliseconds since the Unix epoch, ``link`` seconds on the link's clock."""

    wall: Callable[[], int]
    link: Callable[[], float]


def _unheard(_kind: str, **_body: object) -> None:
    """Nobody listens."""


def _uncalled(_room: str, _seq: int, _message: Message | None, _mentioned: bool) -> None:
    """Nobody wants to be called."""


class State:
    """The rooms, their messages, the drafts and the connection. ``changed`` is called after every change.

    What was read goes to the ``archive``, and comes from there.
    """

    def __init__(
        self, me: Person, build: str, drafts: Drafts, clocks: Clocks, changed: Callable[[], None], archive: Archive
    ) -> None:
        self.me = me
        self.drafts = drafts
        self.writing = Writing(drafts)
        self.clocks = clocks
        self.changed = changed
        self.archive = archive
        self.rooms = Rooms()
        self.people = Roster()
        self.names = Names(self.people)
        self.standing = Standing()
        self.own = Own(self)
        self.others = Others(me.id, self.rooms, self.people)
        self.say: Callable[..., None] = _unheard
        """Tells the server of something that is only state: its kind, and its fields."""
        self.call: Callable[[str, int, Message | None, bool], None] = _uncalled
        """Called with what others say: the room, the seq, the message or None if it was missed, and whether the reader
        is mentioned in it."""
        self.connection = Connection()
        self.history = History()
        self.current = GENERAL
        self.seen = True
        """Whether the page can be seen."""
        self.attentive = True
        """Whether the reader sees the newest message of the current room."""
        self.sought: int | None = None
        """The seq of the message in the current room that the reader wants to be led to, or :data:`LINE`."""
        self.news: list[Message] = []
        """What others have said in the current room since the screens last looked."""
        self.outdated = False
        """Whether the server has a newer page than this one."""
        self.expelled = ""
        """The name of the room that one was taken out of last, until it has been said."""
        self.as_of: int | None = None
        """When it was last known that nothing was missing, in milliseconds since the Unix epoch; None: never."""
        self.unkept = False
        """Whether something that is on its way is kept by this page alone."""
        self._build = build
        self.timelines: dict[str, Timeline] = {}
        """Those that have been looked at, or heard of, by room."""

    def timeline(self, room: str) -> Timeline:
        """Return the timeline of a room."""
        if room not in self.timelines:
            self.timelines[room] = Timeline(self.me.id)
            self.archive.restore(room, self.timelines[room])
        return self.timelines[room]

    def restore(self) -> None:
        """Take what was kept from an earlier visit."""
        for room in self.archive.rooms():
            self.rooms.restore(room)
        self.people.restore(self.archive.people())
        self.as_of = self.archive.as_of
        for where, outgoing in self.archive.refused():
            self.timeline(where).refuse(outgoing)
        self.changed()

    @property
    def listed(self) -> list[Room]:
        """The rooms to show: those one is in, and those one was in that still hold a message that was not sent."""
        return self.rooms.listed({room for room, timeline in self.timelines.items() if timeline.outgoing})

    def members(self, room: Room) -> int | None:
        """Return how many people are in a room; None if that is not known.

        Who registers is in the room of everybody, and no event there says so: the place does (docs/protocol.md).
        """
        everybody = self.people.count if room.id == GENERAL else None
        return room.members if everybody is None else everybody

    # What the link tells.

    def on_event(self, event: wire.Event) -> None:
        """Something happened."""
        self.history.heard(self.clocks.link())
        match event.stream, event.kind:
            case str(stream), kind if stream.startswith(_ROOM):
                self._happened(stream.removeprefix(_ROOM), kind, event)
            case "account", "joined":
                self.rooms.join(read_room(event.body.get("room"), self.me.id))
            case "account", "left":
                self._left(event.body.get("room"), event.body.get("by"))
            case "account", "standing":
                self.standing.told(event.body)
            case "place", "room":
                self.rooms.made(read_room(event.body.get("room"), self.me.id))
            case "place", "renamed":
                told = read_room(event.body.get("room"), self.me.id)
                self.rooms.named(told.id, told.name)
            case "place", "archived":
                self.rooms.archive(str(event.body.get("room")), on=event.body.get("on") is True)
            case "place", "person":
                self.others.told(member(event.body.get("user")))
                self.archive.note_people(self.people)
            case _:
                pass  # of a kind that only newer pages know
        self._note_time()
        self._changed_rooms()

    def on_skipped(self, skipped: Skipped) -> None:
        """Too much was missed in a room: what it is comes when it is wanted."""
        room = skipped.stream.removeprefix(_ROOM)
        self.timeline(room).skip(skipped.from_, skipped.to)
        self.call(room, skipped.to, None, False)
        self._changed_rooms()

    def on_state(self, state: wire.State) -> None:
        """Something of which only the latest value counts."""
        marked = self.others.take(state, self.clocks.link())
        if marked is None:
            self.changed()
            return
        room = self.rooms.get(marked.room)
        if marked.first and marked.unread and marked.room == self.current:
            self.others.reading.draw(marked.room, marked.read, unread=True)
        if marked.first and room is not None and room.read > marked.read:
            self.say("read", room=room.id, seq=room.read)
        self._read()
        self._changed_rooms()

    def on_status(self, status: Status) -> None:
        """The link stands differently."""
        was_live = self.connection.live
        self.connection.update(status, self.clocks.link())
        if was_live and not self.connection.live:
            self.others.lost()
            self.rest(live=True)
        self.history.take(status, self.clocks.link())
        self.changed()

    def on_welcome(self, welcome: wire.Welcome) -> None:
        """The link is live; the server says which build it serves."""
        self.outdated = welcome.build != self._build
        rooms = {name.removeprefix(_ROOM): head for name, head in welcome.heads.items() if name.startswith(_ROOM)}
        self.rooms.welcome(rooms)
        self.others.welcomed()
        self._note_time()
        self.changed()

    def on_reset(self, _: None) -> None:
        """The server's data are not those it had: what was read of them says nothing any more."""
        self.archive.forget_read()
        for room in list(self.timelines):
            self._begin_anew(room)
        self.changed()

    def rest(self, *, live: bool | None = None) -> None:
        """The page is left, or the link is lost: write down what is known, in case there is no later moment."""
        if self.connection.live if live is None else live:
            self._note_time()
        self.archive.flush()

    # What the reader does.

    def look_at(self, room: str) -> None:
        """Turn to a room."""
        if self.current in self.timelines:
            self.timelines[self.current].places = ()
            self.timelines[self.current].trim()
        self.current = room
        self.attentive = self.seen
        self.news.clear()
        self.writing.asked = None
        self.sought = None
        known = self.rooms.get(room)
        self.others.reading.draw(room, known.read if known else 0, unread=bool(known and known.unread))
        self._read()
        self._changed_rooms()

    def attend(self, *, attentive: bool) -> None:
        """The reader sees the newest message of the current room now, or does not any more."""
        if attentive == self.attentive:
            return
        self.attentive = attentive
        self._read()
        self._changed_rooms()

    def loaded(self, room: str) -> None:
        """A page of history has come."""
        self._read()
        self.archive.note(room, self.timeline(room))
        self.archive.flush()
        self.changed()

    @property
    def myself(self) -> Person:
        """The reader, as everybody is shown them today."""
        return self.people.today(self.me)

    def met(self) -> None:
        """Who is here, or what one may do, has been asked for and told."""
        self.others.met()
        self.archive.note_people(self.people)
        self.changed()

    def listed_anew(self) -> None:
        """The list of rooms has come."""
        self._changed_rooms()
        self.archive.flush()

    def begin_edit(self, identifier: str) -> None:
        """Put the text of a message of one's own into the composer, to change it."""
        timeline = self.timeline(self.current)
        change, message = timeline.changes.get(identifier), timeline.find(identifier)
        text = "" if message is None else message.text
        if change is not None:
            text = change.text or ""
        if text:
            self.writing.begin(self.current, identifier, text)
            self.changed()

    def begin_reply(self, target: str) -> None:
        """Make what one writes in the current room a reply to ``target``, as ``author/id``."""
        self.writing.leave()
        self.drafts.aim(self.current, target)
        self.changed()

    @property
    def last_own(self) -> str | None:
        """The id of the last message of one's own in the current room that can be changed."""
        timeline = self.timeline(self.current)
        changes = timeline.changes
        own: list[Message | Outgoing] = []
        own += (each for each in timeline.messages if each.author.id == self.me.id and not each.deleted)
        own += (entry for entry in timeline.outgoing if entry.refusal is None and not entry.parked)
        for entry in reversed(own):
            change = changes.get(entry.id)
            if change is None or (change.text is not None and not change.parked):
                return entry.id
        return None

    def left(self, room: str) -> None:
        """One is not in a room any more: what was read of it may have a hole when one comes back."""
        self.rooms.leave(room)
        self.archive.forget_room(room)
        self._begin_anew(room)
        self.go_on_from(room)
        self._changed_rooms()

    def _happened(self, room: str, kind: str, event: wire.Event) -> None:
        timeline = self.timeline(room)
        match kind:
            case "message":
                self._message(room, from_event(event), event.body.get("mentions"))
            case "edited" | "deleted":
                told = change_from_event(event)
                timeline.change(told)
                if told.text is None:
                    self.rooms.unsaid(room, timeline.seq_of(told.key))
            case "reacted":
                timeline.change(reaction_from_event(event))
            case _:
                timeline.pass_over(event.seq)
                self._moved(room, kind, event)
        self.archive.note(room, timeline)
        timeline.trim()

    def _moved(self, room: str, kind: str, event: wire.Event) -> None:
        """Something has become of a room itself."""
        match kind:
            case "renamed":
                self.rooms.named(room, str(event.body.get("name")), event.seq)
            case "topic":
                self.rooms.described(room, str(event.body.get("topic")), event.seq)
            case "archived":
                self.rooms.archive(room, on=event.body.get("on") is True, seq=event.seq)
            case "joined":
                self.others.came(room, event.body.get("user"), event.seq)
            case "left":
                self.others.went(room, event.body.get("user"), event.seq)
            case _:
                pass  # of a kind that only newer pages know

    def _message(self, room: str, message: Message, mentions: object) -> None:
        own = message.author.id == self.me.id
        self.others.typists.spoke(room, message.author.id)
        if not self.timeline(room).add(message):
            return
        if not own:
            mentioned = isinstance(mentions, list) and self.me.id in mentions
            self.rooms.heard(room, message.seq, mentioned=mentioned)
            self.call(room, message.seq, message, mentioned)
        known = self.rooms.get(room)
        if room == self.current and not own:
            self.news.append(message)
            if known is not None and known.unread == 1 and not self.attentive:
                self.others.reading.draw(room, known.read, unread=True)
        self._read()

    def _read(self) -> None:
        """Take note, and let it be known, that the newest of the current room has been read, if one sees it."""
        room = self.rooms.get(self.current)
        if not self.attentive or room is None or not room.joined:
            return
        top = self.timeline(self.current).top
        if self.rooms.read(self.current, top):
            self.say("read", room=self.current, seq=top)

    def _left(self, room: object, by: object) -> None:
        if not isinstance(room, str):
            raise Malformed("a left event names the room")
        known = self.rooms.get(room)
        if by is not None and known is not None:
            self.expelled = known.name
        self.left(room)

    def _note_time(self) -> None:
        self.as_of = self.clocks.wall()
        self.archive.note_time(self.as_of)

    def _changed_rooms(self) -> None:
        self.archive.note_rooms(self.rooms.all)
        self.changed()

    def _begin_anew(self, room: str) -> None:
        """Forget what was read of a room, but not what was written."""
        self.timelines[room] = self.timeline(room).begun_anew()

    def go_on_from(self, room: str) -> None:
        """Turn away from a room that is not listed any more."""
        if room == self.current and room not in {each.id for each in self.listed}:
            self.look_at(GENERAL)

"""Which notifications there are to be while nobody looks at the page. The screens show them; here is no browser.

A notification is for what calls one (``Room.calling``), and is held back for a moment: what is read elsewhere meanwhile
is never shown. There is one for each room, so that many messages are one thing to look at. Of several tabs of one
account the one with the lowest name shows it; they hear of each other by claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chat.messages import Message
from chat.rich import plain
from chat.rooms import Room
from chat.state import State
from chat.texts import Texts

GRACE = 1.0
"""Seconds for which a notification waits for a mark that it is read, and for the claims of other tabs.

In a hidden page timers are late by up to a second, so one waits for two at most.
"""

LONGEST = 140
"""Characters of a message that are shown."""

BOUND = 100
"""So many unread messages the server counts, and no more (docs/protocol.md)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That the tab ``by`` is about to notify of a room, up to ``seq``. Without a name: nobody has to any more."""

    room: str
    seq: int
    by: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification of a room, up to ``seq``. ``at`` leads to that message; 0: to the room."""

    room: str
    seq: int
    at: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is to be shown of a room at ``due``. ``replayed``: it was missed, and there may be more of it."""

    due: float
    seq: int
    message: Message | None
    replayed: bool


class Notifications:
    """Decides for one tab, whose name is ``tab``. Times are in seconds on the link's clock."""

    def __init__(self, state: State, texts: Texts, tab: str) -> None:
        self._state = state
        self._texts = texts
        self._tab = tab
        self._waiting: dict[str, _Waiting] = {}
        self._shown: dict[str, int] = {}
        self._standing: dict[str, int] = {}
        self.hidden = False
        """Whether nobody can see the page."""
        self.full = True
        """Whether what a message says may be shown."""

    # What happens.

    def turn(self, *, hidden: bool) -> None:
        """The page can be seen now, or cannot any more."""
        self.hidden = hidden
        if not hidden:
            self._waiting.clear()

    def heard(self, room: str, message: Message, now: float, *, mentioned: bool) -> Claim | None:
        """Somebody else has said something; return what the other tabs are to know."""
        known = self._state.rooms.get(room)
        if known is None or not (mentioned or known.calls) or message.seq <= known.read:
            return None
        replayed = self._state.rooms.replayed(room, message.seq)
        return self._wait(room, message.seq, message, now, replayed=replayed)

    def missed(self, room: str, seq: int, now: float) -> Claim | None:
        """Too much was missed in a room, up to ``seq``, for all of it to come."""
        return self._wait(room, seq, None, now, replayed=True)

    def claimed(self, claim: Claim) -> Claim | None:
        """Another tab is about to notify; return the answer, if there is one."""
        done = Claim(claim.room, claim.seq, "") if claim.by else None
        if not self.hidden:
            return done  # The reader looks at Rebond, if not at that tab.
        waiting = self._waiting.get(claim.room)
        if waiting is not None and waiting.seq <= claim.seq and claim.by < self._tab:
            del self._waiting[claim.room]
            self.found(claim.room, claim.seq)
            return None
        if waiting is not None and waiting.seq >= claim.seq and self._tab < claim.by:
            return Claim(claim.room, waiting.seq, self._tab)  # That tab may have heard of it only now.
        return done if self._shown.get(claim.room, 0) >= claim.seq else None

    def found(self, room: str, seq: int) -> None:
        """A notification stands there, from before this page or from another one."""
        self._standing[room] = max(seq, self._standing.get(room, 0))

    def _wait(self, room: str, seq: int, message: Message | None, now: float, *, replayed: bool) -> Claim | None:
        if not self.hidden:
            return None
        before = self._waiting.get(room)
        # What was missed comes in a row: its end is waited for. What is said now is not put off by what follows.
        due = before.due if before is not None and not replayed else now + GRACE
        missed = replayed or (before is not None and before.replayed)
        self._waiting[room] = _Waiting(due, seq, message, missed)
        return Claim(room, seq, self._tab)

    # What is to be done.

    @property
    def next_due(self) -> float | None:
        """When there is something to show, unless it is read before; None if nothing waits."""
        return min((each.due for each in self._waiting.values()), default=None)

    def due(self, now: float) -> Iterator[Notice]:
        """Return what is to be shown now."""
        for room, waiting in list(self._waiting.items()):
            if waiting.due > now:
                continue
            del self._waiting[room]
            known = self._state.rooms.get(room)
            if known is not None and known.calling and waiting.seq > known.read:
                self._shown[room] = waiting.seq
                self.found(room, waiting.seq)
                yield self._notice(known, waiting)

    def over(self) -> list[str]:
        """Return the rooms whose notifications are to be closed: there is nothing in them any more to be called for."""
        done = []
        for room, seq in self._standing.items():
            known = self._state.rooms.get(room)
            if known is None or not known.calling or seq <= known.read:
                done.append(room)
        for room in done:
            del self._standing[room]
        return done

    # Words.

    def _notice(self, room: Room, waiting: _Waiting) -> Notice:
        message = None if waiting.message is None else self._state.timeline(room.id).holding(waiting.seq)
        name = room.name or self._texts.text("people.gone")
        if message is None or message.deleted or (waiting.replayed and room.calling > 1):
            return Notice(room.id, waiting.seq, 0, name, self._summary(room))
        author = self._state.people.today(message.author).shown or self._texts.text("people.left")
        title = author
        if not room.direct or len(room.people) > 1:
            title = self._texts.text("notify.where", author=author, room=name)
        if room.calling > 1:
            title = self._texts.text("notify.more", title=title, n=self._texts.number(room.calling))
        if self.full:
            body = short(message.text)
        else:
            body = self._texts.text("notify.mention" if room.calling == room.mentions else "notify.message")
        return Notice(room.id, waiting.seq, waiting.seq, title, body)

    def _summary(self, room: Room) -> str:
        if room.calling >= BOUND:
            return self._texts.text("notify.lots", n=self._texts.number(BOUND))
        key = "notify.mentions" if room.calling == room.mentions else "notify.unread"
        return self._texts.count(key, room.calling)


def short(text: str) -> str:
    """Return what fits into a notification of a message's text: one line, without marks."""
    line = plain(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"

"""The messages of one room, put together from what was kept, pages of history, live events and what one does oneself.

They arrive in any order and overlap. Of each message the newest state is kept, whatever told of it (rule 13 of
docs/delivery.md); where something is missing, a hole stands in its place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from chat import reactions
from chat.messages import Message, Outgoing, Told
from chat.quotes import Quote
from chat.reactions import Reacted
from chat.spans import Spans
from chat.underway import Underway

NEWEST = 200
"""Messages at the end of a room that are always kept."""

AROUND = 150
"""Messages that are kept on either side of what one reads."""

MOST = 600
"""Messages of which none is let go of: more than the newest and those around one place, to let go of many at once."""


class Edge(StrEnum):
    """What stands above the oldest message that is shown."""

    UNKNOWN = "unknown"
    """Nobody has asked for what is older."""
    LOADING = "loading"
    FAILED = "failed"
    START = "start"
    """The room begins here."""


@dataclass(frozen=True, slots=True)
class Hole:
    """What is missing between two messages: the seqs ``start`` to ``end``."""

    start: int
    end: int


class Timeline(Underway):
    """One room's messages in the order of their seq, each once. ``me`` is the reader's id."""

    def __init__(self, me: str) -> None:
        super().__init__(me)
        self._messages: dict[int, Message] = {}
        self._order: list[int] = []
        self._seqs: dict[str, int] = {}
        self._known = Spans()
        self._skipped = (0, -1)
        self._pages: list[tuple[int, int, int]] = []
        self._early: dict[str, list[Told | Reacted]] = {}
        self._replies: dict[str, set[int]] = {}
        self._news: set[int] = set()
        self._shown: list[Message | Hole] | None = None
        self.version = 0
        """Counts the changes, so that who shows the timeline need not look for them."""
        self.loaded = False
        """Whether there is something to show: a page of history has come, or something was kept."""
        self.busy = False
        """Whether a page is on its way."""
        self.seeking = 0
        """How many pages from the middle of the history are on their way."""
        self.unquoted: set[int] = set()
        """The seqs of messages that are replied to and of which nothing else is known."""
        self.failed = False
        """Whether the last page could not be had."""
        self.places: tuple[tuple[int, int], ...] = ()
        """What the reader looks at or has marked, away from the end: the seqs of the first and of the last message."""

    # What arrives.

    def add(self, message: Message) -> bool:
        """Take a live message; return whether it is new here."""
        self._see(message.seq)
        return self._keep(message)

    def change(self, told: Told | Reacted) -> None:
        """Take a live change to a message. An older one than the last that is known of changes nothing."""
        self._see(told.seq)
        seq = self._seqs.get(told.key)
        if seq is not None:
            self._put(self._changed_by(self._messages[seq], told))
            return
        if isinstance(told, Told):
            self._change_quotes(told)
        if self.busy or self.seeking:
            # The page that is on its way may have been read before the change, and the message be in it.
            self._early.setdefault(told.key, []).append(told)

    def pass_over(self, seq: int) -> None:
        """Take note of a live event that is of no interest."""
        self._see(seq)

    def skip(self, start: int, end: int) -> None:
        """The events ``start`` to ``end`` do not come by themselves: a hole, but for the changes to older messages.

        What a page read before the end of the hole has told of messages in it may have changed since, and of that
        nothing comes: it is as unknown as the rest.
        """
        self._skipped = (start, end)
        before = list(self._known)
        self._known.cut(start, end)
        for low, high, head in self._pages:
            if head >= end:
                for first, last in before:
                    self._known.add(max(low, first), min(high, last))
        self._settle()

    def knows(self, seq: int) -> bool:
        """Tell whether what happened at a seq is here."""
        return seq in self._known

    def misses(self, seq: int) -> bool:
        """Tell whether what happened at a seq is not here, though later things are."""
        return self.loaded and seq <= self.top and seq not in self._known

    def skips(self, seq: int) -> bool:
        """Tell whether an event is in the hole that was last told of."""
        return self._skipped[0] <= seq <= self._skipped[1]

    def add_page(self, messages: Iterable[Message], *, before: int | None, head: int, more: bool) -> None:
        """Take a page of history: all messages there are below ``before``, back to the oldest in the page.

        ``before`` is what was asked for, None meaning the newest there are, up to ``head``. Without ``more`` the
        page reaches the beginning of the room.
        """
        page = list(messages)
        for message in page:
            self._keep(message)
        if not self.seeking:
            self._early.clear()
        top = head if before is None else before - 1
        # Seqs begin at 1; that 0 is known means that nothing is missing before it, even in an empty room.
        start = 0 if not more else min((message.seq for message in page), default=top + 1)
        self._cover(start, top, head)
        self.loaded = True
        self.failed = False
        self._settle()

    def add_around(
        self, messages: Iterable[Message], *, head: int, more: bool, newer: bool, after: int | None = None
    ) -> None:
        """Take a page from the middle of the history: ``more`` and ``newer`` tell whether there is something beyond.

        It holds all there is behind ``after``, if that was what was asked for.
        """
        page = list(messages)
        for message in page:
            self._keep(message)
        if not self.busy and self.seeking <= 1:
            self._early.clear()
        if page or after is not None:
            start = after + 1 if after is not None else page[0].seq if more else 0
            self._cover(start, page[-1].seq if newer else head, head)
            self.loaded = True
            self.failed = False
        self._settle()

    def tell_of(self, message: Message) -> None:
        """Take a message that is replied to, for the quotes alone: what is around it is not known."""
        for early in self._early.get(message.key, ()):
            message = self._changed_by(message, early)
        self._tell_replies(message)

    def restore(self, messages: Iterable[Message], known: Iterable[tuple[int, int]]) -> None:
        """Take what was kept from an earlier visit."""
        for message in messages:
            self._keep(message)
        for start, end in known:
            self._known.add(start, end)
            self.loaded = True
        self._news.clear()
        self._settle()

    def _cover(self, start: int, end: int, head: int) -> None:
        """A page has told of all there is from ``start`` to ``end``, as of ``head``."""
        self._known.add(start, end)
        self._pages.append((start, end, head))

    def _see(self, seq: int) -> None:
        if not self.skips(seq):
            self._known.add(seq, seq)
        self._settle()

    def _keep(self, message: Message) -> bool:
        if message.author.id == self._me:
            self._outgoing.pop(message.id, None)
        for early in self._early.get(message.key, ()):
            message = self._changed_by(message, early)
        known = self._messages.get(message.seq)
        if known is None:
            insort(self._order, message.seq)
            self._seqs[message.key] = message.seq
        elif known.changed >= message.changed:
            return False
        self._put(message)
        return known is None

    def _put(self, message: Message) -> None:
        if message.re is not None and message.re.key:
            self._replies.setdefault(message.re.key, set()).add(message.seq)
            quote = self._quote(message.re)
            message = replace(message, re=quote)
            if quote.name is None:
                self.unquoted.add(quote.seq)
        if self._messages.get(message.seq) != message:
            self._messages[message.seq] = message
            self._news.add(message.seq)
            self._changed()
        self._tell_replies(message)

    def _tell_replies(self, message: Message) -> None:
        self.unquoted.discard(message.seq)
        for seq in self._replies.get(message.key, ()):
            reply = self._messages[seq]
            if reply.re != message.quote:
                self._messages[seq] = replace(reply, re=message.quote)
                self._news.add(seq)
                self._changed()

    def _quote(self, quote: Quote) -> Quote:
        """Return what is known now of a message that is replied to."""
        seq = self._seqs.get(quote.key)
        return quote if seq is None or seq not in self._messages else self._messages[seq].quote

    def _change_quotes(self, told: Told) -> None:
        """A message that is known from the replies to it alone has another text, or none any more."""
        for seq in self._replies.get(told.key, ()):
            reply = self._messages[seq]
            if reply.re is not None and reply.re.name is not None:
                quote = replace(reply.re, text=told.text or "", deleted=told.text is None)
                self._messages[seq] = replace(reply, re=quote)
                self._news.add(seq)
                self._changed()

    def _changed_by(self, message: Message, told: Told | Reacted) -> Message:
        if told.seq <= message.changed:
            return message
        if isinstance(told, Reacted):
            of = reactions.changed(
                message.reactions,
                told.emoji,
                told.user,
                on=told.on,
                count=told.count,
                mine=told.user.id == self._me,
            )
            return replace(message, changed=told.seq, reactions=of)
        if told.text is None:
            return replace(message, text="", changed=told.seq, deleted=True, removed=told.removed, reactions=())
        return replace(message, text=told.text, changed=told.seq, edited=told.at)

    def _stored(self, identifier: str) -> bool:
        return f"{self._me}/{identifier}" in self._seqs

    def _settled(self, seq: int) -> bool:
        return seq in self._known or self.skips(seq)

    def _changed(self) -> None:
        self._shown = None
        self.version += 1

    # What is let go of.

    def trim(self) -> None:
        """Keep no more than :data:`MOST` messages, or all that are marked: the newest, those around the :attr:`places`.

        What goes leaves a hole, or stands above what is shown, and is asked for when one comes there again. While a
        page is on its way nothing goes: it may hold an older state of what would.
        """
        if len(self._order) <= MOST or self.busy or self.seeking:
            return
        count = len(self._order)
        wanted = [(count - NEWEST, count - 1)]
        for first, last in self.places:
            start, end = bisect_left(self._order, first), bisect_left(self._order, last)
            wanted.append((max(0, start - AROUND), min(count - 1, end + AROUND)))
        done = 0
        for first, last in sorted(wanted):
            if first > done:
                self._drop(done, first)
            done = max(done, last + 1)
        self._order = [seq for seq in self._order if seq in self._messages]
        self._changed()

    def _drop(self, first: int, after: int) -> None:
        """Forget a run of messages, by their places in the order, and whatever is known between those that stay."""
        below = self._order[first - 1] + 1 if first else 0
        self._known.cut(below, self._order[after] - 1)
        for seq in self._order[first:after]:
            message = self._messages.pop(seq)
            del self._seqs[message.key]
            self._news.discard(seq)
            self.unquoted.discard(seq)
            if message.re is not None:
                self._replies.get(message.re.key, set()).discard(seq)

    # What is shown.

    @property
    def entries(self) -> list[Message | Hole]:
        """What there is to show, oldest first: messages, and the holes between them."""
        if self._shown is None:
            self._shown = []
            below: int | None = None
            for start, end in self._known:
                if below is not None:
                    self._shown.append(Hole(below + 1, start - 1))
                order = self._order[bisect_left(self._order, start) : bisect_right(self._order, end)]
                self._shown += [self._messages[seq] for seq in order]
                below = end
        return self._shown

    @property
    def messages(self) -> list[Message]:
        """The messages to show, oldest first."""
        return [entry for entry in self.entries if isinstance(entry, Message)]

    @property
    def oldest(self) -> int:
        """The seq of the oldest message that is here; 0 if there is none."""
        return self._order[0] if self._order else 0

    @property
    def latest_at(self) -> int:
        """When the last message was written, in milliseconds since the Unix epoch; 0 if there is none."""
        return self._messages[self._order[-1]].at if self._order else 0

    def begun_anew(self) -> Timeline:
        """Return a timeline in which nothing has been read yet, with all that one does oneself."""
        fresh = Timeline(self._me)
        fresh._outgoing, fresh._changes, fresh._reactings = self._outgoing, self._changes, self._reactings
        return fresh

    def find(self, identifier: str) -> Message | Outgoing | None:
        """Return a message of one's own by its id."""
        seq = self._seqs.get(f"{self._me}/{identifier}")
        return self._outgoing.get(identifier) if seq is None else self._messages[seq]

    def seq_of(self, key: str) -> int:
        """Return the seq of a message that is known by its key; 0 if it is not here."""
        return self._seqs.get(key, 0)

    def quote(self, key: str) -> Quote | None:
        """Return what a reply to a message shows of it; None for one that is not known."""
        seq = self._seqs.get(key)
        return None if seq is None else self._messages[seq].quote

    def holding(self, seq: int) -> Message | None:
        """Return the message with a seq, as it is now; None if it is not here."""
        return self._messages.get(seq)

    def at(self, seq: int) -> Message | None:
        """Return the first message that is shown from a seq on."""
        return next((message for message in self.messages if message.seq >= seq), None)

    @property
    def edge(self) -> Edge:
        """What is above the oldest message."""
        if self.failed:
            return Edge.FAILED
        if self._known and self._known.first[0] == 0:
            return Edge.START
        return Edge.LOADING if self.busy else Edge.UNKNOWN

    @property
    def top(self) -> int:
        """The highest seq that is known; 0 if none is."""
        return self._known.top

    @property
    def older(self) -> int | None:
        """The ``before`` of the page above what is shown; None for the newest page there is."""
        return self._known.first[0] if self._known else None

    # What is kept.

    @property
    def known(self) -> list[tuple[int, int]]:
        """The spans of seqs of which nothing is missing here."""
        return list(self._known)

    def take_news(self) -> list[Message]:
        """Return the messages that are new, or have changed, since this was last asked."""
        news = [self._messages[seq] for seq in sorted(self._news)]
        self._news.clear()
        return news

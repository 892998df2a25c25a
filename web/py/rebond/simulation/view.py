"""What one tab was shown: the events of each stream, in the order in which they were handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rebond import wire
from rebond.outbox import Refusal
from rebond.streams import ACCOUNT, room_stream


@dataclass(slots=True)
class Stretch:
    """An unbroken sight of one stream: from after ``base``, in one life of the database, to whatever was shown last."""

    stream: str
    epoch: str
    base: int
    events: list[wire.Event] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """The seq up to which the stream has been shown."""
        return self.base + len(self.events)


class View:
    """Everything that one tab's listeners were told. It draws its own conclusions, and asks the link for none."""

    def __init__(self) -> None:
        self.stretches: dict[str, Stretch] = {}
        self.past: list[Stretch] = []
        self.acks: list[wire.Ack] = []
        self.refusals: list[Refusal] = []
        self._epoch = ""
        self._account_head = 0

    def reset(self, _: None) -> None:
        """Everything begins anew."""
        for stream in list(self.stretches):
            self._end(stream)

    def welcomed(self, welcome: wire.Welcome) -> None:
        """A connection: what was followed goes on, what is new begins at its head."""
        self._epoch = welcome.epoch
        self._account_head = welcome.heads.get(ACCOUNT, 0)
        for stream in self.stretches.keys() - welcome.heads.keys():
            self._end(stream)
        self._begin(welcome.heads)

    def shown(self, event: wire.Event) -> None:
        """An event was handed on."""
        self.stretches[event.stream].events.append(event)
        # What was in the account stream at the welcome is counted in its heads; only what comes later changes them.
        if event.stream == ACCOUNT and event.seq > self._account_head:
            room, head = event.body["room"], event.body.get("head")
            if isinstance(room, Mapping) and isinstance(head, int):
                self._begin({room_stream(str(room["id"])): head})
            else:
                self._end(room_stream(str(room)))

    def _begin(self, heads: Mapping[str, int]) -> None:
        for stream, head in heads.items():
            self.stretches.setdefault(stream, Stretch(stream, self._epoch, head))

    def _end(self, stream: str) -> None:
        self.past.append(self.stretches.pop(stream))

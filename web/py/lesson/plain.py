"""A plain server for the naive clients: it takes everybody in, and tells everybody what it hears."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from rebond.codes import Close
from rebond.simulation.clock import Clock
from rebond.simulation.connection import Answer, Door, Peer, Socket


class Guest:
    """The server's end of one client's WebSocket."""

    def __init__(self, server: PlainServer, socket: Socket, url: str) -> None:
        self.server, self.socket, self.url = server, socket, url

    def received(self, text: str) -> None:
        """The client sent a frame."""
        if self in self.server.guests:
            self.server.heard(self, text)

    def gone(self) -> None:
        """The connection is no more."""
        self.server.guests.pop(self, None)


@dataclass(frozen=True, slots=True)
class _Entrance:
    server: PlainServer
    url: str

    def accept(self, socket: Socket) -> Peer | None:
        return self.server.accept(socket, self.url)


class PlainServer:
    """Tells all its guests what it is told to tell. Every request is answered 200 while it is up."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.up = True
        self.guests: dict[Guest, None] = {}
        self.arrivals = 0
        self.heard_texts: list[str] = []

    def door(self, url: str) -> Door:
        """Return where the WebSocket of a URL arrives."""
        return _Entrance(self, url)

    def accept(self, socket: Socket, url: str) -> Guest | None:
        """Take in a WebSocket, or refuse it."""
        self.arrivals += 1
        if not self.up or not self.welcome(url):
            return None
        guest = Guest(self, socket, url)
        self.guests[guest] = None
        return guest

    def welcome(self, url: str) -> bool:
        """Tell whether the WebSocket of a URL is to be taken in."""
        return True

    def answer(self, url: str) -> Answer | None:
        """Answer a request, or None while down."""
        return Answer(200) if self.up else None

    def heard(self, guest: Guest, text: str) -> None:
        """A guest sent a frame."""
        if text == "ping":
            guest.socket.transmit("pong")
        else:
            self.heard_texts.append(text)

    def tell(self, text: str) -> None:
        """Tell everybody."""
        for guest in self.guests:
            guest.socket.transmit(text)

    def crash(self) -> None:
        """Die at once; the system closes the connections."""
        self.up = False
        for guest in self.guests:
            guest.socket.shut(Close.ABNORMAL, "")
        self.guests.clear()

    def start(self) -> None:
        """Start, with an empty memory."""
        self.up = True


class StampServer(PlainServer):
    """Stamps each message when it comes in, and shows it once it is stored: which may take a while.

    So the order of the stamps is not the order in which messages become visible, as on any server that writes from more
    than one connection. ``/messages?since=T`` answers with what is stored and stamped after T milliseconds.
    """

    SLOWEST = 1.6
    """Seconds that storing a message takes at most."""

    def __init__(self, clock: Clock, randomness: random.Random) -> None:
        super().__init__(clock)
        self._randomness = randomness
        self.stored: list[dict[str, object]] = []

    def write(self, text: str) -> None:
        """Somebody writes a message."""
        message: dict[str, object] = {"at": round(self.clock.now * 1_000), "text": text}
        self.clock.after(self.SLOWEST * self._randomness.random() ** 2, lambda: self._store(message))

    def _store(self, message: dict[str, object]) -> None:
        self.stored.append(message)
        self.tell(json.dumps(message))

    def answer(self, url: str) -> Answer | None:
        _, _, since = url.partition("since=")
        if not self.up or not since:
            return super().answer(url)
        after = float(since)
        return Answer(200, {"messages": [message for message in self.stored if float(str(message["at"])) > after]})


class PostServer(PlainServer):
    """Stores every message it hears, which takes a moment, and answers ``ok``."""

    COMMIT = 0.005
    """Seconds that storing takes."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.stored: list[str] = []
        self.committing: list[str] = []

    def heard(self, guest: Guest, text: str) -> None:
        self.committing.append(text)

        def commit() -> None:
            if text in self.committing:
                self.committing.remove(text)
                self.stored.append(text)
                if guest in self.guests:
                    guest.socket.transmit("ok")

        self.clock.after(self.COMMIT, commit)

    def crash(self, *, committed: bool = False) -> None:
        """Die before the commits under way, or after them and before the answers."""
        if committed:
            self.stored += self.committing
        self.committing.clear()
        super().crash()


class IdServer(PostServer):
    """Hears ``{"id", "text"}`` as JSON, stores what has one id once, and answers ``{"ack": id}``."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.known: set[str] = set()
        self._ids: dict[str, str] = {}

    def heard(self, guest: Guest, text: str) -> None:
        if not text.startswith("{"):
            super().heard(guest, text)
            return
        message = json.loads(text)
        identifier, said = str(message.get("id")), str(message.get("text"))

        def commit() -> None:
            if said in self.committing:
                self.committing.remove(said)
                self._keep(identifier, said)
                if guest in self.guests:
                    guest.socket.transmit(json.dumps({"ack": message.get("id")}))

        self.committing.append(said)
        self._ids[said] = identifier
        self.clock.after(self.COMMIT, commit)

    def _keep(self, identifier: str, text: str) -> None:
        if identifier not in self.known:
            self.known.add(identifier)
            self.stored.append(text)

    def crash(self, *, committed: bool = False) -> None:
        for text in self.committing if committed else ():
            self._keep(self._ids.get(text, text), text)
        self.committing.clear()
        super().crash()


class GateServer(PlainServer):
    """Takes in whoever has a good token; ``/api/refresh`` gives another one."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._good = 1
        self.refused = 0

    def expire(self) -> None:
        """Let all tokens be too old."""
        self._good += 1

    def welcome(self, url: str) -> bool:
        good = int(url.rpartition("token=")[2]) >= self._good
        self.refused += not good
        return good

    def answer(self, url: str) -> Answer | None:
        return Answer(200, {"token": str(self._good)}) if self.up else None

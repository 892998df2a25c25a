"""Someone who uses the server without a browser: prepares what a test is to find, or takes part in the talk."""

import itertools
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.support.running import PATIENCE, RunningServer

PASSWORD = "correct-horse-battery-staple"
"""Everybody's, and without a character that an address would write in another way."""

GENERAL = "general"

_BATCH = 50
"""Messages that go out in one frame."""

_numbers = itertools.count(1)


def fresh(stem: str) -> str:
    """Return a name that no other test uses."""
    return f"{stem}{next(_numbers)}"


class Account:
    """An account with a session of its own."""

    def __init__(self, server: RunningServer, name: str, way: str) -> None:
        self.name = name
        self._server = server
        answer = self.ask("POST", f"/api/{way}", {"name": name, "password": PASSWORD})
        self.token: str = answer["token"]
        self.id: str = answer["user"]["id"]

    @classmethod
    def register(cls, server: RunningServer, stem: str) -> Self:
        """Make an account."""
        return cls(server, fresh(stem), "register")

    @classmethod
    def log_in(cls, server: RunningServer, name: str) -> Self:
        """Begin another session of an account."""
        return cls(server, name, "login")

    def make_room(self, stem: str) -> tuple[str, str]:
        """Make a room; return its id and its name."""
        room = self.ask("POST", "/api/rooms", {"name": fresh(stem)})["room"]
        return room["id"], room["name"]

    def history(self, room: str = GENERAL) -> list[dict[str, Any]]:
        """Return the newest messages of a room as the database has them, a hundred at most, oldest first."""
        messages: list[dict[str, Any]] = self.ask("GET", f"/api/rooms/{room}/messages?limit=100")["messages"]
        return messages

    def stored(self, room: str = GENERAL) -> list[str]:
        """Return what these messages say."""
        return [message["text"] for message in self.history(room)]

    def say(self, *texts: str, room: str = GENERAL) -> None:
        """Send messages, and return once all are stored."""
        before: str | None = None
        with self.connected() as socket:
            for start in range(0, len(texts), _BATCH):
                frames = []
                for text in texts[start : start + _BATCH]:
                    identifier = secrets.token_urlsafe(12)
                    frames.append({"t": "send", "id": identifier, "room": room, "text": text, "after": before})
                    before = identifier
                socket.send(json.dumps(frames))
                _wait_for_acks(socket, {str(frame["id"]) for frame in frames})

    def join(self, room: str) -> None:
        """Become a member of a room."""
        self.ask("POST", f"/api/rooms/{room}/join")

    def direct(self, other: str) -> str:
        """Return the conversation with somebody, by their name."""
        people = self.ask("GET", f"/api/people?name={other}")["people"]
        [identifier] = [each["id"] for each in people if each["name"] == other]
        room: str = self.ask("POST", "/api/direct", {"people": [identifier]})["room"]["id"]
        return room

    def read(self, room: str) -> None:
        """Read all there is in a room, and return once that is known."""
        seq = self.history(room)[-1]["seq"]
        with self.connected() as socket:
            socket.send(json.dumps({"t": "state", "kind": "read", "room": room, "seq": seq}))
            done = {"kind": "mark", "room": room, "seq": seq}
            while not any(done.items() <= frame.items() for frame in _objects(socket)):
                pass

    def do(self, kind: str, room: str = GENERAL, **fields: object) -> str:
        """Do one thing over the WebSocket, return once it is stored: its id."""
        identifier = secrets.token_urlsafe(12)
        with self.connected() as socket:
            socket.send(json.dumps({"t": kind, "id": identifier, "room": room, **fields}))
            _wait_for_acks(socket, {identifier})
        return identifier

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask over HTTP, return what the answer holds."""
        headers = {"authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        answer = httpx.request(method, f"{self._server.url}{path}", json=body, headers=headers, timeout=PATIENCE)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    @contextmanager
    def connected(self) -> Iterator[ClientConnection]:
        """Yield a WebSocket that has been welcomed."""
        with connect(self._server.ws_url, proxy=None) as socket:
            socket.send(json.dumps({"t": "hello", "token": self.token, "v": 1, "tab": fresh("tab-"), "cursors": {}}))
            while not any(frame["t"] == "welcome" for frame in _objects(socket)):
                pass
            yield socket


def _wait_for_acks(socket: ClientConnection, waited: set[str]) -> None:
    while waited:
        for answer in _objects(socket):
            assert answer["t"] != "error", answer
            if answer["t"] == "ack":
                waited.discard(str(answer["id"]))


def _objects(socket: ClientConnection) -> list[dict[str, object]]:
    value = json.loads(socket.recv(PATIENCE))
    return value if isinstance(value, list) else [value]

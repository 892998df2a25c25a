"""What every shell does: carry out in order, tell the program, outlive its mistakes."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Mapping

import pytest

from rebond import effects, events, wire
from rebond.codes import Close, ErrorCode
from rebond.link import Link
from rebond.options import Options
from rebond.outbox import Entry, Kept
from rebond.shell import Listeners, Shell
from rebond.states import State
from rebond.storage import Storage
from tests.support.driver import event, welcome


class Recorder(Shell):
    """A shell that touches nothing and writes down what it was asked for."""

    def __init__(
        self, listeners: Listeners | None = None, *, plain: bool = False, storage: Storage | None = None
    ) -> None:
        options = Options("tab", plain=plain, durable=storage is not None)
        super().__init__(Link(options, random.Random(1)), listeners or Listeners(), storage)
        self.done: list[str] = []
        self.done_since_start: list[str] = []
        self.ids = 0

    def clock(self) -> float:
        return 7.0

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def start_ticking(self) -> None:
        self.done.append("start ticking")

    def stop_ticking(self) -> None:
        self.done.append("stop ticking")

    def set_alarm(self, at: float | None) -> None:
        self.done.append(f"alarm {at}")

    def probe(self, attempt: int) -> None:
        self.done.append(f"probe {attempt}")

    def open(self, attempt: int) -> None:
        self.done.append(f"open {attempt}")

    def transmit(self, data: str | bytes) -> None:
        self.done.append(f"transmit {data!r}")

    def abandon(self, code: Close) -> None:
        self.done.append(f"abandon {code.name}")

    def renew(self) -> None:
        self.done.append("renew")

    def report(self, message: str, error: Exception | None = None) -> None:
        self.done.append(f"report {message} {error!r}")

    def hear(self, *frames: wire.Frame) -> None:
        self.feed(events.Received(1, wire.join([wire.encode(frame) for frame in frames])))

    def connect(self) -> None:
        self.start()
        self.feed(events.TokenRenewed("token", 900.0))
        self.feed(events.Opened(1))
        if not self._machine.options.plain:
            self.hear(welcome())
        self.done_since_start = self.done.copy()
        self.done.clear()


class Drawer:
    """A storage that keeps what it is given in a list, and answers at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def persist(self, entry: Entry, answer: Callable[[Kept, str | None], None]) -> None:
        self.asked.append(f"persist {entry.id}")
        answer(Kept.KEPT, "theirs")

    def forget(self, identifier: str) -> None:
        self.asked.append(f"forget {identifier}")

    def relink(self, identifier: str, room: str, answer: Callable[[str | None], None]) -> None:
        self.asked.append(f"relink {identifier}")
        answer(None)

    def adopt(self, answer: Callable[[events.Adopted], None]) -> None:
        self.asked.append("adopt")
        answer(events.Adopted((Entry(wire.Send("left", "r", "left behind")),)))

    def advance(self, epoch: str, cursors: Mapping[str, int]) -> None:
        self.asked.append(f"advance {epoch} {dict(cursors)}")


def test_the_storage_is_asked_and_its_answers_are_heard() -> None:
    drawer = Drawer()
    shell = Recorder(storage=drawer)
    shell.connect()
    assert drawer.asked == ["adopt", "advance epoch {'room:r': 0}"]
    assert '"left"' in shell.done_since_start[-1]
    drawer.asked.clear()
    shell.send("r", "hello")
    assert '"after":"theirs"' in shell.done[-1]
    shell.hear(wire.Ack("left", "r", 1, 5), wire.Error("predecessor", "", "id-1"), event(1))
    assert drawer.asked == ["persist id-1", "forget left", "relink id-1", "advance epoch {'room:r': 1}"]
    assert '"id":"id-1"' in shell.done[-1]
    assert '"after"' not in shell.done[-1]
    assert shell.positions() == {"room:r": 1}


def test_messages_are_changed_and_taken_back() -> None:
    dropped: list[Entry] = []
    fates: list[Entry] = []
    shell = Recorder(Listeners(dropped=dropped.append, fated=fates.append))
    identifier = shell.send("r", "hello")
    shell.edit("r", identifier, "better")
    assert [entry.text for entry in fates] == ["hello", "better"]
    shell.delete("r", identifier)
    assert [entry.id for entry in dropped] == [identifier]
    with pytest.raises(ValueError, match="text_too_long"):
        shell.edit("r", identifier, "x" * 4_001)


def test_what_is_parked_is_tried_again_or_given_up() -> None:
    fates: list[Entry] = []
    shell = Recorder(Listeners(fated=fates.append))
    shell.connect()
    identifier = shell.send("r", "hello")
    shell.feed(events.Closed(1, Close.TOO_BIG))
    shell.release(identifier)
    assert [entry.parked for entry in fates[-2:]] == [True, False]
    shell.cancel(identifier)
    assert shell.status.queued == 1


def test_a_hole_is_told() -> None:
    holes: list[effects.Skipped] = []
    shell = Recorder(Listeners(skipped=holes.append))
    shell.connect()
    shell.hear(wire.Hole("room:r", 1, 900))
    assert holes == [effects.Skipped("room:r", 1, 900)]


def test_what_the_link_wants_is_done_in_order() -> None:
    shell = Recorder()
    shell.start()
    shell.feed(events.TokenRenewed("token", 900.0))
    assert shell.done == ["start ticking", "renew", "open 1"]
    shell.feed(events.Opened(1))
    shell.hear(welcome())
    assert shell.done[4:] == ["stop ticking", "alarm 17.0"]
    shell.stop()
    assert shell.done[6:] == ["abandon NORMAL", "alarm None"]
    assert shell.status.state is State.STOPPED


def test_the_program_is_told_what_arrives() -> None:
    told: list[object] = []
    shell = Recorder(Listeners(*[told.append] * 7))
    shell.connect()
    told.clear()
    identifier = shell.send("r", "hello")
    error = wire.Error("not_a_member", "you have left", "id-2")
    shell.send("r", "again")
    told.clear()
    shell.hear(event(1), wire.Ack(identifier, "r", 1, 5), error)
    assert told[:2] == [event(1), wire.Ack("id-1", "r", 1, 5)]
    assert [type(item).__name__ for item in told[2:]] == ["Refusal", "Status"]


def test_another_database_is_told() -> None:
    told: list[None] = []
    shell = Recorder(Listeners(reset=told.append))
    shell.connect()
    shell.feed(events.Closed(1, 1006))
    shell.retry_now()
    shell.feed(events.ProbeAnswered(2))
    shell.feed(events.Opened(2))
    shell.feed(events.Received(2, wire.encode(welcome(epoch="another"))))
    assert told == [None]


def test_a_plain_servers_frames_are_handed_on() -> None:
    told: list[str | bytes] = []
    shell = Recorder(Listeners(data=told.append), plain=True)
    shell.send_raw("early")
    shell.connect()
    shell.feed(events.Received(1, b"\x01"))
    assert told == [b"\x01"]


def test_a_listener_that_raises_is_reported_and_the_link_lives_on() -> None:
    def break_down(_: wire.Event) -> None:
        raise ZeroDivisionError

    shell = Recorder(Listeners(event=break_down))
    shell.connect()
    shell.hear(event(1), event(2))
    assert [line for line in shell.done if "ZeroDivisionError()" in line] == [
        "report a listener raised ZeroDivisionError()"
    ] * 2
    assert shell.status.state is State.LIVE


def test_what_a_listener_does_waits_its_turn() -> None:
    shell = Recorder()
    shell.connect()
    shell._listeners.event = lambda happened: None if happened.seq > 1 else shell.stop()
    seen: list[State] = []
    shell._listeners.ack = lambda _: seen.append(shell.status.state)
    shell.send("r", "hello")
    shell.done.clear()
    shell.hear(event(1), wire.Ack("id-1", "r", 1, 5))
    assert seen == [State.STOPPED]
    assert shell.done == ["abandon NORMAL", "alarm None"]


def test_what_cannot_be_a_message_is_refused_where_it_is_typed() -> None:
    shell = Recorder()
    with pytest.raises(ValueError, match="empty_text") as raised:
        shell.send("r", "  ")
    assert raised.value.args == (ErrorCode.EMPTY_TEXT,)
    assert shell.status.queued == 0


def test_fault_found_by_the_server_is_reported() -> None:
    shell = Recorder()
    shell.connect()
    shell.hear(wire.Error("unknown_kind", "what?"))
    assert shell.done == ["report the server found fault: unknown_kind: what? None"]


def test_signing_in_starts_again() -> None:
    shell = Recorder()
    shell.connect()
    shell.feed(events.TokenRefused())
    shell.signed_in()
    assert shell.done[-2:] == ["start ticking", "renew"]
    assert effects.Renew() == effects.Renew()


def test_replies_and_reactions_travel_as_operations() -> None:
    shell = Recorder()
    shell.connect()
    shell.send("r", "indeed", re="ada/message-1")
    shell.react("r", "ada/message-1", "\N{THUMBS UP SIGN}", on=True)
    said = [line.removeprefix("transmit ") for line in shell.done if line.startswith("transmit ")]
    [[reply], [reaction]] = [wire.decode_client(ast.literal_eval(text)) for text in said]
    assert isinstance(reply, wire.Send)
    assert reply.re == "ada/message-1"
    assert isinstance(reaction, wire.React)
    wanted = wire.React(reaction.id, "r", "ada/message-1", "\N{THUMBS UP SIGN}", on=True, after=reply.id)
    assert reaction == wanted


def test_what_is_only_state_is_said_now_or_not_at_all() -> None:
    told: list[wire.State] = []
    shell = Recorder(Listeners(state=told.append))
    shell.say("typing", room="r", on=True)
    shell.connect()
    assert not any("typing" in line for line in shell.done_since_start)
    shell.say("typing", room="r", on=True)
    [said] = [line.removeprefix("transmit ") for line in shell.done if line.startswith("transmit ")]
    assert wire.decode_client(ast.literal_eval(said)) == [wire.State("typing", {"room": "r", "on": True})]
    shell.hear(wire.State("presence", {"user": "u", "here": "away"}))
    assert told == [wire.State("presence", {"user": "u", "here": "away"})]

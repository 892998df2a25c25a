"""The server's half of the protocol, without a server."""

from __future__ import annotations

import pytest

from rebond import exchange as at
from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.exchange import SessionEffect
from rebond.session import HELLO_TIMEOUT, MAX_MISSED, NEWEST, Session
from rebond.state import EVERY
from rebond.streams import ACCOUNT, MAX_SYNC, room_stream
from tests.support.driver import event

R = room_stream("r")
HEADS = {ACCOUNT: 2, R: 10}


class Desk:
    """One session, moved by hand."""

    def __init__(self) -> None:
        self.now = 50.0
        self.session = Session(build="build", window_ms=250, beat_ms=10_000, now=self.now)

    def feed(self, happened: at.SessionEvent, after: float = 0.0) -> list[SessionEffect]:
        self.now += after
        return self.session.handle(happened, self.now)

    def hear(self, *frames: wire.Frame) -> list[SessionEffect]:
        return self.feed(at.Received(wire.join([wire.encode(frame) for frame in frames])))

    def greet(self, *, epoch: str | None = "epoch", **cursors: int) -> list[SessionEffect]:
        named = {R if name == "r" else name: seq for name, seq in cursors.items()}
        self.hear(wire.Hello("token", wire.VERSION, "tab", named, epoch))
        return self.feed(at.Authenticated("u", "Ada", 900.0, HEADS, "epoch"))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def live(desk: Desk) -> Desk:
    desk.greet()
    return desk


def published(seq: int, stream: str = R, kind: str = "message", **body: object) -> at.Published:
    happened = event(seq, stream, kind, **body)
    return at.Published(happened, wire.encode(happened))


def page(*seqs: int, more: bool = False, up_to: int = 0, stream: str = R) -> at.Page:
    return at.Page(stream, tuple(published(seq, stream) for seq in seqs), more, up_to)


def said(effects: list[SessionEffect]) -> list[wire.Frame | wire.Fault]:
    return [frame for effect in effects if isinstance(effect, at.Transmit) for frame in wire.decode_server(effect.text)]


def seqs(effects: list[SessionEffect]) -> list[int]:
    return [frame.seq for frame in said(effects) if isinstance(frame, wire.Event)]


def refusal(effects: list[SessionEffect]) -> tuple[str, Close]:
    [error] = said(effects)
    shut = effects[-1]
    assert isinstance(error, wire.Error)
    assert isinstance(shut, at.Shut)
    return error.code, shut.code


# Saying who one is.


def test_hello_asks_whose_token_it_is(desk: Desk) -> None:
    assert desk.hear(wire.Hello("token", wire.VERSION, "tab", {})) == [at.Authenticate("token", "tab")]


def test_welcome_tells_the_heads_and_the_window(desk: Desk) -> None:
    effects = desk.greet()
    assert said(effects) == [wire.Welcome("epoch", HEADS, 250, 10_000, {"id": "u", "name": "Ada"}, "build")]
    assert effects[1:] == [at.Subscribe(ACCOUNT), at.Subscribe(R)]


def test_no_hello_in_time_ends_it(desk: Desk) -> None:
    assert desk.feed(at.Due(), HELLO_TIMEOUT - 0.1) == []
    assert desk.feed(at.Due(), 0.1) == [at.Shut(Close.HELLO_TIMEOUT, "no hello in time")]
    assert desk.greet() == []


def test_anything_before_hello_ends_it(desk: Desk) -> None:
    assert refusal(desk.hear(wire.Ping())) == (ErrorCode.NO_HELLO, Close.BAD_FRAME)


def test_anything_before_the_welcome_ends_it(desk: Desk) -> None:
    effects = desk.hear(wire.Hello("token", wire.VERSION, "tab", {}), wire.Ping(), wire.Ping())
    assert effects[0] == at.Authenticate("token", "tab")
    assert refusal(effects[1:]) == (ErrorCode.NO_HELLO, Close.BAD_FRAME)


def test_rubbish_before_hello_ends_it(desk: Desk) -> None:
    assert refusal(desk.feed(at.Received("rubbish"))) == (ErrorCode.BAD_JSON, Close.BAD_FRAME)


def test_rubbish_later_is_told_and_harms_nothing(live: Desk) -> None:
    effects = live.feed(at.Received('[{"t":"shout","id":"abc"},{"t":"ping"}]'))
    [error, pong] = said(effects)
    assert isinstance(error, wire.Error)
    assert (error.code, error.id) == (ErrorCode.UNKNOWN_KIND, "abc")
    assert isinstance(pong, wire.Pong)
    assert len(effects) == 2


def test_hello_is_said_once(live: Desk) -> None:
    assert refusal(live.hear(wire.Hello("t", 1, "tab", {}))) == (ErrorCode.BAD_FRAME, Close.BAD_FRAME)


def test_an_older_page_is_told_to_reload(desk: Desk) -> None:
    effects = desk.hear(wire.Hello("token", wire.VERSION + 1, "tab", {}))
    assert refusal(effects) == (ErrorCode.OUTDATED, Close.OUTDATED)


@pytest.mark.parametrize("code", [Close.TOKEN, Close.FORBIDDEN, Close.TOO_MANY])
def test_who_may_not_come_in_is_told_why(desk: Desk, code: Close) -> None:
    desk.hear(wire.Hello("token", wire.VERSION, "tab", {}))
    assert refusal(desk.feed(at.Rejected(code, "no"))) == (ErrorCode.BAD_TOKEN, code)


def test_a_client_of_the_article_is_greeted_without_hello(desk: Desk) -> None:
    effects = desk.feed(at.Authenticated("u", "Ada", 900.0, HEADS, "epoch"))
    assert isinstance(said(effects)[0], wire.Welcome)
    assert seqs(desk.feed(published(11))) == [11]
    assert refusal(desk.hear(wire.Hello("t", 1, "tab", {}))) == (ErrorCode.BAD_FRAME, Close.BAD_FRAME)


# Tokens.


def test_the_connection_ends_with_its_token(live: Desk) -> None:
    assert live.session.deadline == 950.0
    assert live.feed(at.Due(), 900.0) == [at.Shut(Close.TOKEN, "the token has expired")]


def test_a_renewed_token_keeps_it(live: Desk) -> None:
    live.now += 800.0
    assert live.hear(wire.Auth("fresh")) == [at.Authenticate("fresh", None)]
    assert live.feed(at.Authenticated("u", "Ada", 900.0, HEADS, "epoch")) == []
    assert live.feed(at.Due(), 200.0) == []


def test_the_token_of_another_account_ends_it(live: Desk) -> None:
    live.hear(wire.Auth("other"))
    effects = live.feed(at.Authenticated("v", "Bob", 900.0, HEADS, "epoch"))
    assert refusal(effects) == (ErrorCode.BAD_TOKEN, Close.FORBIDDEN)


def test_an_ended_session_is_closed_before_its_next_frame(live: Desk) -> None:
    assert live.feed(at.Ended(Close.TOKEN, "signed out")) == [at.Shut(Close.TOKEN, "signed out")]
    assert live.hear(wire.Ping()) == []


# Messages.


def test_a_message_is_to_be_stored_and_then_acknowledged(live: Desk) -> None:
    send = wire.Send("id-1", "r", "hello")
    assert live.hear(send) == [at.Store(send)]
    ack = wire.Ack("id-1", "r", 11, 5)
    assert said(live.feed(at.Stored(ack))) == [ack]


@pytest.mark.parametrize("change", [wire.Edit("id-2", "r", "id-1", "better"), wire.Delete("id-2", "r", "id-1")])
def test_a_change_is_to_be_stored_as_a_message_is(live: Desk, change: wire.Operation) -> None:
    assert live.hear(change) == [at.Store(change)]


def test_a_message_not_stored_is_an_error_that_names_it(live: Desk) -> None:
    error = wire.Error(ErrorCode.NOT_A_MEMBER, "you have left", "id-1")
    assert said(live.feed(at.Failed(error))) == [error]


def test_ping_is_answered_with_the_heads_and_the_window(live: Desk) -> None:
    live.session.window_ms = 900
    assert said(live.hear(wire.Ping())) == [wire.Pong(HEADS, 900)]


# Streams.


def test_what_is_published_is_forwarded_once(live: Desk) -> None:
    assert seqs(live.feed(published(11))) == [11]
    assert seqs(live.feed(published(11))) == []
    assert seqs(live.feed(published(10))) == []


def test_what_is_published_elsewhere_is_not(live: Desk) -> None:
    assert live.feed(published(1, room_stream("x"))) == []


def test_a_hole_in_what_is_published_is_read_from_the_store(live: Desk) -> None:
    assert live.feed(published(13)) == [at.Replay(R, 10)]
    assert live.feed(published(14)) == []
    assert seqs(live.feed(page(11, 12, 13, 14, up_to=14))) == [11, 12, 13, 14]
    assert seqs(live.feed(published(15))) == [15]


def test_a_cursor_is_replayed_from(desk: Desk) -> None:
    effects = desk.greet(r=7)
    assert effects[-2:] == [at.Subscribe(R), at.Replay(R, 7)]
    assert seqs(desk.feed(page(8, 9, 10, up_to=10))) == [8, 9, 10]
    assert seqs(desk.feed(published(11))) == [11]


def test_what_is_published_during_a_replay_is_read_not_queued(desk: Desk) -> None:
    desk.greet(r=7)
    assert desk.feed(published(11)) == []
    effects = desk.feed(page(8, 9, 10, up_to=11))
    assert seqs(effects) == [8, 9, 10]
    assert effects[-1] == at.Replay(R, 10)
    assert seqs(desk.feed(page(11, up_to=11))) == [11]
    assert seqs(desk.feed(published(12))) == [12]


def test_a_page_that_is_full_is_followed_by_another(desk: Desk) -> None:
    desk.greet(r=7)
    assert desk.feed(page(8, 9, more=True, up_to=0))[-1] == at.Replay(R, 9)


def test_what_was_read_before_it_was_published_is_not_sent_twice(desk: Desk) -> None:
    desk.greet(r=7)
    desk.feed(page(8, 9, 10, 11, up_to=10))
    assert seqs(desk.feed(published(11))) == []
    assert seqs(desk.feed(published(12))) == [12]


def test_a_page_may_begin_before_what_was_sent(desk: Desk) -> None:
    desk.greet(r=7)
    assert seqs(desk.feed(page(7, 8, 9, 10, up_to=10))) == [8, 9, 10]


def test_a_page_nobody_waits_for_is_dropped(live: Desk) -> None:
    assert live.feed(page(11, up_to=11)) == []
    assert live.feed(page(1, stream=room_stream("x"))) == []


def test_cursors_of_another_epoch_are_ignored(desk: Desk) -> None:
    assert at.Replay(R, 7) not in desk.greet(epoch="another", r=7)


def test_a_cursor_beyond_the_head_waits_for_nothing(desk: Desk) -> None:
    assert desk.greet(r=99)[-1] == at.Subscribe(R)
    assert seqs(desk.feed(published(11))) == [11]


def test_a_cursor_of_a_stream_one_may_not_see_is_ignored(desk: Desk) -> None:
    desk.hear(wire.Hello("token", wire.VERSION, "tab", {"room:secret": 0}, "epoch"))
    effects = desk.feed(at.Authenticated("u", "Ada", 900.0, HEADS, "epoch"))
    assert at.Subscribe("room:secret") not in effects


def test_who_missed_too_much_gets_a_hole_the_changes_in_it_and_the_newest(desk: Desk) -> None:
    desk.hear(wire.Hello("token", wire.VERSION, "tab", {R: 10}, "epoch"))
    head = 10 + MAX_MISSED + 1
    effects = desk.feed(at.Authenticated("u", "Ada", 900.0, {R: head}, "epoch"))
    end = head - NEWEST
    assert said(effects)[-1] == wire.Hole(R, 11, end)
    assert effects[-1] == at.Skim(R, 10, end, 10)
    assert desk.feed(published(head + 1)) == []
    assert desk.feed(page(11, up_to=head)) == []
    effects = desk.feed(at.Changes(R, (published(20, kind="edited"),), more=True))
    assert seqs(effects) == [20]
    assert effects[-1] == at.Skim(R, 20, end, 10)
    effects = desk.feed(at.Changes(R, (published(30, kind="deleted"),), more=False))
    assert seqs(effects) == [30]
    assert said(effects)[-1] == wire.Span(R, 11, end)
    assert effects[-1] == at.Replay(R, end)
    assert seqs(desk.feed(page(end + 1, up_to=end + 1))) == [end + 1]


def test_who_missed_just_little_enough_gets_everything(desk: Desk) -> None:
    desk.hear(wire.Hello("token", wire.VERSION, "tab", {R: 10}, "epoch"))
    effects = desk.feed(at.Authenticated("u", "Ada", 900.0, {R: 10 + MAX_MISSED}, "epoch"))
    assert effects[-1] == at.Replay(R, 10)


def test_what_concerns_the_account_is_always_replayed_whole(desk: Desk) -> None:
    desk.hear(wire.Hello("token", wire.VERSION, "tab", {ACCOUNT: 1}, "epoch"))
    effects = desk.feed(at.Authenticated("u", "Ada", 900.0, {ACCOUNT: 9_000}, "epoch"))
    assert effects[-1] == at.Replay(ACCOUNT, 1)


def test_changes_nobody_waits_for_are_dropped(live: Desk) -> None:
    assert live.feed(at.Changes(R, (), more=False)) == []
    assert live.feed(at.Changes("room:x", (), more=False)) == []


def test_a_gap_can_be_asked_for(live: Desk) -> None:
    assert live.hear(wire.Sync(R, 3, 5)) == [at.Fetch(R, 3, 5)]
    effects = live.feed(at.Range(R, 3, 5, (published(3), published(5))))
    assert seqs(effects) == [3, 5]
    assert said(effects)[-1] == wire.Span(R, 3, 5)


@pytest.mark.parametrize(("from_", "to"), [(0, 3), (5, 4), (1, MAX_SYNC + 1)])
def test_a_gap_has_bounds(live: Desk, from_: int, to: int) -> None:
    [error] = said(live.hear(wire.Sync(R, from_, to)))
    assert isinstance(error, wire.Error)
    assert error.code == ErrorCode.BAD_FRAME


def test_a_stream_one_may_not_see_does_not_exist(live: Desk) -> None:
    [error] = said(live.hear(wire.Sync("room:secret", 1, 2)))
    assert isinstance(error, wire.Error)
    assert error.code == ErrorCode.NO_SUCH_STREAM
    assert live.feed(at.Range("room:secret", 1, 2, (published(1, "room:secret"),))) == []


def test_a_room_joined_meanwhile_is_followed_from_the_joining(live: Desk) -> None:
    effects = live.feed(published(3, ACCOUNT, "joined", room={"id": "x", "name": "X"}, head=4))
    assert effects[1:] == [at.Subscribe("room:x"), at.Replay("room:x", 4)]
    assert seqs(live.feed(page(stream="room:x", up_to=4))) == []
    assert seqs(live.feed(published(5, "room:x"))) == [5]


def test_a_room_joined_twice_goes_on_as_it_was(live: Desk) -> None:
    effects = live.feed(published(3, ACCOUNT, "joined", room={"id": "r", "name": "R"}, head=4))
    assert seqs(effects) == [3]
    assert len(effects) == 1


def test_a_room_left_is_followed_no_more(live: Desk) -> None:
    assert at.Unsubscribe(R) in live.feed(published(3, ACCOUNT, "left", room="r"))
    assert live.feed(published(11)) == []
    assert live.feed(published(4, ACCOUNT, "left", room="r"))[1:] == []
    assert live.feed(published(5, ACCOUNT, "renamed"))[1:] == []


def test_a_joining_that_the_heads_have_counted_changes_nothing(desk: Desk) -> None:
    desk.greet(account=1)
    happened = published(2, ACCOUNT, "joined", room={"id": "x", "name": "X"}, head=4)
    effects = desk.feed(at.Page(ACCOUNT, (happened,), more=False, published=2))
    assert seqs(effects) == [2]
    assert len(effects) == 1


# What may not be seen (rule 11).


class Partial(Desk):
    """Somebody who may see of the room what happened from 4 to 6 and what happens from 9 on."""

    def greet(self, *, epoch: str | None = "epoch", **cursors: int) -> list[SessionEffect]:
        named = {R if name == "r" else name: seq for name, seq in cursors.items()}
        self.hear(wire.Hello("token", wire.VERSION, "tab", named, epoch))
        sights = {R: ((4, 6), (9, wire.MAX_INTEGER))}
        return self.feed(at.Authenticated("u", "Ada", 900.0, HEADS, "epoch", sights))


def shown(effects: list[SessionEffect]) -> list[object]:
    return [
        (frame.from_, frame.to) if isinstance(frame, wire.Span) else frame.seq
        for frame in said(effects)
        if isinstance(frame, wire.Event | wire.Span)
    ]


def changing(seq: int, target: int) -> at.Published:
    return at.Published(published(seq, kind="edited").event, published(seq, kind="edited").text, target)


def test_a_replay_withholds_what_may_not_be_seen() -> None:
    desk = Partial()
    desk.greet(r=1)
    events = (*(published(seq) for seq in range(2, 10)), changing(10, 3))
    assert shown(desk.feed(at.Page(R, events, more=False, published=0))) == [(2, 3), 4, 5, 6, (7, 8), 9, (10, 10)]


def test_a_range_that_is_asked_for_withholds_it_too() -> None:
    desk = Partial()
    desk.greet()
    events = tuple(published(seq) for seq in range(3, 8))
    assert shown(desk.feed(at.Range(R, 3, 7, events))) == [4, 5, 6, (3, 7)]


def test_a_change_to_what_may_not_be_seen_is_withheld() -> None:
    desk = Partial()
    desk.greet()
    assert shown(desk.feed(changing(11, 8))) == [(11, 11)]
    assert shown(desk.feed(changing(12, 9))) == [12]


def test_a_hole_tells_no_change_that_may_not_be_seen() -> None:
    desk = Desk()
    desk.hear(wire.Hello("token", wire.VERSION, "tab", {R: 5}, "epoch"))
    heads = {ACCOUNT: 2, R: 5 + MAX_MISSED + 1}
    desk.feed(at.Authenticated("u", "Ada", 900.0, heads, "epoch", {R: ((4, wire.MAX_INTEGER),)}))
    changes = (changing(6, 3), changing(7, 4))
    assert shown(desk.feed(at.Changes(R, changes, more=False)))[:1] == [7]


def test_who_is_invited_sees_what_the_joining_says(live: Desk) -> None:
    body = {"room": {"id": "s"}, "head": 20, "sight": [[3, 8], [21, wire.MAX_INTEGER]]}
    joined = published(3, ACCOUNT, "joined", **body)
    assert live.feed(joined)[1:] == [at.Subscribe("room:s"), at.Replay("room:s", 20)]
    assert shown(live.feed(page(21, stream="room:s"))) == [21]
    edited = event(22, "room:s", "edited")
    assert shown(live.feed(at.Published(edited, wire.encode(edited), 20))) == [(22, 22)]


# State.


def state(kind: str, **body: object) -> wire.State:
    return wire.State(kind, body)


def test_state_is_passed_on_and_what_is_held_back_has_its_time(live: Desk) -> None:
    assert live.hear(state("read", room="r", seq=7)) == [at.Read("r", 7)]
    assert live.hear(state("read", room="r", seq=8)) == []
    assert live.session.deadline == live.now + EVERY
    assert live.feed(at.Due(), EVERY) == [at.Read("r", 8)]
    assert live.session.deadline == 950.0


def test_state_that_makes_no_sense_is_told(live: Desk) -> None:
    [error] = said(live.hear(state("read", room="r", seq="7")))
    assert isinstance(error, wire.Error)
    assert error.code == ErrorCode.BAD_FRAME


def test_state_of_others_is_shown_once_somebody_is_known(desk: Desk) -> None:
    told = at.Told(("presence", "v"), "text")
    assert desk.feed(told) == []
    desk.greet()
    assert desk.feed(told) == [at.Show(("presence", "v"), "text")]


def test_nobody_is_told_of_their_own_typing(live: Desk) -> None:
    assert live.feed(at.Told(("typing", "r", "u"), "text", by="u")) == []
    assert live.feed(at.Told(("typing", "r", "v"), "text", by="v")) == [at.Show(("typing", "r", "v"), "text")]

"""The codec is strict about what it knows and silent about what it does not know."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebond import wire
from rebond.codes import ErrorCode

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(0, wire.MAX_INTEGER)
heads = st.dictionaries(texts, numbers, max_size=4)
bodies = st.dictionaries(
    texts.filter(lambda key: key not in {"t", "stream", "seq", "kind", "at"}),
    st.none() | st.booleans() | numbers | texts | st.dictionaries(texts, texts, max_size=2),
    max_size=4,
)
client_frames = st.one_of(
    st.builds(wire.Hello, texts, numbers, texts, heads, st.none() | texts),
    st.builds(wire.Auth, texts),
    st.builds(wire.Send, texts, texts, texts, st.none() | texts, st.none() | texts),
    st.builds(wire.Edit, texts, texts, texts, texts, st.none() | texts),
    st.builds(wire.Delete, texts, texts, texts, st.none() | texts),
    st.builds(wire.React, texts, texts, texts, texts, st.booleans(), st.none() | texts),
    st.builds(wire.Sync, texts, numbers, numbers),
    st.builds(wire.State, texts, bodies),
    st.just(wire.Ping()),
)
server_frames = st.one_of(
    st.builds(wire.Welcome, texts, heads, numbers, numbers, bodies, texts),
    st.builds(wire.Ack, texts, texts, numbers, numbers),
    st.builds(wire.Event, texts, numbers, texts, numbers, bodies),
    st.builds(wire.Span, texts, numbers, numbers),
    st.builds(wire.Error, texts, texts, st.none() | texts, st.none() | numbers),
    st.builds(wire.State, texts, bodies),
    st.builds(wire.Pong, heads, numbers),
    st.builds(wire.Bye, numbers),
)


@given(st.lists(client_frames, min_size=1, max_size=5))
def test_what_a_client_writes_the_server_reads(sent: list[wire.ClientFrame]) -> None:
    assert wire.decode_client(wire.join([wire.encode(frame) for frame in sent])) == sent


@given(st.lists(server_frames, min_size=1, max_size=5))
def test_what_a_server_writes_the_client_reads(sent: list[wire.ServerFrame]) -> None:
    assert wire.decode_server(wire.join([wire.encode(frame) for frame in sent])) == sent


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    for frame in wire.decode_client(text):
        assert isinstance(frame, (*get_args(wire.ClientFrame), wire.Fault))


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists) | bodies)
def test_no_value_at_all_breaks_the_reader(value: object) -> None:
    wire.decode_client(json.dumps(value))
    wire.decode_server(json.dumps({"t": "event", "stream": value, "seq": value}))


def test_one_frame_is_an_object_and_several_are_an_array() -> None:
    assert wire.join(["{}"]) == "{}"
    assert wire.join(["{}", "{}"]) == "[{},{}]"


def test_the_names_on_the_wire_are_those_of_the_protocol() -> None:
    assert json.loads(wire.encode(wire.Sync("room:r", 3, 5))) == {"t": "sync", "stream": "room:r", "from": 3, "to": 5}


def test_a_field_that_is_none_is_left_out() -> None:
    assert "after" not in json.loads(wire.encode(wire.Send("id", "r", "text")))


def test_the_body_of_an_event_lies_flat_and_never_hides_its_envelope() -> None:
    written = wire.encode(wire.Event("room:r", 1, "message", 2, {"text": "hi", "seq": 99}))
    assert json.loads(written) == {"t": "event", "stream": "room:r", "seq": 1, "kind": "message", "at": 2, "text": "hi"}


@pytest.mark.parametrize("text", ["", "{", "nan", "[NaN]", '{"t":Infinity}', "[" * 60_000, "1" * 5_000])
def test_what_is_not_json_is_one_fault(text: str) -> None:
    assert [fault.code for fault in faults(text)] == [ErrorCode.BAD_JSON]


@pytest.mark.parametrize("text", ["3", "null", '"ping"', '[["t"]]'])
def test_what_is_no_object_is_a_fault(text: str) -> None:
    assert [fault.code for fault in faults(text)] == [ErrorCode.BAD_FRAME]


@pytest.mark.parametrize("text", ["{}", '{"t":"shout"}', '{"t":["ping"]}', '{"t":"welcome"}'])
def test_an_unknown_kind_is_a_fault(text: str) -> None:
    assert [fault.code for fault in faults(text)] == [ErrorCode.UNKNOWN_KIND]


@pytest.mark.parametrize(
    "field",
    ['"text":3', '"text":null', '"text":"x","after":7', '"text":"x","room":{}', '"text":["x"]'],
)
def test_a_field_of_the_wrong_type_is_a_fault_that_names_the_message(field: str) -> None:
    [fault] = faults(f'{{"t":"send","id":"abc","room":"r",{field}}}')
    assert (fault.code, fault.id) == (ErrorCode.BAD_FRAME, "abc")


@pytest.mark.parametrize("number", ["true", "-1", "1.5", "9007199254740992", '"1"'])
def test_a_number_is_whole_and_fits_javascript(number: str) -> None:
    assert [fault.code for fault in faults(f'{{"t":"sync","stream":"s","from":1,"to":{number}}}')] == [
        ErrorCode.BAD_FRAME
    ]


@pytest.mark.parametrize("cursors", ["[]", '{"s":"1"}', '{"s":-1}'])
def test_cursors_are_whole_numbers_by_stream(cursors: str) -> None:
    [fault] = faults(f'{{"t":"hello","token":"t","v":1,"tab":"t","cursors":{cursors}}}')
    assert fault.code == ErrorCode.BAD_FRAME


@pytest.mark.parametrize(
    "frame", [r'{"t":"send","id":"abc","room":"r","text":"\ud800"}', r'{"t":"auth","token":"\udfff"}']
)
def test_a_lone_surrogate_is_refused_before_it_can_reach_the_database(frame: str) -> None:
    assert [fault.code for fault in faults(frame)] == [ErrorCode.BAD_TEXT]


def test_an_ill_formed_id_is_not_sent_back() -> None:
    [fault] = faults(r'{"t":"send","id":"\ud800","room":"r","text":"x"}')
    assert fault.id is None


def test_a_fault_among_frames_leaves_the_others_alone() -> None:
    read = wire.decode_client('[{"t":"ping"},7,{"t":"ping"}]')
    assert [type(frame) for frame in read] == [wire.Ping, wire.Fault, wire.Ping]


def test_a_field_never_heard_of_is_left_out() -> None:
    assert wire.decode_client('{"t":"ping","mood":"good"}') == [wire.Ping()]


def faults(text: str) -> list[wire.Fault]:
    read = wire.decode_client(text)
    assert all(isinstance(frame, wire.Fault) for frame in read)
    return [frame for frame in read if isinstance(frame, wire.Fault)]

"""The drawings, as shapes: what is to be seen at which moment, and that what is kept never changes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lesson.arrivals import AWAY, SHOWN, Herd
from lesson.chronicle import SERVER
from lesson.court import FEW, Court
from lesson.crests import Crests
from lesson.fate import Fate
from lesson.freight import Freight, kind_of
from lesson.graph import BARS, CHAIN, Graph, move_between
from lesson.numbers import measured
from lesson.predictions import play
from lesson.scene import Scene
from lesson.scenes import SCENES
from lesson.shapes import Item, Shape, Word
from lesson.shelf import Shelf
from lesson.stages import SEED
from lesson.strip import Strip
from rebond.states import TRANSITIONS, Move, State

PATH = re.compile(r"(?:[MLQAhvlaz]|-?\d+(?:\.\d+)?|\s)+")
NAMES = {SERVER: "Server"}
LOCALES = Path(__file__).parents[2] / "web" / "locales" / "lesson"
WIDTH = 0.55
"""The width of a letter, as a part of its size, in the wider of the faces that the page may get."""


def painted(items: list[Item], paint: str) -> list[Shape]:
    return [item for item in items if isinstance(item, Shape) and item.paint == paint]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("stage", SCENES)
def test_the_name_of_a_row_has_room_on_a_telephone(stage: str, language: str) -> None:
    scene = SCENES[stage](3, 1)
    known = json.loads((LOCALES / f"{language}.json").read_text("utf-8"))
    names = {name: known[f"figure.lane.{name}"] for name in (SERVER, *(lane.name for lane in scene.lanes))}
    words = [item for item in Strip(scene, 296.0, names).frame(0.0) if isinstance(item, Word) and item.align == "right"]
    assert {word.text for word in words} == set(names.values())
    assert all(WIDTH * word.size * len(word.text) <= word.x for word in words), "it ends where its place is"


def flights(scene: Scene, width: float = 600.0) -> tuple[Court, list[Item]]:
    court = Court(scene, width, NAMES)
    return court, court.draw(0.0)


@pytest.mark.parametrize("width", [296.0, 720.0])
@pytest.mark.parametrize("clients", [1, 50])
@pytest.mark.parametrize("stage", SCENES)
def test_every_moment_can_be_drawn_within_its_bounds(stage: str, clients: int, width: float) -> None:
    scene = SCENES[stage](3, clients)
    court, strip = Court(scene, width, NAMES), Strip(scene, width, NAMES)
    acts = [act for act in scene.ACTS for _ in (0, 1)]
    for number in range(40):
        scene.advance(0.37)
        if number % 3 == 0 and acts:
            act = acts.pop(0)
            if act in {each.name for each in scene.acts() if each.enabled}:
                scene.act(act)
        for item in [*court.draw(number * 0.1), *strip.draw(court.height), *strip.frame(court.height)]:
            if isinstance(item, Shape):
                assert PATH.fullmatch(item.d), item.d[:80]
                assert "nan" not in item.d
            else:
                assert 0 <= item.x <= width
                assert 0 <= item.y <= court.height + strip.height
    assert court.height + strip.height < 620


def test_a_ball_flies_from_the_server_to_the_page() -> None:
    scene = SCENES["silence"](1)
    scene.advance(1.03)
    court, early = flights(scene)
    scene.advance(0.06)
    late = court.draw(0.1)
    xs = [float(shape.d[1:].split()[0]) for items in (early, late) for shape in [painted(items, "ball")[-1]]]
    assert court.left < xs[1] < xs[0] < court.right


def test_what_is_stalled_gets_no_further_than_the_net() -> None:
    scene = SCENES["silence"](1)
    scene.advance(0.5)
    scene.act("stall")
    scene.advance(30.0)
    court, items = flights(scene)
    net = (court.left + court.right) / 2
    starts = [float(x) for x in re.findall(r"M([\d.]+) ", painted(items, "ball")[-1].d)]
    assert len(starts) == 30
    assert all(abs(x - net) < 8 for x in starts)


def test_what_is_lost_on_its_way_is_shown_for_a_moment() -> None:
    scene = SCENES["silence"](1)
    scene.advance(1.05)
    court = Court(scene, 600.0, NAMES)
    court.draw(10.0)
    before = len(painted(court.draw(10.1), "bad"))
    scene.lanes[0].reset()
    assert len(painted(court.draw(10.2), "bad")) == before + 1 + 1  # the ball, and the dot of a page that is down
    assert len(painted(court.draw(11.2), "bad")) == before + 1


def test_what_has_arrived_is_not_lost() -> None:
    scene = SCENES["silence"](1)
    court = Court(scene, 600.0, NAMES)
    for number in range(100):
        scene.advance(0.05)
        assert not [shape for shape in painted(court.draw(number * 0.05), "bad") if shape.alpha < 1]


def test_many_sockets_are_many_wires() -> None:
    scene = SCENES["article"](1)
    scene.advance(2.0)
    scene.act("kill")
    scene.advance(3.5)
    scene.act("start")
    scene.advance(2.0)
    _, items = flights(scene)
    wires = [shape for shape in painted(items, "ink-2") if "Q" in shape.d]
    assert wires[0].d.count("Q") == 16


def test_past_chunks_are_drawn_once_and_never_change() -> None:
    scene = SCENES["everything"](1)
    strip = Strip(scene, 700.0, NAMES)
    kept: dict[str, str] = {}
    for number in range(200):
        scene.advance(0.2)
        if number == 30:
            scene.act("kill")
        if number == 60:
            scene.act("start")
        for item in strip.draw(100.0):
            if isinstance(item, Shape) and item.key:
                assert kept.setdefault(item.key, item.d) == item.d
    assert len(kept) > 20


def fates(scene: Scene, lane: int) -> list[Fate]:
    return [piece.fate for piece in scene.shelf(scene.lanes[lane])]


def test_the_timeline_fills_from_the_left_and_then_moves_on() -> None:
    scene = SCENES["silence"](1)
    strip = Strip(scene, 700.0, NAMES)
    nows = []
    for _ in range(3):
        scene.advance(strip.seconds / 2)
        now = [item for item in strip.frame(0.0) if isinstance(item, Shape)][-1]
        nows.append(float(now.d[1:].split()[0]))
    assert nows == pytest.approx([(strip.left + strip.right) / 2, strip.right, strip.right], abs=0.1)


def test_the_shelf_shows_each_message_and_what_has_become_of_it() -> None:
    scene = play("cursors", SEED).scene
    assert fates(scene, 0).count(Fate.LOST) == measured()["stamps_lost"] > 0
    assert fates(scene, 0).count(Fate.DOUBLED) > 0
    assert {*fates(scene, 1)} <= {Fate.THERE, Fate.COMING}
    assert Shelf(scene, 60.0, {}, "").height > 0, "as in a window that is being closed"
    for width in (296.0, 720.0):
        shelf = Shelf(scene, width, {lane.name: lane.name for lane in scene.lanes}, "What each has shown")
        items = shelf.draw(100.0)
        for paint in ("live", "warn", "bad"):
            assert painted(items, paint), paint
        for item in items:
            if isinstance(item, Shape):
                assert PATH.fullmatch(item.d), item.d[:80]
                xs = [float(x) for x in re.findall(r"M([\d.]+) ", item.d)]
                assert all(0 <= x <= width - 14 for x in xs)
            else:
                assert 0 <= item.x <= width
                assert 100 <= item.y <= 100 + shelf.height


def test_what_is_sent_is_lost_or_doubled_or_there() -> None:
    scene = play("outbox", SEED).scene
    assert [fates(scene, lane) for lane in range(3)] == [[Fate.THERE], [Fate.DOUBLED], [Fate.THERE]]
    scene = SCENES["outbox"](SEED)
    scene.advance(3.0)
    scene.act("kill_before")
    assert [fates(scene, lane) for lane in range(3)] == [[Fate.COMING]] * 3
    scene.advance(2.0)
    assert [fates(scene, lane) for lane in range(3)] == [[Fate.LOST], [Fate.COMING], [Fate.COMING]]


def test_of_a_crowd_and_of_stages_without_messages_nothing_stands_on_the_shelf() -> None:
    for scene in (SCENES["everything"](1, 50), SCENES["silence"](1)):
        shelf = Shelf(scene, 700.0, NAMES, "")
        assert (shelf.height, shelf.draw(0.0)) == (0.0, [])


def test_a_crowd_has_no_names_but_the_server_s() -> None:
    scene = SCENES["single"](1, 50)
    scene.advance(1.0)
    words = [item.text for item in Strip(scene, 700.0, NAMES).frame(0.0) if isinstance(item, Word)]
    assert words[0] == "Server"
    assert len(scene.lanes) > FEW


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("handshake", Freight.HANDSHAKE),
        ("accepted", Freight.HANDSHAKE),
        ("refused", Freight.REFUSAL),
        ("close 1001", Freight.REFUSAL),
        ("GET /api/alive", Freight.PROBE),
        ("200", Freight.PROBE),
        ("503", Freight.REFUSAL),
        ("ok", Freight.ACK),
        ("17", Freight.MESSAGE),
        ('{"t":"ping"}', Freight.BEAT),
        ('{"t":"ack","id":"a"}', Freight.ACK),
        ('{"t":"welcome"}', Freight.HANDSHAKE),
        ('{"t":"event","stream":"room:general"}', Freight.MESSAGE),
        ('[{"t":"pong"},{"t":"event","stream":"room:general"}]', Freight.MESSAGE),
        ('[{"t":"welcome"},{"t":"span"}]', Freight.HANDSHAKE),
    ],
)
def test_what_is_on_its_way_is_told_by_its_label(label: str, kind: Freight) -> None:
    assert kind_of(label) is kind


@pytest.mark.parametrize("width", [296.0, 700.0])
def test_the_graph_is_the_table(width: float) -> None:
    graph = Graph(width, {state: state.value for state in State})
    assert {*CHAIN, *BARS} == TRANSITIONS.keys()
    items = graph.draw(State.WAITING, (State.LIVE, State.WAITING), 1.0)
    arrows = sum(item.d.count("Q") for item in items if isinstance(item, Shape) and item.width)
    assert arrows == sum(len(moves) for moves in TRANSITIONS.values()) + 1
    [lit] = [item for item in items if isinstance(item, Word) and item.bold]
    assert lit.text == "waiting"
    points = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", "".join(item.d for item in items if isinstance(item, Shape)))
    assert all(0 <= float(x) <= width and 0 <= float(y) <= graph.height for x, y in points)


@pytest.mark.parametrize("width", [296.0, 700.0])
def test_no_two_moves_are_one_line(width: float) -> None:
    graph = Graph(width, {state: state.value for state in State})
    moves = [(before, after) for before, to in TRANSITIONS.items() for after in to.values()]
    drawn = [graph.draw(State.IDLE, move, 1.0)[2] for move in moves]
    ways = {item.d.partition("Q")[0] for item in drawn if isinstance(item, Shape)}
    assert len(ways) == len(moves)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("stage", ["cursors", "outbox", "everything"])
def test_what_stands_on_the_shelf_is_said_within_a_telephone(stage: str, language: str) -> None:
    title = json.loads((LOCALES / f"{language}.json").read_text("utf-8"))[f"figure.shelf.{stage}"]
    scene = SCENES[stage](SEED)
    [word, *_] = Shelf(scene, 288.0, {lane.name: "" for lane in scene.lanes}, title).draw(0.0)
    assert isinstance(word, Word)
    assert word.x + WIDTH * word.size * len(title) < 288


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [296.0, 700.0])
def test_the_name_of_a_state_fits_its_box(width: float, language: str) -> None:
    known = json.loads((LOCALES / f"{language}.json").read_text("utf-8"))
    items = Graph(width, {state: known[f"figure.value.{state}"] for state in State}).draw(State.IDLE, None, 0.0)
    words = [item for item in items if isinstance(item, Word)]
    assert all(WIDTH * word.size * len(word.text) < (78 if width > 500 else 74) for word in words)


def test_the_move_between_two_states() -> None:
    assert move_between(State.LIVE, State.WAITING) is Move.LOST
    assert move_between(State.IDLE, State.LIVE) is None


def test_the_herd_is_drawn_up_to_its_moment() -> None:
    herd = Herd(1_000, 1).finish()
    crests = Crests(herd, 360.0, dict.fromkeys(herd.arrivals, "name"), {"fixed": "1,000", "jitter": "14"})
    before, after = crests.draw(AWAY - 5), crests.draw(SHOWN)
    assert not [item for item in before if isinstance(item, Word) and item.text == "1,000"]
    [word] = [item for item in after if isinstance(item, Word) and item.text in ("1,000", "14")]
    assert word.text == "1,000"
    assert len("".join(shape.d for shape in painted(before, "ink-2"))) > len(
        "".join(shape.d for shape in painted(after, "ink-2"))
    )

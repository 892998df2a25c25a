"""The scenes: each naive client fails as the text says, and the link that ships holds."""

from __future__ import annotations

import pytest

from lesson.chronicle import Look, Sign
from lesson.naive import seen
from lesson.predictions import number, play, value
from lesson.scene import MOST, Scene
from lesson.scenes import SCENES

SEEDS = range(6)


def scene_of(stage: str, seed: int = 1, clients: int = 1) -> Scene:
    return SCENES[stage](seed, clients)


def counted(scene: Scene) -> dict[str, tuple[object, ...]]:
    return {counter.name: counter.values for counter in scene.counters()}


@pytest.mark.parametrize("stage", SCENES)
def test_a_scene_repeats_from_its_seed(stage: str) -> None:
    runs = []
    for _ in range(2):
        scene = play(stage, 3).scene
        runs.append(([(line.at, line.who, line.what, line.times) for line in scene.chronicle.story], counted(scene)))
    assert runs[0] == runs[1]


def test_a_silent_line_leaves_the_socket_open() -> None:
    scene = scene_of("silence")
    scene.advance(5.5)
    scene.act("stall")
    scene.advance(60.0)
    assert value(scene, "ready") == "open"
    assert scene.lanes[0].look is Look.FALSE
    assert number(scene, "silent") > 60.0
    assert number(scene, "heard") == 5


def test_a_killed_server_closes_the_socket_and_nothing_comes_back() -> None:
    scene = scene_of("silence")
    scene.advance(3.0)
    scene.act("kill")
    scene.advance(1.0)
    scene.act("start")
    scene.advance(60.0)
    assert value(scene, "ready") == "closed"
    assert scene.lanes[0].look is Look.LOST


def test_the_article_has_twice_as_many_intervals_after_each_failed_tick() -> None:
    scene = scene_of("article")
    scene.advance(2.0)
    scene.act("kill")
    scene.advance(0.5)
    found = []
    for _ in range(8):
        found.append(number(scene, "intervals"))
        scene.advance(1.05)
    assert found == [1, 2, 4, 8, 16, 32, 64, 128]


def test_the_article_opens_as_many_sockets_each_second_for_ever() -> None:
    scene = scene_of("article")
    scene.advance(2.0)
    scene.act("kill")
    scene.advance(3.5)
    assert number(scene, "intervals") == 8
    scene.act("start")
    scene.advance(0.9)
    found = []
    for _ in range(5):
        found.append(number(scene, "sockets"))
        scene.advance(1.0)
    assert found == [8, 16, 24, 32, 40]
    assert number(scene, "intervals") == 8
    assert number(scene, "doubled") > 50


def test_the_article_works_when_the_server_is_back_before_the_first_tick() -> None:
    scene = scene_of("article")
    scene.advance(2.0)
    scene.act("kill")
    scene.advance(0.5)
    scene.act("start")
    scene.advance(1.0)
    assert number(scene, "sockets") == 1
    scene.advance(1.0)
    assert number(scene, "sockets") == 2


def test_a_scene_that_grows_without_end_is_stopped() -> None:
    scene = scene_of("article")
    scene.act("kill")
    scene.advance(30.0)
    assert scene.full
    assert MOST <= number(scene, "intervals") <= 2 * MOST
    before = scene.clock.now
    scene.advance(5.0)
    assert scene.clock.now == before


def test_a_single_interval_stays_single() -> None:
    scene = scene_of("single")
    for _ in range(5):
        scene.advance(2.0)
        assert (number(scene, "intervals"), number(scene, "sockets")) == (0, 1)
        scene.act("kill")
        scene.advance(4.0)
        assert (number(scene, "intervals"), number(scene, "sockets")) == (1, 0)
        scene.act("start")
    scene.advance(2.0)
    assert number(scene, "doubled") == 0


def test_fifty_single_clients_come_in_the_same_instant() -> None:
    scene = scene_of("single", clients=50)
    scene.advance(2.0)
    scene.act("kill")
    scene.advance(3.0)
    attempts = [[m.at for m in scene.chronicle.rows[lane.name].marks if m.sign is Sign.ATTEMPT] for lane in scene.lanes]
    assert len(attempts) == 50
    assert all(each == attempts[0] for each in attempts)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_knocks_first_is_not_slowed_down(seed: int) -> None:
    scene = play("probe", seed).scene
    assert number(scene, "back", 1) <= 0.5
    polling = value(scene, "back", 0)
    assert polling is None or float(str(polling)) >= number(scene, "back", 1)
    assert number(scene, "attempts", 1) == 2
    assert number(scene, "attempts", 0) > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_only_who_asks_notices_a_silent_death(seed: int) -> None:
    scene = play("halfopen", seed).scene
    assert scene.lanes[0].look is Look.FALSE
    assert number(scene, "deceived", 0) == pytest.approx(30.0)
    assert scene.lanes[1].look is Look.LIVE
    assert 14.0 < number(scene, "deceived", 1) < 15.1


def test_cursors_lose_and_double_nothing_where_time_stamps_do() -> None:
    lost = doubled = 0.0
    for seed in SEEDS:
        scene = play("cursors", seed).scene
        assert (number(scene, "lost", 1), number(scene, "doubled", 1)) == (0, 0)
        lost, doubled = lost + number(scene, "lost", 0), doubled + number(scene, "doubled", 0)
    assert lost > 0
    assert doubled > 0


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("say", {"forget": (0, 0), "resend": (0, 0)}),
        ("kill_before", {"forget": (1, 0), "resend": (0, 0)}),
        ("kill_after", {"forget": (0, 0), "resend": (0, 1)}),
        ("lose_ack", {"forget": (0, 0), "resend": (0, 1)}),
    ],
)
def test_messages_lost_and_doubled(act: str, expected: dict[str, tuple[int, int]]) -> None:
    scene = scene_of("outbox")
    scene.advance(4.0)
    scene.act(act)
    scene.advance(3.0)
    if not scene.up:
        scene.act("start")
    scene.advance(10.0)
    found = {lane.name: (number(scene, "lost", i), number(scene, "doubled", i)) for i, lane in enumerate(scene.lanes)}
    assert found == {**expected, "link": (0, 0)}
    assert number(scene, "stored", 2) == 1


def test_a_token_that_expires_while_the_line_is_down() -> None:
    scene = play("tokens", 1).scene
    kept, hasty, link = scene.lanes
    assert (kept.look, hasty.look, link.look) == (Look.TRYING, Look.OUT, Look.LIVE)
    assert kept.attempts > 10
    scene.act("sign_in")
    scene.advance(3.0)
    assert hasty.look is Look.LIVE


def test_a_session_that_was_ended_signs_the_link_out_until_the_user_signs_in() -> None:
    scene = scene_of("tokens")
    looks = []
    for act in ("expire", "end", "sign_in"):
        scene.advance(5.0)
        looks.append(scene.lanes[2].look)
        scene.act(act)
    scene.advance(5.0)
    assert [*looks, scene.lanes[2].look] == [Look.LIVE, Look.LIVE, Look.OUT, Look.LIVE]


@pytest.mark.parametrize("clients", [1, 50])
def test_the_link_hears_everything_whatever_happens(clients: int) -> None:
    scene = scene_of("everything", clients=clients)
    scene.advance(3.0)
    for act in (
        "kill",
        "start",
        "restart",
        "cut",
        "mend",
        "stall",
        "flow",
        "sleep",
        "wake",
        "expire",
        "end",
        "sign_in",
    ):
        scene.act(act)
        scene.advance(3.0)
    scene.act("lose")
    scene.advance(20.0)
    said = scene.said
    scene.advance(30.0)
    for index, lane in enumerate(scene.lanes):
        assert lane.look is Look.LIVE
        assert list(seen(lane))[:said] == [str(text) for text in range(1, said + 1)]
        assert number(scene, "doubled", index) == 0
        assert number(scene, "intervals", index) == 0


def test_acts_come_in_pairs() -> None:
    scene = scene_of("everything")
    scene.advance(2.0)
    enabled = {act.name for act in scene.acts() if act.enabled}
    assert {"kill", "restart", "cut", "stall", "lose", "sleep", "expire", "end"} == enabled
    for act in ("kill", "cut", "stall", "sleep"):
        scene.act(act)
    enabled = {act.name for act in scene.acts() if act.enabled}
    assert {"start", "mend", "flow", "wake", "expire", "end"} == enabled
    with pytest.raises(LookupError, match="no act say"):
        scene.act("say")


def test_one_step_goes_to_the_next_thing_there_is_to_see() -> None:
    scene = scene_of("silence")
    told = scene.chronicle.told
    scene.step()
    scene.step()
    assert scene.chronicle.told > told or any(True for _ in scene.lanes[0].shots())
    assert scene.clock.now < 1.0


def test_the_story_counts_what_happens_together() -> None:
    scene = scene_of("article")
    scene.advance(2.0)
    scene.act("kill")
    scene.advance(5.6)
    attempts = [line.times for line in scene.chronicle.story if line.what is Sign.ATTEMPT]
    assert attempts == [1, 1, 2, 4, 8, 16]

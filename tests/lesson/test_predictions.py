"""What is asked before the reveal: the answers are those of runs, and the text can rely on them."""

from __future__ import annotations

import pytest

from lesson.arrivals import AWAY, SPREAD, Herd
from lesson.numbers import format_number, format_time, measured, written
from lesson.predictions import PREDICTIONS, Playing, number, play
from lesson.scenes import SCENES
from lesson.stages import EXERCISES, NUMBERS, SEED, STAGES
from lesson.torture import FAULTS, Torture
from rebond.simulation.herd import BIN
from rebond.simulation.world import GENERAL


def test_every_stage_has_its_scene_and_its_question() -> None:
    assert [*SCENES, "herd"] == sorted([*SCENES, "herd"], key=[*STAGES[:4], *STAGES[5:], "herd"].index)
    assert SCENES.keys() == PREDICTIONS.keys() == set(STAGES) - {"herd"}
    assert set(EXERCISES.values()) <= set(STAGES)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("silence", 0),
        ("article", 2),
        ("single", 0),
        ("probe", 1),
        ("halfopen", 2),
        ("cursors", 3),
        ("outbox", 2),
        ("tokens", 2),
        ("everything", 2),
    ],
)
def test_answers(stage: str, answer: int) -> None:
    assert play(stage, SEED).answer() == answer
    assert 0 <= answer < PREDICTIONS[stage].choices


@pytest.mark.parametrize("stage", PREDICTIONS)
def test_a_script_played_frame_by_frame_comes_to_the_same(stage: str) -> None:
    playing = Playing(stage, SEED)
    while not playing.over:
        playing.advance(1 / 30)
    assert playing.answer() == play(stage, SEED).answer()


@pytest.mark.parametrize("stage", ["silence", "tokens"])
def test_a_script_can_be_gone_through_step_by_step(stage: str) -> None:
    playing, steps = Playing(stage, SEED), 0
    while not playing.over:
        before = playing.scene.clock.now
        playing.step()
        steps += 1
        assert playing.scene.clock.now > before
    assert playing.answer() == play(stage, SEED).answer()
    assert steps > len(playing.prediction.script)


def test_a_counter_that_is_not_there_is_said() -> None:
    playing = play("silence", 1)
    with pytest.raises(LookupError, match="does not count nonsense"):
        number(playing.scene, "nonsense")
    with pytest.raises(TypeError, match="open"):
        number(playing.scene, "ready")


@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_come_back(seed: int) -> None:
    herd = Herd(1_000, seed).finish()
    fixed, backoff, jitter, window = (herd.arrivals[name] for name in ("fixed", "backoff", "jitter", "window"))
    assert fixed.peak() == backoff.peak() == 1_000
    assert jitter.peak() < 3 * jitter.admitted
    assert window.peak() < 3 * window.admitted
    assert fixed.wait() == pytest.approx(10.0, abs=0.1)
    assert window.wait() < 1.5
    assert max(window.result.recoveries) < SPREAD + 0.5
    assert max(jitter.result.recoveries) > 2 * SPREAD
    assert herd.answer() == 2
    for each in herd.arrivals.values():
        assert sum(each.bins) == len(each.result.arrivals)
        assert len(each.result.recoveries) == 1_000
        assert all(count == 0 for count in each.bins[: round(0.03 / BIN)])


def test_a_herd_is_worked_out_little_by_little_to_the_same_end() -> None:
    herd, whole = Herd(200, 3), Herd(200, 3).finish()
    steps = 0
    while not herd.done:
        herd.advance(7)
        steps += 1
    assert steps > 100
    assert [each.bins for each in herd.arrivals.values()] == [each.bins for each in whole.arrivals.values()]


@pytest.mark.parametrize("seed", [*range(3), 6, 9])
def test_torture_finds_nothing(seed: int) -> None:
    findings = Torture(seed).finish()
    assert findings.complaint is None
    assert findings.faults == FAULTS
    assert findings.typed == findings.stored > 50
    assert (findings.lost, findings.doubled) == (0, 0)


def test_torture_would_find_a_lost_message() -> None:
    torture = Torture(1, faults=300)
    log = torture.world.server.database.now.logs[f"room:{GENERAL}"]
    while not torture.findings.done:
        torture.advance(50)
        if len(log) > 10:
            log.pop()
    assert torture.findings.complaint is not None


def test_the_numbers_of_the_text() -> None:
    found = measured()
    assert found.keys() == set(NUMBERS)
    assert len(NUMBERS) == len(set(NUMBERS))
    assert found["article_intervals"] == found["article_sockets"] == 2 ** found["article_ticks"] == 32
    assert found["article_heard"] > 32
    assert found["polling_back"] > 3 * found["probing_back"]
    assert found["herd_outage"] == AWAY
    assert found["herd_fixed_peak"] == found["herd_clients"] == 1_000
    assert found["herd_window_wait"] < 1.0 < found["herd_fixed_wait"]
    assert found["stamps_lost"] > 0
    assert found["stamps_doubled"] > 0
    assert found["resend_doubled"] == found["forget_lost"] == 1
    for name in ("cursors_lost", "cursors_doubled", "outbox_lost", "outbox_doubled", "torture_lost", "torture_doubled"):
        assert found[name] == 0
    assert written("en").keys() == found.keys()


@pytest.mark.parametrize(
    ("number", "english", "french"),
    [(1_000, "1,000", "1\u202f000"), (0.25, "0.2", "0,2"), (1234.56, "1,234.6", "1\u202f234,6"), (7, "7", "7")],
)
def test_numbers_are_written_as_the_language_does(number: float, english: str, french: str) -> None:
    assert (format_number(number, "en"), format_number(number, "fr")) == (english, french)


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (0.0, "0\u00a0ms", "0\u00a0ms"),
        (0.0374, "37\u00a0ms", "37\u00a0ms"),
        (0.9994, "999\u00a0ms", "999\u00a0ms"),
        (0.9996, "1.0\u00a0s", "1,0\u00a0s"),
        (5, "5.0\u00a0s", "5,0\u00a0s"),
    ],
)
def test_a_time_below_a_second_is_written_in_milliseconds(seconds: float, english: str, french: str) -> None:
    assert (format_time(seconds, "en"), format_time(seconds, "fr")) == (english, french)

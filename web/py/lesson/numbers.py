"""The numbers that the text quotes, each got by running its stage. Names: :data:`lesson.stages.NUMBERS`."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from functools import cache

from lesson.arrivals import AWAY, SPREAD, Arrivals, Herd
from lesson.chronicle import Look
from lesson.naive import seen
from lesson.predictions import number, play
from lesson.scenes import SCENES
from lesson.stages import NUMBERS, SEED
from lesson.torture import Torture
from rebond.liveness import DEFAULT_BEAT, PATIENCE

RUNS = 21
"""Runs of which the median is quoted, where it depends on the seed."""

CROWD = 1_000
"""Clients in the herd that is quoted."""


def format_number(value: float, language: str) -> str:
    """Write a number as the language does: whole ones with their thousands apart, others with one decimal."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.replace(",", "\u202f").replace(".", ",") if language == "fr" else text


def format_time(seconds: float, language: str) -> str:
    """Write a time as one reads it: below a second in milliseconds, else in seconds with a tenth."""
    if seconds < 0.9995:
        return f"{round(seconds * 1_000)}\u00a0ms"
    return f"{format_number(float(seconds), language)}\u00a0s"


@cache
def measured() -> Mapping[str, float]:
    """Return every number by its name, whole ones as int, durations in seconds as float."""
    found = {**_article(), **_probe(), **_herd(), **_halfopen(), **_cursors(), **_outbox(), **_tokens(), **_torture()}
    assert found.keys() == set(NUMBERS), sorted(found.keys() ^ set(NUMBERS))
    return found


def written(language: str) -> dict[str, str]:
    """Return every number by its name, as text."""
    return {name: format_number(value, language) for name, value in measured().items()}


def _article() -> dict[str, float]:
    playing = play("article", SEED)
    scene = playing.scene
    [lane] = scene.lanes
    found: dict[str, float] = {"article_ticks": 5, "article_intervals": lane.intervals}
    scene.act("start")
    scene.advance(2.0)
    before = lane.attempts
    scene.advance(1.0)
    found["article_sockets"] = lane.attempts - before
    scene.advance(2.5)
    told = str(scene.said - 1)
    found["article_heard"] = Counter(seen(lane))[told]
    return found


def _probe() -> dict[str, float]:
    scenes = [play("probe", seed).scene for seed in range(RUNS)]
    backs = [[number(scene, "back", lane) for scene in scenes] for lane in (0, 1)]
    return {
        "outage": 20,
        "polling_back": statistics.median(backs[0]),
        "probing_back": statistics.median(backs[1]),
    }


def _herd() -> dict[str, float]:
    herd = Herd(CROWD, SEED).finish()
    found: dict[str, float] = {
        "herd_clients": CROWD,
        "herd_rate": round(CROWD / SPREAD),
        "herd_window": round(SPREAD),
        "herd_outage": round(AWAY),
    }
    for name, arrivals in herd.arrivals.items():
        found.update(_crowd(name, arrivals))
    return found


def _crowd(name: str, arrivals: Arrivals) -> dict[str, float]:
    return {
        f"herd_{name}_peak": arrivals.peak(),
        f"herd_{name}_back": arrivals.median(),
        f"herd_{name}_wait": arrivals.wait(),
    }


def _halfopen() -> dict[str, float]:
    scene = play("halfopen", SEED).scene
    found: dict[str, float] = {
        "beat": round(DEFAULT_BEAT),
        "patience": round(PATIENCE),
        "halfopen_noticed": number(scene, "deceived", 1),
    }
    scene = SCENES["halfopen"](SEED)
    scene.advance(5.0)
    scene.act("lose")
    scene.act("sleep")
    scene.advance(60.0)
    scene.act("wake")
    woke = scene.clock.now
    while scene.lanes[1].look is Look.FALSE:
        scene.advance(0.05)
    found["halfopen_woken"] = scene.clock.now - woke
    return found


def _cursors() -> dict[str, float]:
    scene = play("cursors", SEED).scene
    return {
        "stamps_written": scene.said,
        "stamps_lost": round(number(scene, "lost", 0)),
        "stamps_doubled": round(number(scene, "doubled", 0)),
        "cursors_lost": round(number(scene, "lost", 1)),
        "cursors_doubled": round(number(scene, "doubled", 1)),
    }


def _outbox() -> dict[str, float]:
    after = play("outbox", SEED).scene
    before = SCENES["outbox"](SEED)
    before.advance(3.0)
    before.act("kill_before")
    before.advance(2.0)
    before.act("start")
    before.advance(4.0)
    return {
        "resend_doubled": round(number(after, "doubled", 1)),
        "forget_lost": round(number(before, "lost", 0)),
        "outbox_doubled": round(number(after, "doubled", 2) + number(before, "doubled", 2)),
        "outbox_lost": round(number(after, "lost", 2) + number(before, "lost", 2)),
    }


def _tokens() -> dict[str, float]:
    scene = play("tokens", SEED).scene
    before = scene.lanes[0].attempts
    scene.advance(60.0)
    return {"token_refused": scene.lanes[0].attempts - before, "token_back": number(scene, "back", 2)}


def _torture() -> dict[str, float]:
    findings = Torture(SEED).finish()
    assert findings.complaint is None, findings.complaint
    return {
        "torture_faults": findings.faults,
        "torture_messages": findings.typed,
        "torture_lost": findings.lost,
        "torture_doubled": findings.doubled,
    }

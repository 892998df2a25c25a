"""What the connection panel says: how the link stands in words and figures, why, and what one can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from chat.history import History, Kind
from chat.line import Act, Connection, Tone
from chat.picture import Picture
from chat.texts import Texts
from rebond.status import Cause, Status

RECENT = 1.5
"""Seconds for which something has happened just now."""

LONG = 100.0
"""Seconds from which on minutes say more."""

_COMFORT = {Tone.LIVE: "panel.well", Tone.STOPPED: "panel.kept"}
"""What becomes of what one writes; while the link still means to come back, it leaves by itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure and what it is."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel. ``reason`` says in words why the link was lost, ``code`` the same for whoever looks it up."""

    tone: Tone
    title: str
    facts: tuple[Fact, ...]
    reason: str
    code: str
    comfort: str
    act: Act | None
    act_text: str


def panel(connection: Connection, history: History, status: Status, now: float, texts: Texts) -> Panel:
    """Put ``status``, as the link tells it at ``now``, into words."""
    line = connection.line(now, texts)
    lost = line.tone in {Tone.LOST, Tone.SEEKING}
    act, act_text = line.act, line.act_text
    if lost and act is None:
        # Here the button stays while one looks, whether the next try is near or far.
        act, act_text = Act.RETRY, texts.text("line.retry")
    reason, code = _why(status, history, now, texts)
    return Panel(
        line.tone,
        line.text,
        _facts(line.tone, history, status, now, texts),
        reason,
        code,
        texts.text(_COMFORT.get(line.tone, "panel.safe")),
        act,
        act_text,
    )


def described(picture: Picture, texts: Texts) -> str:
    """Say in words what the picture shows."""
    counts = {name: texts.count(f"panel.{name}", n) for name, n in figures(picture).items()}
    return texts.text("panel.picture", **counts)


def figures(picture: Picture) -> dict[str, int]:
    """Return how often what is shown, by the name of its text."""
    counts = picture.counts
    return {
        "signs": counts[Kind.SIGN],
        "losses": counts[Kind.LOSS],
        "tries": counts[Kind.TRY],
        "returns": counts[Kind.RETURN],
    }


def _facts(tone: Tone, history: History, status: Status, now: float, texts: Texts) -> tuple[Fact, ...]:
    contact = texts.text("panel.unknown") if status.last_contact is None else ago(now - status.last_contact, texts)
    queued = texts.number(status.queued) if status.queued else texts.text("panel.nothing")
    common = (Fact(texts.text("panel.contact"), contact), Fact(texts.text("panel.queued"), queued))
    if tone is Tone.LIVE:
        trip, outage = status.round_trip_ms, history.outage
        lasted = texts.text("panel.none") if outage is None else _lasted(outage.until - outage.since, texts)
        return (
            Fact(
                texts.text("panel.round_trip"),
                texts.text("panel.unknown") if trip is None else texts.text("panel.ms", n=texts.number(trip)),
            ),
            *common,
            Fact(texts.text("panel.outage"), lasted),
        )
    return (
        Fact(texts.text("panel.next"), _next(tone, status, now, texts)),
        *common,
        Fact(
            texts.text("panel.attempt"), texts.number(status.attempt) if status.attempt else texts.text("panel.unknown")
        ),
    )


def _next(tone: Tone, status: Status, now: float, texts: Texts) -> str:
    if tone is Tone.STOPPED:
        return texts.text("panel.no_next")
    left = 0.0 if status.next_try is None else status.next_try - now
    return texts.text("panel.in", n=texts.number(ceil(left))) if left > 0.0 else texts.text("panel.trying")


def _why(status: Status, history: History, now: float, texts: Texts) -> tuple[str, str]:
    if status.cause is not None:
        return texts.text(f"panel.cause.{status.cause}"), _coded(status.cause, status.code)
    outage = history.outage
    if outage is None or outage.cause is None:
        return "", ""
    reason = texts.text(f"panel.cause.{outage.cause}")
    return texts.text("panel.was", ago=ago(now - outage.until, texts), reason=reason), _coded(outage.cause, outage.code)


def _coded(cause: Cause, code: int | None) -> str:
    return str(cause) if code is None else f"{cause} {code}"


def _lasted(seconds: float, texts: Texts) -> str:
    return texts.text("panel.seconds", n=texts.seconds(seconds))


def ago(seconds: float, texts: Texts) -> str:
    """Say how long ago something was."""
    if seconds < RECENT:
        return texts.text("panel.just_now")
    if seconds < LONG:
        return texts.text("panel.ago", n=texts.number(int(seconds)))
    return texts.text("panel.minutes_ago", n=texts.number(round(seconds / 60)))

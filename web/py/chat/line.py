"""The line that always says how the connection stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from chat.texts import Texts
from rebond.states import State
from rebond.status import Cause, Status

NOTICEABLE = 1.0
"""Seconds of waiting beyond which the reader is told how long it will be."""


class Tone(StrEnum):
    """How serious it is; the colour goes with it."""

    SEEKING = "seeking"
    LIVE = "live"
    LOST = "lost"
    STOPPED = "stopped"


class Act(StrEnum):
    """What the reader can do about it."""

    RETRY = "retry"
    LOG_IN = "log_in"
    RELOAD = "reload"


def tone(status: Status | None) -> Tone:
    """Return how serious a status is."""
    if status is None or status.state is State.IDLE:
        return Tone.SEEKING
    if status.state is State.LIVE:
        return Tone.LIVE
    if status.state in {State.SIGNED_OUT, State.STOPPED}:
        return Tone.STOPPED
    return Tone.SEEKING if status.cause is None else Tone.LOST


@dataclass(frozen=True, slots=True)
class Line:
    """The line: what is said aloud when it changes, what changes all the time, and the button if there is one."""

    tone: Tone
    text: str
    detail: str = ""
    act: Act | None = None
    act_text: str = ""


_CAUSES = {
    Cause.OFFLINE: "line.offline",
    Cause.SERVER_DOWN: "line.server_down",
    Cause.BUSY: "line.busy",
    Cause.OUTDATED: "line.outdated",
    Cause.REPLACED: "line.replaced",
}

_ENDS = {Cause.OUTDATED: Act.RELOAD, Cause.REPLACED: Act.RELOAD, Cause.REJECTED: Act.RELOAD}


class Connection:
    """Turns the link's status into the line. It stays calm: an attempt that lasts a blink does not move the button."""

    def __init__(self) -> None:
        self.status: Status | None = None
        self._patience_asked = False

    @property
    def live(self) -> bool:
        """Whether the link is live."""
        return self.status is not None and self.status.state is State.LIVE

    def update(self, status: Status, now: float) -> None:
        """Take a new status at ``now``, in seconds on the link's clock."""
        self.status = status
        if status.state in {State.LIVE, State.IDLE}:
            self._patience_asked = False
        elif status.next_try is not None and status.next_try - now > NOTICEABLE:
            self._patience_asked = True

    def seconds(self, now: float) -> int | None:
        """Return the whole seconds until the next try, or None if that is no news."""
        if self.status is None or self.status.state is not State.WAITING or self.status.next_try is None:
            return None
        left = self.status.next_try - now
        return ceil(left) if left > NOTICEABLE else None

    def line(self, now: float, texts: Texts) -> Line:
        """Return what the line says at ``now``, in seconds on the link's clock."""
        status = self.status
        if status is None or status.state is State.IDLE:
            return Line(Tone.SEEKING, texts.text("line.seeking"))
        match status.state:
            case State.LIVE:
                # Shown after a while only (styles/composer.css): one that writes too quickly for the server is to know.
                return Line(Tone.LIVE, texts.text("line.live"), self._queued(status, texts))
            case State.SIGNED_OUT:
                return Line(Tone.STOPPED, texts.text("line.signed_out"), "", Act.LOG_IN, texts.text("line.log_in"))
            case State.STOPPED:
                return self._stopped(status, texts)
            case _:
                return self._lost(status, now, texts)

    def _stopped(self, status: Status, texts: Texts) -> Line:
        text = texts.text(_CAUSES.get(status.cause, "line.stopped") if status.cause else "line.stopped")
        act = _ENDS.get(status.cause) if status.cause else None
        return Line(Tone.STOPPED, text, "", act, texts.text("line.reload") if act else "")

    def _lost(self, status: Status, now: float, texts: Texts) -> Line:
        if status.cause is None:
            return Line(Tone.SEEKING, texts.text("line.seeking"), self._queued(status, texts))
        text = texts.text(_CAUSES.get(status.cause, "line.lost"))
        seconds = self.seconds(now)
        next_try = "" if seconds is None else texts.count("line.next", seconds)
        detail = " ".join(part for part in (next_try, self._queued(status, texts)) if part)
        if not self._patience_asked:
            return Line(Tone.LOST, text, detail)
        return Line(Tone.LOST, text, detail, Act.RETRY, texts.text("line.retry"))

    def _queued(self, status: Status, texts: Texts) -> str:
        return texts.count("line.queued", status.queued) if status.queued else ""

"""The reader's time zone and customs, as the browser's Intl knows them."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import js
from pyodide.ffi import to_js

_QUARTER = 15 * 60 * 1_000
"""Milliseconds within which a zone keeps its distance to UTC: all zones change on a quarter of an hour."""

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE


class _Format(Protocol):
    def format(self, at: int) -> str: ...


class BrowserZone:
    """A ``chat.times.Zone`` for a language: in the reader's own variety of it, if the browser names one."""

    def __init__(self, language: str) -> None:
        tag = _variety(language)
        self._clock = _format(tag, hour="2-digit", minute="2-digit")
        self._date = _format(tag, weekday="long", day="numeric", month="long", year="numeric")
        self._full = _format(tag, dateStyle="full", timeStyle="short")
        # Asking the browser costs a crossing each time; messages come by the page, many in one minute.
        self._offset = lru_cache(maxsize=None)(_offset)
        self._clock_of = lru_cache(maxsize=4_096)(lambda minute: str(self._clock.format(minute * _MINUTE)))

    def day(self, at: int) -> int:
        """See ``chat.times.Zone``; so for the others."""
        return (at + self._offset(at // _QUARTER)) // _DAY

    def clock(self, at: int) -> str:
        return self._clock_of(at // _MINUTE)

    def date(self, at: int) -> str:
        return self._date.format(at)

    def full(self, at: int) -> str:
        return self._full.format(at)


def _offset(quarter: int) -> int:
    return -int(js.Date.new(quarter * _QUARTER).getTimezoneOffset()) * _MINUTE


def _variety(language: str) -> str:
    tags = [str(tag) for tag in js.navigator.languages]
    return next((tag for tag in tags if tag.partition("-")[0] == language), language)


def _format(tag: str, **options: str) -> _Format:
    made: _Format = js.Intl.DateTimeFormat.new(tag, to_js(options, dict_converter=js.Object.fromEntries))
    return made

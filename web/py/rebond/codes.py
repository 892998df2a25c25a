"""Every number and word by which one end tells the other what went wrong.

Close codes below 4000 are those of RFC 6455, section 7.4.1, and of the IANA registry it created; 4000 to 4999
are ours to give. Error codes travel in ``error`` frames and in the JSON envelope of the HTTP interface.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Close(IntEnum):
    """Why a WebSocket was closed."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS = 1005
    ABNORMAL = 1006
    INVALID_DATA = 1007
    POLICY = 1008
    TOO_BIG = 1009
    INTERNAL = 1011
    RESTART = 1012
    TRY_LATER = 1013

    BAD_FRAME = 4400
    TOKEN = 4401
    FORBIDDEN = 4403
    HELLO_TIMEOUT = 4408
    REPLACED = 4409
    SLOW_READER = 4413
    OUTDATED = 4426
    TOO_MANY = 4429


class Verdict(StrEnum):
    """What a link does about a close."""

    RETRY = "retry"
    RENEW = "renew"
    SIGN_OUT = "sign_out"
    STOP = "stop"


_VERDICTS: dict[int, Verdict] = {
    Close.BAD_FRAME: Verdict.STOP,
    Close.TOKEN: Verdict.RENEW,
    Close.FORBIDDEN: Verdict.SIGN_OUT,
    Close.REPLACED: Verdict.STOP,
    Close.OUTDATED: Verdict.STOP,
}


def verdict(code: int) -> Verdict:
    """Return what to do after a close with ``code``.

    All that is not known to be final is worth another try: a code from a proxy on the way says nothing about the
    server behind it.
    """
    return _VERDICTS.get(code, Verdict.RETRY)


class ErrorCode(StrEnum):
    """Why one frame or one operation was refused."""

    # The frame itself.
    BAD_JSON = "bad_json"
    BAD_FRAME = "bad_frame"
    UNKNOWN_KIND = "unknown_kind"
    FRAME_TOO_BIG = "frame_too_big"
    OUTDATED = "outdated"
    # Who speaks.
    BAD_TOKEN = "bad_token"
    NO_HELLO = "no_hello"
    # The message.
    EMPTY_TEXT = "empty_text"
    TEXT_TOO_LONG = "text_too_long"
    BAD_TEXT = "bad_text"
    BAD_EMOJI = "bad_emoji"
    BAD_ID = "bad_id"
    # The place it is meant for.
    NO_SUCH_ROOM = "no_such_room"
    NOT_A_MEMBER = "not_a_member"
    NO_SUCH_STREAM = "no_such_stream"
    NO_SUCH_MESSAGE = "no_such_message"
    TOO_MANY_REACTIONS = "too_many_reactions"
    ARCHIVED = "archived"
    # The account that sends it.
    MUTED = "muted"
    # What passes by itself: the sender keeps the entry and tries again.
    PREDECESSOR = "predecessor"
    BUSY = "busy"
    SLOW_DOWN = "slow_down"


PASSING = frozenset({ErrorCode.PREDECESSOR, ErrorCode.BUSY, ErrorCode.SLOW_DOWN})
"""Errors that pass by themselves (rule 6 of docs/delivery.md); every other refusal of a message is final."""

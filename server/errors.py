"""What the server answers when it refuses: each error with its code, its HTTP status and its words.

The words say what each of them is for; they are for developers, the pages have their own.
"""

from __future__ import annotations

from math import ceil
from typing import ClassVar

from starlette.responses import JSONResponse

from rebond.codes import ErrorCode


class ServiceError(Exception):
    """Something asked for is refused. ``message`` is for people, ``code`` for programs.

    ``retry_ms`` says, in milliseconds, when another try is worth it; None that no try will ever be.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    message: str = "something went wrong on the server"
    retry_ms: int | None = None

    def __init__(self, message: str | None = None, *, retry_ms: int | None = None) -> None:
        if message is not None:
            self.message = message
        if retry_ms is not None:
            self.retry_ms = retry_ms
        super().__init__(self.message)

    def response(self) -> JSONResponse:
        """Return the error as an answer over HTTP."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        headers: dict[str, str] = {}
        if self.retry_ms is not None:
            error["retry_ms"] = self.retry_ms
            headers["retry-after"] = str(ceil(self.retry_ms / 1000))
        return JSONResponse({"error": error}, self.status, headers)


# The request itself.


class BadJsonError(ServiceError):
    code, status, message = ErrorCode.BAD_JSON.value, 400, "the body is not JSON"


class BadRequestError(ServiceError):
    code, status, message = "bad_request", 400, "the request is not as it must be"


class BodyTooBigError(ServiceError):
    code, status, message = "body_too_big", 413, "the body is too big"


class NotFoundError(ServiceError):
    code, status, message = "not_found", 404, "there is nothing here"


class MethodNotAllowedError(ServiceError):
    code, status, message = "method_not_allowed", 405, "this cannot be done here"


class CrossSiteError(ServiceError):
    code, status, message = "cross_site", 403, "this may only be done from the chat's own pages"


# Who asks.


class BadTokenError(ServiceError):
    code, status, message = ErrorCode.BAD_TOKEN.value, 401, "the access token is not good; ask for another"


class SessionEndedError(ServiceError):
    code, status, message = "session_ended", 401, "this session has ended; log in again"


class WrongCredentialsError(ServiceError):
    code, status, message = "wrong_credentials", 401, "the name or the password is wrong"


class TooManyError(ServiceError):
    code, status, message = "too_many", 429, "too many connections are open"
    retry_ms: int | None = 5_000


class ForbiddenError(ServiceError):
    code, status, message = "forbidden", 403, "this is not for you to do"


class BannedError(ServiceError):
    code, status, message = "banned", 403, "this account is banned"


class MutedError(ServiceError):
    code, status, message = ErrorCode.MUTED.value, 403, "a moderator has muted this account for a time"


class OwnerStaysError(ServiceError):
    code, status, message = "owner_stays", 409, "make somebody else the owner first"


class NoSuchSessionError(ServiceError):
    code, status, message = "no_such_session", 404, "there is no such session of yours"


# Who may come in.


class RegistrationClosedError(ServiceError):
    code, status, message = "registration_closed", 403, "no new accounts are taken"


class BadCodeError(ServiceError):
    code, status, message = "bad_code", 403, "the join code is wrong, used up, too old or taken back"


class NoSuchCodeError(ServiceError):
    code, status, message = "no_such_code", 404, "there is no such join code"


# Names and passwords.


class BadNameError(ServiceError):
    code, status = "bad_name", 422
    message = "a name has 2 to 32 letters, digits, or _ . - and single spaces between them"


class BadDisplayNameError(ServiceError):
    code, status, message = "bad_display_name", 422, "a display name has at most 40 characters, on one line"


class BadPasswordError(ServiceError):
    code, status, message = "bad_password", 422, "a password has 8 to 256 characters"


class BadRoomNameError(ServiceError):
    code, status, message = "bad_room_name", 422, "a room's name has 1 to 60 characters"


class BadTopicError(ServiceError):
    code, status, message = "bad_topic", 422, "a topic has at most 250 characters, on one line"


class BadPeopleError(ServiceError):
    code, status, message = "bad_people", 422, "a direct conversation is with 1 to 8 others"


class NoSuchPersonError(ServiceError):
    code, status, message = "no_such_person", 404, "there is no such person"


class NameTakenError(ServiceError):
    code, status, message = "name_taken", 409, "this name is taken"


# Rooms and messages.


class NoSuchRoomError(ServiceError):
    code, status, message = ErrorCode.NO_SUCH_ROOM.value, 404, "there is no such room"


class NotAMemberError(ServiceError):
    code, status, message = ErrorCode.NOT_A_MEMBER.value, 403, "join the room first"


class ArchivedError(ServiceError):
    code, status, message = ErrorCode.ARCHIVED.value, 409, "the room is archived: it can only be read"


class NotAllowedError(ServiceError):
    code, status, message = "not_allowed", 403, "this may not be done in this room"


class CannotLeaveError(ServiceError):
    code, status, message = "cannot_leave", 409, "everybody stays in this room"


class NoSuchMessageError(ServiceError):
    code, status, message = ErrorCode.NO_SUCH_MESSAGE.value, 404, "there is no such message of yours"


class BadIdError(ServiceError):
    code, status, message = ErrorCode.BAD_ID.value, 422, "a message's id has 8 to 64 of the characters A-Z a-z 0-9 _ -"


class EmptyTextError(ServiceError):
    code, status, message = ErrorCode.EMPTY_TEXT.value, 422, "the message is empty"


class TextTooLongError(ServiceError):
    code, status, message = ErrorCode.TEXT_TOO_LONG.value, 422, "the message is too long"


class BadTextError(ServiceError):
    code, status, message = ErrorCode.BAD_TEXT.value, 422, "the message is not well-formed text"


class BadEmojiError(ServiceError):
    code, status, message = ErrorCode.BAD_EMOJI.value, 422, "a reaction is one emoji"


class TooManyReactionsError(ServiceError):
    code, status, message = ErrorCode.TOO_MANY_REACTIONS.value, 409, "the message has too many different reactions"


class PredecessorError(ServiceError):
    code, status, message = ErrorCode.PREDECESSOR.value, 409, "the message before this one is not stored yet"
    retry_ms: int | None = 250


# What passes by itself.


class BusyError(ServiceError):
    code, status, message = ErrorCode.BUSY.value, 503, "the server is busy; try again in a moment"
    retry_ms: int | None = 1_000


class SlowDownError(ServiceError):
    code, status, message = ErrorCode.SLOW_DOWN.value, 429, "that was too much in a short time; wait a little"
    retry_ms: int | None = 1_000

"""What the server answers when it refuses: a small tree, each error with its code, its status and its words."""

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

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)

    def response(self) -> JSONResponse:
        """Return the error as an answer over HTTP."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        headers: dict[str, str] = {}
        if self.retry_ms is not None:
            error["retry_ms"] = self.retry_ms
            headers["retry-after"] = str(ceil(self.retry_ms / 1000))
        return JSONResponse({"error": error}, self.status, headers)


class BadJsonError(ServiceError):
    """The body is not JSON."""

    code, status, message = ErrorCode.BAD_JSON.value, 400, "the body is not JSON"


class BadRequestError(ServiceError):
    """The request does not have the fields or the form it needs."""

    code, status, message = "bad_request", 400, "the request is not as it must be"


class BodyTooBigError(ServiceError):
    """The body is larger than any request needs."""

    code, status, message = "body_too_big", 413, "the body is too big"


class NotFoundError(ServiceError):
    """There is nothing at this path."""

    code, status, message = "not_found", 404, "there is nothing here"


class MethodNotAllowedError(ServiceError):
    """The path knows no such method."""

    code, status, message = "method_not_allowed", 405, "this cannot be done here"


class CrossSiteError(ServiceError):
    """Another site's page tries to act for the person in front of it."""

    code, status, message = "cross_site", 403, "this may only be done from the chat's own pages"


class BadTokenError(ServiceError):
    """The access token is missing, forged, expired or for somebody else."""

    code, status, message = ErrorCode.BAD_TOKEN.value, 401, "the access token is not good; ask for another"


class SessionEndedError(ServiceError):
    """The session is over: logged out, ended, or unused for too long."""

    code, status, message = "session_ended", 401, "this session has ended; log in again"


class WrongCredentialsError(ServiceError):
    """The name or the password is wrong; which of them is not said."""

    code, status, message = "wrong_credentials", 401, "the name or the password is wrong"


class TooManyError(ServiceError):
    """A session, an account or an address holds as many sockets as it may."""

    code, status, message = "too_many", 429, "too many connections are open"
    retry_ms: int | None = 5_000


class BadNameError(ServiceError):
    """The name cannot be an account's."""

    code, status = "bad_name", 422
    message = "a name has 2 to 32 letters, digits, or _ . - and single spaces between them"


class BadPasswordError(ServiceError):
    """The password is too short, too long or ill-formed."""

    code, status, message = "bad_password", 422, "a password has 8 to 256 characters"


class BadRoomNameError(ServiceError):
    """The name cannot be a room's."""

    code, status, message = "bad_room_name", 422, "a room's name has 1 to 60 characters"


class NameTakenError(ServiceError):
    """Another account or another room has that name."""

    code, status, message = "name_taken", 409, "this name is taken"


class NoSuchRoomError(ServiceError):
    """There is no room with that id."""

    code, status, message = ErrorCode.NO_SUCH_ROOM.value, 404, "there is no such room"


class NotAMemberError(ServiceError):
    """The account has not joined the room."""

    code, status, message = ErrorCode.NOT_A_MEMBER.value, 403, "join the room first"


class CannotLeaveError(ServiceError):
    """The room is everybody's."""

    code, status, message = "cannot_leave", 409, "everybody stays in this room"


class NoSuchMessageError(ServiceError):
    """The message to be changed is not there, not the author's, or deleted."""

    code, status, message = ErrorCode.NO_SUCH_MESSAGE.value, 404, "there is no such message of yours"


class BadIdError(ServiceError):
    """The id cannot be a message's."""

    code, status, message = ErrorCode.BAD_ID.value, 422, "a message's id has 8 to 64 of the characters A-Z a-z 0-9 _ -"


class EmptyTextError(ServiceError):
    """The message says nothing."""

    code, status, message = ErrorCode.EMPTY_TEXT.value, 422, "the message is empty"


class TextTooLongError(ServiceError):
    """The message is longer than a message may be."""

    code, status, message = ErrorCode.TEXT_TOO_LONG.value, 422, "the message is too long"


class BadTextError(ServiceError):
    """The message cannot be stored to the letter."""

    code, status, message = ErrorCode.BAD_TEXT.value, 422, "the message is not well-formed text"


class PredecessorError(ServiceError):
    """The message that this one follows is not stored yet."""

    code, status, message = ErrorCode.PREDECESSOR.value, 409, "the message before this one is not stored yet"
    retry_ms: int | None = 250


class BusyError(ServiceError):
    """There is no room for more work just now, or the disk takes none."""

    code, status, message = ErrorCode.BUSY.value, 503, "the server is busy; try again in a moment"
    retry_ms: int | None = 1_000

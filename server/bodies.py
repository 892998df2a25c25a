"""What comes in with a request, read into types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from server.errors import BadJsonError, BadRequestError, BodyTooBigError

MAX_BODY = 64 * 1024
"""Bytes."""

S = TypeVar("S", bound=msgspec.Struct)


async def read_json(request: Request, kind: type[S]) -> S:
    """Read a JSON body. Raises BodyTooBigError, BadJsonError, and BadRequestError for missing or ill-typed fields."""
    body = await _read(request)
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise BadRequestError(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadJsonError from error


async def read_form(request: Request, kind: type[S]) -> S:
    """Read the body of a plain form. Raises BodyTooBigError, and BadRequestError for anything amiss."""
    body = await _read(request)
    try:
        return _convert(dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict")), kind)
    except ValueError as error:
        raise BadRequestError from error


def read_query(request: Request, kind: type[S]) -> S:
    """Read the query. Raises BadRequestError."""
    return _convert(dict(request.query_params), kind)


def _convert(values: Mapping[str, str], kind: type[S]) -> S:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequestError(str(error)) from error


async def _read(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise BodyTooBigError
    except ClientDisconnect as error:  # nobody will read the answer
        raise BadRequestError from error
    return bytes(body)

"""Requests, carried by the browser's fetch."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from typing import Protocol

import js
from pyodide.ffi import JsException, to_js

from chat.api import Access, Answer, Unreachable, checked

TIMEOUT_MS = 15_000
RENEWAL = "/api/refresh"


class Response(Protocol):
    """What a request comes back with."""

    status: int

    async def text(self) -> str: ...


async def fetch(method: str, path: str, body: Mapping[str, object] | None = None, token: str | None = None) -> Answer:
    """Carry a request to the server the page came from: a ``chat.api.Transport``."""
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    init: dict[str, object] = {
        "method": method,
        "headers": headers,
        "cache": "no-store",
        "credentials": "same-origin",
        "signal": js.AbortSignal.timeout(TIMEOUT_MS),
    }
    if body is not None:
        init["body"] = json.dumps(dict(body))
    try:
        asked = _asked_already(path)
        response = await (js.fetch(path, to_js(init, dict_converter=js.Object.fromEntries)) if asked is None else asked)
        status, text = int(response.status), str(await response.text())
    except (JsException, OSError) as error:
        raise Unreachable(str(error)) from error
    return Answer(status, _object(text))


class Blob(Protocol):
    """A file that has come."""

    async def text(self) -> str: ...


async def fetch_file(path: str, access: Access) -> Blob:
    """Fetch what is no JSON to be read here. Raises Problem and Unreachable."""
    headers = {"Authorization": f"Bearer {await access.access()}"}
    init = to_js({"headers": headers, "cache": "no-store"}, dict_converter=js.Object.fromEntries)
    try:
        response = await js.fetch(path, init)
        status = int(response.status)
        if status < 400:
            blob: Blob = await response.blob()
            return blob
        checked(Answer(status, _object(str(await response.text()))))
    except JsException as error:
        raise Unreachable(str(error)) from error
    raise Unreachable(str(status))


def _asked_already(path: str) -> Awaitable[Response] | None:
    """Return the answer that is on its way to what the boot module has asked while Python started; once."""
    if path != RENEWAL or not hasattr(js, "rebondRenewal"):
        return None
    asked: Awaitable[Response] = js.rebondRenewal
    del js.rebondRenewal
    return asked


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}

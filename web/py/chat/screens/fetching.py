"""Requests, carried by the browser's fetch."""

from __future__ import annotations

import json
from collections.abc import Mapping

import js
from pyodide.ffi import JsException, to_js

from chat.api import Answer, Unreachable

TIMEOUT_MS = 15_000


async def fetch(method: str, path: str, body: Mapping[str, str] | None = None, token: str | None = None) -> Answer:
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
        response = await js.fetch(path, to_js(init, dict_converter=js.Object.fromEntries))
        status, text = int(response.status), str(await response.text())
    except (JsException, OSError) as error:
        raise Unreachable(str(error)) from error
    return Answer(status, _object(text))


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}

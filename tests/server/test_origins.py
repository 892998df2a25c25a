"""Whose pages may ask."""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.origins import SameOrigin


async def admitted(
    headers: dict[str, str], *, scheme: str = "http", kind: str = "http", method: str = "POST", allowed: str = ""
) -> bool:
    """Tell whether a request with these headers gets through."""
    reached: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        assert message.get("status", 403) == 403

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "scheme": scheme, "path": "/", "query_string": b"", "headers": raw, "method": method}
    await SameOrigin(app, frozenset({allowed} if allowed else ()))(scope, receive, send)
    return bool(reached)


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://chat.example", "chat.example", "http"),
        ("http://chat.example:8000", "chat.example:8000", "http"),
        ("http://chat.example", "chat.example:80", "http"),
        ("https://chat.example", "chat.example", "https"),
        ("https://chat.example", "chat.example:443", "https"),
        ("https://chat.example", "chat.example", "http"),  # behind a proxy that does not say so
        ("http://[::1]:8000", "[::1]:8000", "http"),
        ("HTTP://Chat.Example", "chat.example", "http"),
    ],
)
async def test_own_page_is_admitted(origin: str, host: str, scheme: str) -> None:
    assert await admitted({"origin": origin, "host": host}, scheme=scheme)


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://evil.example", "chat.example", "http"),
        ("http://chat.example.evil.example", "chat.example", "http"),
        ("http://chat.example:8001", "chat.example:8000", "http"),
        ("http://chat.example", "chat.example:8000", "http"),
        ("http://chat.example", "chat.example", "https"),
        ("ftp://chat.example", "chat.example", "http"),
        ("null", "chat.example", "http"),
        ("", "chat.example", "http"),
        ("http://", "", "http"),
        ("http://[", "chat.example", "http"),
        ("http://chat.example:port", "chat.example", "http"),
        ("http://chat.example", "chat.example:port", "http"),
    ],
)
async def test_other_page_is_not(origin: str, host: str, scheme: str) -> None:
    assert not await admitted({"origin": origin, "host": host}, scheme=scheme)


async def test_origin_the_host_allows_is_admitted() -> None:
    headers = {"origin": "https://chat.example", "host": "inside:8000"}
    assert await admitted(headers, allowed="https://chat.example")
    assert not await admitted(headers, allowed="https://other.example")


async def test_what_is_no_browser_is_admitted() -> None:
    assert await admitted({"host": "chat.example"})


async def test_reading_is_anybodys() -> None:
    assert await admitted({"origin": "https://evil.example", "host": "chat.example"}, method="GET")


async def test_socket_is_checked_whatever_its_method() -> None:
    evil = {"origin": "https://evil.example", "host": "chat.example"}
    assert not await admitted(evil, kind="websocket", scheme="ws", method="GET")
    assert await admitted({"origin": "https://chat.example", "host": "chat.example"}, kind="websocket", scheme="wss")
    assert not await admitted({"origin": "http://chat.example", "host": "chat.example"}, kind="websocket", scheme="wss")


@pytest.mark.parametrize(
    ("site", "expected"), [("same-origin", True), ("none", True), ("same-site", False), ("x", False)]
)
async def test_browser_that_tells_the_site_is_believed(site: str, expected: bool) -> None:
    headers = {"origin": "http://chat.example", "host": "chat.example", "sec-fetch-site": site}
    assert await admitted(headers) is expected

"""What every answer has in common: headers, one form of error, and who may ask."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from server.bodies import MAX_BODY
from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Visitor, fresh


@pytest.fixture
async def client(server: RunningServer) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client that is nobody yet."""
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        yield client


def code(answer: httpx.Response) -> str:
    body = answer.json()
    assert body.keys() == {"error"}
    assert isinstance(body["error"]["message"], str)
    return str(body["error"]["code"])


@pytest.mark.parametrize("path", ["/", "/api/alive", "/api/me", "/api/nowhere", "/nowhere", "/static/x.js", "/healthz"])
async def test_every_answer_has_the_headers_of_a_careful_site(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("unsafe-inline" in sources or "'unsafe-eval'" in sources for sources in policy.values())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    # What is under /static is public, and said to be so where there is something.
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "camera=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "strict-transport-security" not in headers
    if path.startswith("/api/"):
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "said"),
    [("192.168.1.7:8000", False), ("chat.example", False), ("127.0.0.1.example", False), ("localhost:8000", True)],
)
async def test_a_header_that_browsers_ignore_on_plain_http_is_left_out_there(
    client: httpx.AsyncClient, host: str, said: bool
) -> None:
    headers = (await client.get("/", headers={"host": host})).headers
    assert ("cross-origin-opener-policy" in headers) is said
    assert headers["cross-origin-resource-policy"] == "same-origin"


def policy_of(answer: httpx.Response) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))


async def test_the_lesson_may_hold_a_frame_of_ours_and_is_as_strict_otherwise(client: httpx.AsyncClient) -> None:
    chat, lesson = policy_of(await client.get("/")), policy_of(await client.get("/learn"))
    assert lesson == {**chat, "frame-src": "'self'"}


async def test_the_sandbox_reaches_public_files_alone(client: httpx.AsyncClient) -> None:
    host = client.base_url.netloc.decode()
    assert policy_of(await client.get("/sandbox")) == {
        "default-src": "'none'",
        "script-src": f"http://{host}/static/ 'wasm-unsafe-eval'",
        "connect-src": f"http://{host}/static/",
        "worker-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-scripts",
    }


@pytest.mark.parametrize("host", ["evil.example *", "a;script-src *", "a/", "'self'", "[::1", "https:"])
async def test_a_host_that_is_none_opens_nothing(client: httpx.AsyncClient, host: str) -> None:
    policy = policy_of(await client.get("/sandbox", headers={"host": host}))
    assert policy["script-src"] == "'none' 'wasm-unsafe-eval'"
    assert policy["connect-src"] == "'none'"


async def test_alive_asks_nobody_anything(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/alive")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "build": answer.json()["build"], "window_ms": 250, "v": 1}


async def test_healthz_says_that_the_database_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200


BAD_BODIES: list[tuple[str, bytes, int, str]] = [
    ("not json", b"{", 400, "bad_json"),
    ("empty", b"", 400, "bad_json"),
    ("not utf-8", b'{"name": "\xff", "password": "x"}', 400, "bad_json"),
    ("lone surrogate", b'{"name": "\\ud800", "password": "xxxxxxxx"}', 400, "bad_json"),
    ("no object", b"[]", 400, "bad_request"),
    ("missing field", b'{"name": "ada"}', 400, "bad_request"),
    ("wrong type", b'{"name": 1, "password": "xxxxxxxx"}', 400, "bad_request"),
    ("null", b'{"name": null, "password": "xxxxxxxx"}', 400, "bad_request"),
    ("deep", b"[" * 60_000, 400, "bad_request"),
    ("too big", b'{"name": "' + b"x" * MAX_BODY + b'"}', 413, "body_too_big"),
]


@pytest.mark.parametrize("path", ["/api/register", "/api/login"])
@pytest.mark.parametrize(
    ("body", "status", "expected"), [case[1:] for case in BAD_BODIES], ids=[case[0] for case in BAD_BODIES]
)
async def test_bad_body_has_its_own_error(
    client: httpx.AsyncClient, path: str, body: bytes, status: int, expected: str
) -> None:
    answer = await client.post(path, content=body)
    assert (answer.status_code, code(answer)) == (status, expected)


async def test_body_without_a_length_is_cut_off(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    answer = await client.post("/api/login", content=endless())
    assert (answer.status_code, code(answer)) == (413, "body_too_big")


@pytest.mark.parametrize("path", ["/api/nowhere", "/api/", "/api/rooms/", "/api/rooms/general"])
async def test_unknown_path_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, code(answer)) == (404, "not_found")


async def test_unknown_page_is_not_found_in_plain_words(client: httpx.AsyncClient) -> None:
    answer = await client.get("/no/such/page")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/login"), ("DELETE", "/api/rooms"), ("POST", "/api/me")])
async def test_wrong_method_is_refused(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, code(answer)) == (405, "method_not_allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    ],
)
@pytest.mark.parametrize("path", ["/api/register", "/api/login", "/api/refresh", "/api/logout", "/login", "/register"])
async def test_page_of_another_site_may_do_nothing(ada: Visitor, path: str, headers: dict[str, str]) -> None:
    answer = await ada.http.post(path, headers=headers, json={"name": fresh("name"), "password": PASSWORD})
    assert (answer.status_code, code(answer)) == (403, "cross_site")
    assert (await ada.get("/api/me")).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}])
async def test_own_page_may(server: RunningServer, ada: Visitor, headers: dict[str, str]) -> None:
    answer = await ada.http.post("/api/refresh", headers={"origin": server.url} | headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/alive"])
async def test_head_is_answered_like_get_without_its_body(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.head(path)
    assert answer.content == b""
    assert answer.headers["content-length"] == (await client.get(path)).headers["content-length"]


async def test_request_that_is_no_http_harms_nobody(server: RunningServer, ada: Visitor) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert raw.recv(1024).startswith(b"HTTP/1.1 400")
    assert (await ada.get("/api/me")).status_code == 200

"""The files of the page as the real process serves them, asked for byte by byte: no client tidies the path up."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import Message

import pytest

from server.pages import DIST, IMMUTABLE
from tests.support.running import RunningServer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


def ask(server: RunningServer, method: str, path: str, headers: Mapping[str, str]) -> Answer:
    """Ask for exactly this path."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def one(suffix: str) -> str:
    """The path of the one file of the build that ends so."""
    (name,) = (name for name in json.loads((DIST / "build.json").read_text())["static"] if name.endswith(suffix))
    return f"/static/{name}"


@pytest.mark.parametrize("form", ["br", "gzip", "identity"])
def test_webassembly_comes_compressed_whole_and_for_good(server: RunningServer, form: str) -> None:
    path = one(".asm.wasm")
    answer = ask(server, "GET", path, {"Accept-Encoding": form})
    end = {"br": ".br", "gzip": ".gz", "identity": ""}[form]
    assert answer.body == (DIST / f"{path[1:]}{end}").read_bytes()
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/wasm"
    assert answer.headers["content-encoding"] == (None if form == "identity" else form)
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["vary"] == "Accept-Encoding"


def test_head_says_what_get_sends_and_sends_nothing(server: RunningServer) -> None:
    got, said = (ask(server, method, one(".asm.wasm"), {"Accept-Encoding": "br"}) for method in ("GET", "HEAD"))
    assert said.body == b""
    for name in ("content-length", "content-type", "content-encoding", "etag"):
        assert said.headers[name] == got.headers[name]
    assert int(said.headers["content-length"]) == len(got.body)


def test_a_part_and_what_one_has_already(server: RunningServer) -> None:
    path = one(".asm.wasm")
    whole = (DIST / path[1:]).read_bytes()
    part = ask(server, "GET", path, {"Range": "bytes=4-7"})
    assert (part.status, part.body) == (206, whole[4:8])
    beyond = ask(server, "GET", path, {"Range": f"bytes={len(whole)}-"})
    assert beyond.status == 416
    same = ask(server, "GET", path, {"If-None-Match": part.headers["etag"]})
    assert (same.status, same.body) == (304, b"")
    stale = ask(server, "GET", path, {"Range": "bytes=4-7", "If-Range": '"another"'})
    assert (stale.status, stale.body) == (200, whole)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../build.json",
        "/static/../../../pyproject.toml",
        "/static/%2e%2e/build.json",
        "/static/%2e%2e%2fbuild.json",
        "/static/..%5cbuild.json",
        "/static/%252e%252e/build.json",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/./../build.json",
        "/static/x%00.js",
        "/static/%ff",
        "/../pyproject.toml",
        "/..%2f..%2fpyproject.toml",
        "/build.json",
        "/pages/index.en.html",
        "/index.en.html",
        "/static/.lock",
        "/worker.js/..",
    ],
)
def test_nothing_outside_the_build_can_be_had(server: RunningServer, path: str) -> None:
    answer = ask(server, "GET", path, {})
    assert answer.status in {400, 404}
    assert b"[project]" not in answer.body
    assert b"root:" not in answer.body
    assert b'"static"' not in answer.body

"""Pages by language, files for good, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from server.pages import IMMUTABLE, Pages, preferred

FILES = {
    "build.json": '{"build": "b1"}',
    "pages/index.en.html": "<p>Hello",
    "pages/index.fr.html": "<p>Bonjour",
    "pages/lesson.fr.html": "<p>La leçon",
    "pages/worker.js": "addEventListener",
    "static/app.12345678.mjs": "export {}",
    "static/pyodide.12345678.wasm": "\0asm",
    "static/pyodide.12345678.wasm.br": "brotli of it",
    "static/pyodide.12345678.wasm.gz": "gzip of it",
    "static/deep/er.12345678.css": "p {}",
    "secret.txt": "not to be served",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as the build writes it."""
    for name, text in FILES.items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "dist"


async def get(folder: Path, path: str, **headers: str) -> httpx.Response:
    app = Starlette(routes=Pages(folder).routes())
    named = {"accept-encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat") as client:
        return await client.get(path, headers=named)


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "en"),
        ({"accept_language": "fr"}, "fr"),
        ({"accept_language": "fr-CA,en;q=0.5"}, "fr"),
        ({"accept_language": "de, en;q=0.8, fr;q=0.9"}, "fr"),
        ({"accept_language": "en;q=0.1, fr;q=0"}, "en"),
        ({"accept_language": "fr;q=nonsense, *"}, "en"),
        ({"accept_language": "de"}, "en"),
        ({"accept_language": "en", "cookie": "rebond_lang=fr"}, "fr"),
        ({"accept_language": "fr", "cookie": "rebond_lang=tlh"}, "fr"),
    ],
)
async def test_page_is_in_the_language_its_reader_likes_best(
    folder: Path, headers: dict[str, str], language: str
) -> None:
    answer = await get(folder, "/", **headers)
    assert answer.text == {"en": "<p>Hello", "fr": "<p>Bonjour"}[language]
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language, Cookie, Accept-Encoding"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("asked", "language"), [("fr", "fr"), ("en", "en"), ("tlh", "en"), ("", "en")])
async def test_address_may_name_the_language(folder: Path, asked: str, language: str) -> None:
    answer = await get(folder, f"/?lang={asked}", accept_language="en", cookie="rebond_lang=" + "fr" * (asked == "en"))
    assert answer.headers["content-language"] == language
    assert answer.cookies.get("rebond_lang") == (language if asked == language else None)


async def test_page_in_one_language_only_is_served_in_that(folder: Path) -> None:
    assert (await get(folder, "/lesson", accept_language="en")).text == "<p>La leçon"


async def test_service_worker_is_asked_for_anew_each_time(folder: Path) -> None:
    answer = await get(folder, "/worker.js")
    assert answer.text == "addEventListener"
    assert answer.headers["cache-control"] == "no-cache"
    (folder / "pages" / "worker.js").unlink()
    assert (await get(folder, "/worker.js")).status_code == 404


async def test_page_one_has_already_is_not_sent_again(folder: Path) -> None:
    first = await get(folder, "/")
    again = await get(folder, "/", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    os.utime(folder / "pages/index.en.html", (1, 1))
    assert (await get(folder, "/", if_none_match=first.headers["etag"])).status_code == 200


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("app.12345678.mjs", "text/javascript; charset=utf-8"),
        ("pyodide.12345678.wasm", "application/wasm"),
        ("deep/er.12345678.css", "text/css; charset=utf-8"),
    ],
)
async def test_file_is_kept_for_good_and_has_its_type(folder: Path, path: str, kind: str) -> None:
    answer = await get(folder, f"/static/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


WASM = "/static/pyodide.12345678.wasm"


async def ask(folder: Path, method: str, path: str, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
    """Ask for a file; return the answer, and its body as it was sent."""
    app = Starlette(routes=Pages(folder).routes())
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat") as client,
        client.stream(method, path, headers=headers) as answer,
    ):
        return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize(
    ("asked", "form", "sent"),
    [
        ("gzip, deflate, br, zstd", "br", b"brotli of it"),
        ("gzip, deflate", "gzip", b"gzip of it"),
        ("br;q=0, gzip;q=0.5", "gzip", b"gzip of it"),
        ("GZIP ; q=1.0, br; q=0.000", "gzip", b"gzip of it"),
        ("deflate", None, b"\0asm"),
        ("identity", None, b"\0asm"),
        ("", None, b"\0asm"),
    ],
)
async def test_file_is_sent_in_the_best_form_that_the_browser_takes(
    folder: Path, asked: str, form: str | None, sent: bytes
) -> None:
    answer, body = await ask(folder, "GET", WASM, {"accept-encoding": asked})
    assert body == sent
    assert answer.headers.get("content-encoding") == form
    assert answer.headers["content-type"] == "application/wasm"
    assert answer.headers["content-length"] == str(len(sent))
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_file_without_compressed_forms_is_sent_as_it_is(folder: Path) -> None:
    answer, body = await ask(folder, "GET", "/static/deep/er.12345678.css", {"accept-encoding": "br"})
    assert (body, answer.headers.get("content-encoding")) == (b"p {}", None)


async def test_each_form_has_a_tag_of_its_own(folder: Path) -> None:
    tags = {
        (await ask(folder, "GET", WASM, {"accept-encoding": each}))[0].headers["etag"] for each in ("br", "gzip", "")
    }
    assert len(tags) == 3


async def test_head_says_what_get_would_send(folder: Path) -> None:
    answer, body = await ask(folder, "HEAD", WASM, {"accept-encoding": "br"})
    assert (answer.status_code, body, answer.headers["content-length"]) == (200, b"", "12")


async def test_a_part_is_a_part_of_the_form_that_is_sent(folder: Path) -> None:
    answer, body = await ask(folder, "GET", WASM, {"accept-encoding": "br", "range": "bytes=0-5"})
    assert (answer.status_code, body) == (206, b"brotli")
    assert answer.headers["content-range"] == "bytes 0-5/12"
    assert answer.headers["content-encoding"] == "br"


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/deep",
        "/static/nothing.css",
        "/static/../build.json",
        "/static/%2e%2e/build.json",
        "/static/..%2fsecret.txt",
        "/static//etc/passwd",
        "/static/%00",
        "/static/link.txt",
        "/static/linked/secret.txt",
        "/static/pyodide.12345678.wasm.br",
        "/static/" + "x" * 5_000,
        "/secret.txt",
        "/build.json",
        "/index",
        "/index.en",
        "/index.en.html",
        "/*",
        "/[i]ndex",
        "/%00",
        "/..%2fsecret",
    ],
)
async def test_nothing_else_is_served(folder: Path, path: str) -> None:
    (folder / "static" / "link.txt").symlink_to(folder / "secret.txt")
    (folder / "static" / "linked").symlink_to(folder)
    assert (await get(folder, path)).status_code == 404


async def test_pages_that_are_not_built_are_said_so(tmp_path: Path) -> None:
    answer = await get(tmp_path, "/")
    assert answer.status_code == 503
    assert "make build" in answer.text
    assert Pages(tmp_path).build() == ""


def test_build_is_read_anew_when_it_changes(folder: Path) -> None:
    pages = Pages(folder)
    assert pages.build() == "b1"
    (folder / "build.json").write_text('{"build": "b2"}')
    os.utime(folder / "build.json", (1, 1))
    assert pages.build() == "b2"


def test_preferred_is_one_of_those_there_are() -> None:
    assert preferred("", "de", ["it", "fr"]) == "fr"

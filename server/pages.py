"""The pages and files that the browser's build has made: pages by language, files for good, both compressed."""

from __future__ import annotations

import glob
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse

from server.security import page_policy

DIST = Path(__file__).parent.parent / "web" / "dist"
"""Where the build writes to."""

LANGUAGE_COOKIE = "rebond_lang"
DEFAULT_LANGUAGE = "en"
YEAR = 365 * 24 * 60 * 60
"""Seconds that a language which was chosen is remembered."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""The names of the files hold a hash of what is in them (RFC 8246)."""

PUBLIC = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
"""They are the same for everybody, and the lesson's sandbox, which is of no origin, has to be able to load them."""

MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""Said here rather than by the machine's own list, which often knows neither ``.mjs`` nor ``.wasm``."""

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The compressed forms that the build puts beside a file, best first, by their names in HTTP (RFC 9110, 8.4.1)."""

CHUNK = 1 << 18
"""Bytes that are read at once, each time by a step into a thread and back. More would cost memory by the download."""

MISSING = "The pages are not built: run `make build` (or `make run`, which does it first).\n"


class Pages:
    """Serves a folder written by the browser's build. Its endpoints run in threads, since they read the disk."""

    def __init__(self, folder: Path = DIST) -> None:
        self._folder = folder
        self._build = (0, "")

    def routes(self) -> list[Route]:
        """Return the paths of files and pages. The last one matches a lot: others are to come before."""
        return [
            Route("/static/{path:path}", self.file),
            Route("/worker.js", self.worker),
            Route("/", self.page),
            Route("/{page}", self.page),
        ]

    def build(self) -> str:
        """Return the name of the build that is served, empty if there is none. It may change as the server runs."""
        path = self._folder / "build.json"
        try:
            changed = path.stat().st_mtime_ns
            if changed != self._build[0]:
                self._build = (changed, str(json.loads(path.read_text())["build"]))
        except FileNotFoundError:
            return ""
        return self._build[1]

    def page(self, request: Request) -> Response:
        """Return a page in the language that its reader likes best."""
        if not self.build():
            return PlainTextResponse(MISSING, 503)
        name = request.path_params.get("page", "index")
        if name == request.path_params.get("page") == "index":
            raise HTTPException(404)  # that page is at /
        found = {path.suffixes[-2][1:]: path for path in self._pages(name)}
        if not found:
            raise HTTPException(404)
        # An address may say it, as the links from one language to the other do.
        chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
        asked = request.headers.get("accept-language", "")
        language = preferred(chosen, asked, found)
        policy = page_policy(name, request.headers.get("host", ""))
        headers = {"cache-control": "no-cache", "content-language": language, "content-security-policy": policy}
        response = _respond(found[language], request, headers, "Accept-Language, Cookie, Accept-Encoding")
        if request.query_params.get("lang") == language:
            secure = request.url.scheme == "https"
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, path="/", secure=secure, samesite="lax")
        return response

    def file(self, request: Request) -> Response:
        """Return a file, to be kept for good."""
        try:
            root = (self._folder / "static").resolve()
            path = (root / request.path_params["path"]).resolve(strict=True)
        except (OSError, ValueError) as error:  # not there, too long, or with a NUL in it
            raise HTTPException(404) from error
        if not path.is_relative_to(root) or not path.is_file() or path.suffix in ENCODINGS.values():
            raise HTTPException(404)
        return _respond(path, request, {"cache-control": IMMUTABLE, **PUBLIC}, "Accept-Encoding")

    def worker(self, request: Request) -> Response:
        """Return the service worker. It stands at the root, since it serves no page above its own place."""
        path = self._folder / "pages" / "worker.js"
        if not path.is_file():
            raise HTTPException(404)
        return _respond(path, request, {"cache-control": "no-cache"}, "Accept-Encoding")

    def _pages(self, name: str) -> list[Path]:
        return list((self._folder / "pages").glob(f"{glob.escape(name)}.*.html"))


def preferred(chosen: str, asked: str, available: Collection[str]) -> str:
    """Return which language to answer in: the one chosen, else what the browser asks for (RFC 9110, 12.5.4)."""
    wishes = [(2.0, chosen)]
    for wish in asked.split(","):
        tag, _, weight = wish.partition(";q=")
        try:
            wishes.append((float(weight or 1), tag.strip().lower().partition("-")[0]))
        except ValueError:
            continue  # a wish that cannot be read is none
    # The sort is stable: of two equal wishes the one named first comes first.
    for quality, language in sorted(wishes, key=lambda wish: -wish[0]):
        if quality > 0 and language in available:
            return language
    return DEFAULT_LANGUAGE if DEFAULT_LANGUAGE in available else min(available)


def encoding(asked: str, path: Path) -> str:
    """Return which compressed form of a file to answer with, ``identity`` for none (RFC 9110, 12.5.3)."""
    wishes = [wish.replace(" ", "").lower().partition(";q=") for wish in asked.split(",")]
    taken = {name for name, _, weight in wishes if weight.strip("0.") or not weight}
    return next(
        (name for name, end in ENCODINGS.items() if name in taken and Path(f"{path}{end}").is_file()), "identity"
    )


def _respond(path: Path, request: Request, headers: Mapping[str, str], vary: str) -> Response:
    kind = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    form = encoding(request.headers.get("accept-encoding", ""), path)
    sent = Path(f"{path}{ENCODINGS[form]}") if form in ENCODINGS else path
    described = {**headers, "vary": vary} | ({"content-encoding": form} if form in ENCODINGS else {})
    response = FileResponse(sent, headers=described, media_type=kind, stat_result=sent.stat())
    response.chunk_size = CHUNK
    if response.headers["etag"] in request.headers.get("if-none-match", ""):
        unchanged = NotModifiedResponse(response.headers)
        # What it says replaces what the browser has kept (RFC 9111, 3.2): a policy that is left out would get lost.
        unchanged.headers.update({name: value for name, value in headers.items() if name not in unchanged.headers})
        return unchanged
    return response

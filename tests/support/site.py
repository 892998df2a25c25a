"""A small web server for the pages of a test: files from folders, and texts given by hand."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
}


class Site:
    """Serves on a free port of 127.0.0.1, from entering to leaving."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}
        """Folders by the path that they are served under, such as ``/pyodide/``."""
        self.files: dict[str, bytes] = {}
        """Contents by path; they go before the folders."""
        self.missing: list[str] = []
        """The paths that were asked for in vain."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                content = site.find(path)
                self.send_response(HTTPStatus.NOT_FOUND if content is None else HTTPStatus.OK)
                self.send_header("Content-Type", TYPES.get(PurePosixPath(path).suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def find(self, path: str) -> bytes | None:
        """Return what is at ``path``; what is missing is noted, but for the icon that every browser asks for."""
        if path in self.files:
            return self.files[path]
        for prefix, folder in self.folders.items():
            file = folder / path.removeprefix(prefix)
            if path.startswith(prefix) and ".." not in path and file.is_file():
                return file.read_bytes()
        if path != "/favicon.ico":
            self.missing.append(path)
        return None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

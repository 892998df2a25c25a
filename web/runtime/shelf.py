"""What is served under /static: every file under a name that carries the hash of its content.

So each may be cached for good, and a page always gets exactly the files it was built with.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

PREFIX = "/static/"


class BuildError(Exception):
    """Something in web/ is wrong; the message says what and where."""


def read_text(path: Path, shown: str) -> str:
    """The text of a file, which is called `shown` in an error. Raises BuildError for what is no UTF-8."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BuildError(f"{shown}: {error}") from error


class Shelf:
    """The static files gathered so far; `files` maps their path below /static to their content."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, name: str, content: bytes) -> str:
        """Put one file there as `<stem>.<hash>.<suffix>`. Returns its URL path."""
        path = PurePosixPath(name)
        return self._put(f"{path.stem}.{fingerprint(content)}{path.suffix}", content)

    def add_folder(self, name: str, contents: Mapping[str, bytes]) -> str:
        """Put files that refer to each other by relative paths into one folder `<name>.<hash>`.

        Returns the folder's URL path, without a slash at its end.
        """
        listing = "\n".join(f"{path} {fingerprint(contents[path], 64)}" for path in sorted(contents))
        folder = f"{name}.{fingerprint(listing.encode())}"
        for path in sorted(contents):
            self._put(f"{folder}/{path}", contents[path])
        return f"{PREFIX}{folder}"

    def _put(self, path: str, content: bytes) -> str:
        if self.files.setdefault(path, content) != content:
            raise BuildError(f"two different files would both be {PREFIX}{path}")
        return f"{PREFIX}{path}"


def fingerprint(content: bytes, length: int = 8) -> str:
    """The first `length` hexadecimal digits of the content's SHA-256."""
    return hashlib.sha256(content).hexdigest()[:length]

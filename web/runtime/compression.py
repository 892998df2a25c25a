"""Compressed forms of what is served, made once: Brotli (RFC 7932), and gzip for browsers that take no Brotli.

On plain HTTP browsers offer gzip alone.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import brotli

Keep = Callable[[str, Iterable[bytes | str], Callable[[], bytes]], bytes]

COMPRESSIBLE = (".css", ".html", ".js", ".json", ".mjs", ".py", ".snapshot", ".svg", ".wasm", ".webmanifest", ".zip")
LEAST = 256
"""Bytes below which nothing is gained."""
LARGE = 12_000_000
"""Bytes from which the best compression would take too long."""


def compress(files: Mapping[str, bytes], keep: Keep) -> dict[str, bytes]:
    """The compressed forms of files, each under the name of the file with `.br` or `.gz` added."""
    wanted = {name: content for name, content in files.items() if name.endswith(COMPRESSIBLE) and len(content) > LEAST}
    tasks = {f"{name}.{kind}": (kind, content) for kind in ("br", "gz") for name, content in wanted.items()}
    with ThreadPoolExecutor() as threads:  # both libraries let go of the interpreter's lock
        results = threads.map(lambda task: keep(task[0], [task[1]], lambda: KINDS[task[0]](task[1])), tasks.values())
        made = dict(zip(tasks, results, strict=True))
    return {name: content for name, content in made.items() if len(content) < len(files[name[:-3]])}


@contextmanager
def beginning(files: Mapping[str, bytes], keep: Keep) -> Iterator[None]:
    """Compress these beside what happens in the block, so that they are at hand afterwards."""
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(compress, files, keep)
        yield
        made.result()


def _brotli(content: bytes) -> bytes:
    return brotli.compress(content, quality=9 if len(content) > LARGE else 11, lgwin=24)


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 6 if len(content) > LARGE else 9, mtime=0)


KINDS: Mapping[str, Callable[[bytes], bytes]] = {"br": _brotli, "gz": _gzip}

"""Compressed forms of what is served, made once: Brotli (RFC 7932), and gzip for browsers that take no Brotli.

On plain HTTP browsers offer gzip alone.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import brotli

Keep = Callable[[str, Iterable[bytes | str], Callable[[], bytes]], bytes]
Begin = Callable[[Mapping[str, bytes]], None]

COMPRESSIBLE = (".css", ".html", ".js", ".json", ".mjs", ".py", ".snapshot", ".svg", ".wasm", ".webmanifest", ".zip")
LEAST = 256
"""Bytes below which nothing is gained."""
LARGE = 12_000_000
"""Bytes from which the best compression would take too long."""


def compress(files: Mapping[str, bytes], keep: Keep) -> dict[str, bytes]:
    """The compressed forms of files, each under the name of the file with `.br` or `.gz` added."""
    wanted = tasks(files)
    with ThreadPoolExecutor() as threads:  # both libraries let go of the interpreter's lock
        made = dict(zip(wanted, threads.map(partial(done, keep), wanted.values()), strict=True))
    return {name: content for name, content in made.items() if len(content) < len(files[name[:-3]])}


@contextmanager
def ahead(keep: Keep) -> Iterator[Begin]:
    """Compress what the block says that it knows already, beside what happens in it: it is at hand afterwards.

    The largest file takes a third of a whole build, and Node has to wait for nothing of it.
    """
    begun: dict[str, Future[bytes]] = {}
    with ThreadPoolExecutor() as threads:

        def begin(files: Mapping[str, bytes]) -> None:
            for name, task in tasks(files).items():
                if name not in begun:
                    begun[name] = threads.submit(done, keep, task)

        yield begin
        for each in begun.values():
            each.result()


def tasks(files: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """What there is to compress, by the name that it will have: how, and the content."""
    wanted = {name: content for name, content in files.items() if name.endswith(COMPRESSIBLE) and len(content) > LEAST}
    return {f"{name}.{kind}": (kind, content) for kind in KINDS for name, content in wanted.items()}


def done(keep: Keep, task: tuple[str, bytes]) -> bytes:
    """The compressed form."""
    kind, content = task
    return keep(kind, [content], lambda: KINDS[kind](content))


def _brotli(content: bytes) -> bytes:
    return brotli.compress(content, quality=9 if len(content) > LARGE else 11, lgwin=24)


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 6 if len(content) > LARGE else 9, mtime=0)


KINDS: Mapping[str, Callable[[bytes], bytes]] = {"br": _brotli, "gz": _gzip}

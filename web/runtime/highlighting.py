"""The archive of Pygments' lexers that color code in messages; a page fetches it when it has such code to show.

Of Pygments only what these lexers import when they are: not its styles and formatters, nor the long lists of names in
which two of them look words up. Markdown is not among the languages, since its lexer would bring Lisp's and LilyPond's.
"""

import importlib.util
from pathlib import Path

from chat.highlighting import MODULES
from web.runtime import bundle, imports
from web.runtime.shelf import BuildError, Shelf
from web.runtime.starting import Engine
from web.runtime.workshop import Making

BASE = (
    "__init__",
    "filter",
    "filters/__init__",
    "lexer",
    "modeline",
    "plugin",
    "regexopt",
    "token",
    "unistring",
    "util",
)
LISTS = ("css", "googlesql", "mysql", "postgres", "sql", "tsql")
"""The lists of names that are imported with their lexers."""
LIBRARY = frozenset(
    {"copy", "fnmatch", "html", "html.entities", "keyword", "operator", "time", "types", "unicodedata", "weakref"}
)
"""What they import of the standard library, besides what every page has."""


def gather(shelf: Shelf, making: Making, engine: Engine, *, quick: bool) -> str:
    """Put the archive on the shelf. Returns its URL."""
    found = sources()
    library = making.library(imports.read(engine.sources).library | LIBRARY)
    compiled = making.compiled(found, quick=quick)
    return shelf.add("code.zip", bundle.archive({**bundle.beyond(library, engine.library), **compiled}))


def sources() -> dict[str, bytes]:
    """The files of the archive that are Pygments', by their path in it. Raises BuildError if it is not installed."""
    spec = importlib.util.find_spec("pygments")
    if spec is None or spec.origin is None:
        raise BuildError("the package pygments is not installed; run `make setup`")
    folder = Path(spec.origin).parent
    lexers = ["__init__", "_mapping", *(f"_{name}_builtins" for name in LISTS), *MODULES]
    names = sorted([*(f"{name}.py" for name in BASE), *(f"lexers/{name}.py" for name in lexers)])
    return {f"pygments/{name}": (folder / name).read_bytes() for name in names}

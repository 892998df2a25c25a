"""Who imports whom in the page's Python, read from its source."""

import ast
import importlib.util
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

BROWSER = frozenset({"js", "pyodide", "pyodide_js", "pyscript"})
"""What there is only in a browser. Modules that import it hold JavaScript objects, which no snapshot can keep."""
TYPES_ONLY = frozenset({"typing_extensions"})
WISHED_FOR = frozenset({"linkify_it"})
"""What other people's packages import if it is there. It is not."""
ALWAYS = frozenset({"__future__", "pkgutil", "pyodide.code", "pyodide.ffi"})
"""What is imported without a statement of the page's that says so, or by Pyodide on its behalf."""


@dataclass(frozen=True, slots=True)
class Imports:
    """What the bundle needs of the standard library, and which of its own modules hold nothing of the browser."""

    library: frozenset[str]
    pure: tuple[str, ...]


def read(sources: Mapping[str, bytes]) -> Imports:
    """The imports of the bundle's files, given by their path in it; they have to compile."""
    modules = {name_of(path): source for path, source in sources.items() if path.endswith(".py")}
    packages = {name.partition(".")[0] for name in modules}
    found = {name: imported_by(source) for name, source in modules.items()}
    outside = {name for names in found.values() for name in names if name.partition(".")[0] not in packages}
    library = {
        name for name in outside if name.partition(".")[0] not in BROWSER | TYPES_ONLY | WISHED_FOR and is_module(name)
    }
    pure = [name for name in modules if not touches_browser(name, found)]
    return Imports(frozenset(library | ALWAYS), tuple(sorted(pure)))


def name_of(path: str) -> str:
    """The module in a file: `chat.main` for chat/main.py, `chat` for chat/__init__.py."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def imported_by(source: bytes) -> frozenset[str]:
    """What a source imports. The lesson asks once more for all that the chat has asked for."""
    return frozenset(imported(ast.parse(source)))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere, and what may be one: `a` and `a.b` for `from a import b`."""
    for node in statements(tree):
        match node:
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                continue
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case _:
                yield from imported(node)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """What stands directly in a statement; no expression, in which nothing is imported."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        found = getattr(node, name, ())
        if isinstance(found, list):
            yield from found


def at_start(sources: Mapping[str, bytes], first: str) -> frozenset[str]:
    """The bundle's own modules that are imported before anything is done: by `first`, and by what that imports."""
    modules = {name_of(path): source for path, source in sources.items() if path.endswith(".py")}
    seen: set[str] = set()
    waiting = [first]
    while waiting:
        name = waiting.pop()
        if name in modules and name not in seen:
            seen.add(name)
            waiting += [*imported_at_once(ast.parse(modules[name])), name.rpartition(".")[0]]
    return frozenset(seen)


def imported_at_once(tree: ast.AST) -> Iterator[str]:
    """What `imported` finds outside of functions."""
    for node in statements(tree):
        match node:
            case ast.If(test=ast.Name("TYPE_CHECKING")) | ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.Import() | ast.ImportFrom():
                yield from imported(ast.Module([node], []))
            case _:
                yield from imported_at_once(node)


def is_module(name: str) -> bool:
    """Whether the library has such a module, as far as the Python that builds can tell."""
    try:
        return "." not in name or importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False  # what it is in is no package


def touches_browser(name: str, found: Mapping[str, Collection[str]]) -> bool:
    """Whether importing the module would import something of the browser, through others as well."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each.partition(".")[0] in BROWSER:
            return True
        if each in found and each not in seen:
            seen.add(each)
            waiting += [*found[each], each.rpartition(".")[0]]
    return False

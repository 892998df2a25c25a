"""The files of PyScript and Pyodide that a page really loads, out of web/node_modules.

Each package keeps its own folder and file names, since its modules import each other by relative paths.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from web.runtime.shelf import BuildError, Shelf

SCRIPT, WASM = "pyodide.asm.mjs", "pyodide.asm.wasm"
PYODIDE = ("pyodide.mjs", SCRIPT, WASM)

# PyScript fetches every plugin before it starts the interpreter. Those named here stay away; the one that
# reports errors is loaded in any case, and told by its "!" to use the console and leave the page alone.
PLUGINS = ("!deprecations-manager", "!donkey", "!error", "!py-editor", "!py-game", "!py-terminal")
ALWAYS_LOADED = "error-*.js"

STATIC_IMPORT = re.compile(rb"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where a page finds the runtime: URL paths, the modules to preload among them in the order of need."""

    core: str
    pyodide: str
    lock: str
    modules: tuple[str, ...]
    script: str
    wasm: str


def gather(node_modules: Path, shelf: Shelf) -> Runtime:
    """Put the runtime on the shelf. Raises BuildError when it is not installed, or not as expected."""
    pyscript = pyscript_files(node_modules / "@pyscript" / "core" / "dist")
    pyodide = pyodide_files(node_modules / "pyodide")
    core, engine = shelf.add_folder("pyscript", pyscript), shelf.add_folder("pyodide", pyodide)
    return Runtime(
        core=f"{core}/core.js",
        pyodide=engine,
        lock=empty_lock(node_modules / "pyodide"),
        modules=(
            *(f"{engine}/{name}" for name in pyodide if name.endswith(".mjs")),
            *(f"{core}/{name}" for name in pyscript),
        ),
        script=f"{engine}/{SCRIPT}",
        wasm=f"{engine}/{WASM}",
    )


def pyscript_files(dist: Path) -> dict[str, bytes]:
    """PyScript's entry, what it imports, and the plugin that is loaded in any case."""
    files: dict[str, bytes] = {}
    waiting = ["core.js", *(path.name for path in sorted(dist.glob(ALWAYS_LOADED)))]
    if len(waiting) != 2:
        raise BuildError(f"{dist} does not hold PyScript as expected; run `make setup`")
    while waiting:
        name = waiting.pop(0)
        if name not in files:
            files[name] = read(dist / name)
            waiting += [match.decode() for match in STATIC_IMPORT.findall(files[name])]
    return files


def pyodide_files(package: Path) -> dict[str, bytes]:
    """The interpreter, without its library."""
    return {name: read(package / name) for name in PYODIDE}


def empty_lock(package: Path) -> str:
    """Pyodide's list of packages, as JSON, with nothing in it: nothing is loaded from another host."""
    lock = json.loads(read(package / "pyodide-lock.json"))
    return json.dumps({"info": lock["info"], "packages": {}}, sort_keys=True)


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BuildError(f"the browser's runtime is not installed ({error}); run `make setup`") from error

"""Run in Pyodide by the build: compiles the Python below /job/bundle, each file to a .pyc beside it.

Tracebacks name the file and the line (`chat/main.py`). Data classes are spelled out. Of the docstrings only those of
classes stay, a character long: where `dataclass` is left to make one, it would write what is missing.
"""

import ast
import importlib.util
import marshal
import os
import sys
from pathlib import Path

sys.path.insert(0, "/job")
from web.runtime.inside.spelling import spell_out  # the build has put it there


def main() -> None:
    os.chdir("/job/bundle")
    for path in Path().rglob("*.py"):
        Path(f"{path}c").write_bytes(compiled(str(path), path.read_bytes()))


def compiled(path: str, source: bytes) -> bytes:
    """The byte code of a module, as a .pyc that is never checked against its source (PEP 552)."""
    tree = ast.parse(source, path)
    spell_out(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            shorten(node)
    code = compile(tree, path, "exec", dont_inherit=True)
    return importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code)


def shorten(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Take the docstring away, or all but one character of it."""
    if ast.get_docstring(node, clean=False) is None:
        return
    first = node.body[0]
    assert isinstance(first, ast.Expr)
    if isinstance(node, ast.ClassDef):
        first.value = ast.copy_location(ast.Constant("."), first)
    else:
        # A body cannot be empty, except a module's; nor may anything stand before `from __future__ import`.
        node.body[:1] = (
            [] if isinstance(node, ast.Module) or len(node.body) > 1 else [ast.copy_location(ast.Pass(), first)]
        )


main()

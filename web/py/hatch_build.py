"""Leaves out of the wheel what only a reader of the sources wants: a page has to load it before anything works.

Comments go, wide indentation, and the docstrings of the modules that no program imports itself. Every line stays where
it is, so that a traceback names the line of the sources. Together that is a third of the wheel.
"""

from __future__ import annotations

import ast
import io
import re
import tempfile
import tokenize
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "rebond"
LEFT_OUT = (
    "asyncio",
    "browser/idb.py",
    "browser/storage.py",
    "simulation",
    "session.py",
    "state.py",
    "exchange.py",
    "admission.py",
)
"""Of no use to every page: the shell for CPython and the storage, which have wheels of their own (rebond-asyncio and
rebond-storage); the virtual network of this repository's tests and lesson; the server's half of the protocol."""

PUBLIC = ("__init__.py", "browser/link.py", "face/link.py", "status.py")
"""The modules that keep their docstrings: what ``help`` shows of a link and of what it tells."""

Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

_INDENTATION = re.compile(r"^(?: {4})+")


class WheelHook(BuildHookInterface[Any]):
    """Puts the modules into the wheel by way of a folder of their shorter selves."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say what goes into the wheel; an editable one takes the sources as they are."""
        if version == "editable":
            return
        root = Path(self.root, PACKAGE)
        self._folder = tempfile.TemporaryDirectory()
        for path in sorted(root.rglob("*.py")):
            name = path.relative_to(root)
            if name.parts[0] in LEFT_OUT or name.as_posix() in LEFT_OUT:
                continue
            short = Path(self._folder.name, name)
            short.parent.mkdir(parents=True, exist_ok=True)
            short.write_text(shortened(path.read_text("utf-8"), public=name.as_posix() in PUBLIC), "utf-8")
            build_data["force_include"][str(short)] = f"{PACKAGE}/{name.as_posix()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the folder."""
        super().finalize(version, build_data, artifact_path)
        if version != "editable":
            self._folder.cleanup()


def shortened(source: str, *, public: bool) -> str:
    """Return ``source`` without comments and, unless ``public``, without docstrings; every line keeps its number."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    if not public:
        for scope in ast.walk(ast.parse(source)):
            if isinstance(scope, Scope):
                for words in _docstrings(scope):
                    last = words.end_lineno or words.lineno
                    lines[words.lineno - 1 : last] = [""] * (last - words.lineno + 1)
                    needed = isinstance(scope, ast.ClassDef) or len(scope.body) == 1
                    if words is scope.body[0] and needed and not isinstance(scope, ast.Module):
                        # A body needs a statement, and a dataclass without a docstring makes one, which takes its time.
                        lines[words.lineno - 1] = " " * words.col_offset + '" "'
        lines = [_INDENTATION.sub(lambda spaces: " " * (len(spaces[0]) // 4), line) for line in lines]
    return "\n".join(lines) + "\n"


def _docstrings(scope: Scope) -> list[ast.Expr]:
    """Return the strings among the statements of ``scope`` that are there to be read."""
    return [
        statement
        for statement in scope.body
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    ]

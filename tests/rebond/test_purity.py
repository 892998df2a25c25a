"""The core stands on the standard library alone, and on nothing of it that knows the time, chance or the network."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import rebond

ROOT = Path(rebond.__file__).parent
SHELLS = {"browser", "asyncio", "face"}
CORE = sorted(path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in SHELLS)
FORBIDDEN = {"js", "pyodide", "pyscript", "asyncio", "time", "datetime", "socket", "threading", "secrets", "os", "uuid"}


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_imports_the_standard_library_and_itself(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    assert roots - {"rebond"} <= sys.stdlib_module_names
    assert not roots & FORBIDDEN


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_knows_neither_its_shells_nor_who_uses_it(path: Path) -> None:
    assert not {name for name in imports(path) if name.startswith(tuple(f"rebond.{shell}" for shell in SHELLS))}


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_chance_comes_in_as_an_argument(path: Path) -> None:
    """``random`` may be imported for the type of a generator, never called as a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            assert (node.func.value.id, node.func.attr) == ("random", "Random") or node.func.value.id != "random"

"""Spells out in a syntax tree what ``dataclass`` would write, compile and put together at import.

Each class it makes costs a start in the browser about a millisecond; spelled out it costs a thirtieth of that, and a
start makes a hundred of them. The result behaves as the standard library's does (tests/web/test_spelling.py); what is
not understood here is left to it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

KNOWN = {"dataclass(slots=True)": False, "dataclass(frozen=True, slots=True)": True}
"""The decorators that are understood, and whether their classes are frozen."""

METHODS = {"__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__post_init__", "__slots__"}
"""A class with one of its own is left alone."""

FROZEN = {"__setattr__": "keep", "__delattr__": "hold", "__getstate__": "state", "__setstate__": "take"}


@dataclass(frozen=True)
class Given:
    """A field: its name, its default and its factory, as they are written, and whether it counts for equality."""

    name: str
    default: str | None
    factory: str | None
    compare: bool


def spell_out(tree: ast.Module) -> int:
    """Change the module in place. Returns how many classes are spelled out."""
    fieldless: set[str] = set()
    count = 0
    for place, node in enumerate(tree.body):
        if isinstance(node, ast.ClassDef) and (made := spelled(node, fieldless)) is not None:
            tree.body[place] = made
            count += 1
    if count:
        # Behind the imports from __future__, and the docstring that may be before them.
        at = next((index for index, node in enumerate(tree.body) if not is_first(node)), len(tree.body))
        [brought] = ast.parse("import spelled as _spelled").body
        tree.body.insert(at, brought)
    return count


def is_first(node: ast.stmt) -> bool:
    """Whether nothing may stand before it."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def spelled(node: ast.ClassDef, fieldless: set[str]) -> ast.ClassDef | None:
    """The class spelled out, or None to leave it alone. Its bases must have no fields, as those in ``fieldless``."""
    frozen = KNOWN.get(", ".join(map(ast.unparse, node.decorator_list)))
    own = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    if frozen is None or node.keywords or own & METHODS or not {ast.unparse(base) for base in node.bases} <= fieldless:
        return None
    try:
        fields = [given(each) for each in node.body if is_field(each)]
    except LookupError:
        return None
    if not fields:
        fieldless.add(node.name)
    body = [without_value(each) if is_field(each) else each for each in node.body]
    parts = {**dict(ast.iter_fields(node)), "decorator_list": [], "body": [*body, *written(fields, frozen=frozen)]}
    return ast.fix_missing_locations(ast.copy_location(ast.ClassDef(**parts), node))


def is_field(node: ast.stmt) -> bool:
    """Whether it stands for a field."""
    return isinstance(node, ast.AnnAssign) and not ast.unparse(node.annotation).startswith("ClassVar")


def given(node: ast.stmt) -> Given:
    """What a field is to be. Raises LookupError for what is not understood."""
    assert isinstance(node, ast.AnnAssign)
    name, value = ast.unparse(node.target), node.value
    if not (isinstance(value, ast.Call) and ast.unparse(value.func) == "field"):
        return Given(name, None if value is None else ast.unparse(value), None, compare=True)
    told = {str(each.arg): ast.unparse(each.value) for each in value.keywords}
    if value.args or not told.keys() <= {"default", "default_factory", "compare"}:
        raise LookupError(ast.unparse(value))
    return Given(name, told.get("default"), told.get("default_factory"), told.get("compare", "True") == "True")


def without_value(node: ast.stmt) -> ast.AnnAssign:
    """The field's annotation: a class that names its slots can hold no default in their place."""
    assert isinstance(node, ast.AnnAssign)
    return ast.copy_location(ast.AnnAssign(node.target, node.annotation, None, node.simple), node)


def written(fields: list[Given], *, frozen: bool) -> list[ast.stmt]:
    """The statements that make the class what it is to be."""
    lines = [*members(fields, frozen=frozen), *constructor(fields, frozen=frozen), *equality(fields, frozen=frozen)]
    [node] = ast.parse("\n ".join(["class _:", *lines])).body
    assert isinstance(node, ast.ClassDef)
    for each in ast.walk(node):
        # They stand nowhere in the file: what goes wrong in them is told of the line of the class.
        for attribute in ("lineno", "end_lineno", "col_offset", "end_col_offset"):
            if hasattr(each, attribute):
                delattr(each, attribute)
    return node.body


def members(fields: list[Given], *, frozen: bool) -> Iterator[str]:
    names = tuple(field.name for field in fields)
    yield f"__slots__ = __match_args__ = {names!r}"
    yield "__dataclass_fields__ = _spelled.FIELDS"
    yield f"__dataclass_params__ = _spelled.{'FROZEN' if frozen else 'OPEN'}"
    yield "__repr__, __replace__ = _spelled.represent, _spelled.replaced"
    if frozen:
        yield f"{', '.join(FROZEN)} = {', '.join(f'_spelled.{name}' for name in FROZEN.values())}"
    if factories := {field.name: field.factory for field in fields if field.factory}:
        yield f"_factories = {{{', '.join(f'{name!r}: {factory}' for name, factory in factories.items())}}}"
    if incomparable := tuple(field.name for field in fields if not field.compare):
        yield f"_incomparable = {incomparable!r}"


def constructor(fields: list[Given], *, frozen: bool) -> Iterator[str]:
    defaults = (field.default if field.factory is None else "_spelled.FACTORY" for field in fields)
    named = zip(fields, defaults, strict=True)
    parts = (field.name if default is None else f"{field.name}={default}" for field, default in named)
    yield f"def __init__({', '.join(['self', *parts])}):"
    for field in fields:
        value = field.name
        if field.factory is not None:
            value = f"({field.factory})() if {field.name} is _spelled.FACTORY else {field.name}"
        yield f"  object.__setattr__(self, {field.name!r}, {value})" if frozen else f"  self.{field.name} = {value}"
    if not fields:
        yield "  pass"


def equality(fields: list[Given], *, frozen: bool) -> Iterator[str]:
    compared = [field.name for field in fields if field.compare]
    yield "def __eq__(self, other):"
    yield "  if self is other: return True"
    yield "  if other.__class__ is not self.__class__: return NotImplemented"
    yield f"  return {' and '.join(f'self.{name} == other.{name}' for name in compared) or 'True'}"
    if frozen:
        yield f"def __hash__(self): return hash(({''.join(f'self.{name}, ' for name in compared)}))"

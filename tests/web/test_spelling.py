"""Data classes that the build has spelled out are what the standard library would have made of them."""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import pickle
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.runtime.inside import spelled
from web.runtime.inside.spelling import spell_out

PYTHON = Path(__file__).resolve().parents[2] / "web" / "py"

SOURCE = '''"""A module."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

NOTHING = ()


@dataclass(frozen=True, slots=True)
class Bare:
    """Nothing in it."""

    KIND: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Three(Bare):
    """Some have defaults."""

    KIND: ClassVar[str] = "three"
    a: int
    b: str = "b"
    """A text of its own."""
    c: tuple[int, ...] = NOTHING

    @property
    def twice(self) -> int:
        return self.a * 2


@dataclass(frozen=True, slots=True)
class Lenient:
    a: int
    b: int | None = field(default=None, compare=False)
    c: int = field(compare=False, default=3)


@dataclass(slots=True)
class Open:
    a: int
    b: dict[str, int] = field(default_factory=dict)
    c: list[int] = field(default_factory=lambda: [1])
'''

NAMES = ("Bare", "Three", "Lenient", "Open")


def module(name: str, *, out: bool) -> types.ModuleType:
    """The module as it is, or with its classes spelled out."""
    tree = ast.parse(SOURCE)
    if out:
        assert spell_out(tree) == len(NAMES)
    made = types.ModuleType(name)
    sys.modules[name] = made
    exec(compile(tree, name, "exec", dont_inherit=True), made.__dict__)
    return made


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[types.ModuleType, types.ModuleType]]:
    """As the standard library makes them, and spelled out."""
    sys.modules["spelled"] = spelled
    yield module("plain_classes", out=False), module("spelled_classes", out=True)
    for name in ("spelled", "plain_classes", "spelled_classes"):
        del sys.modules[name]


def outcome(work: Callable[..., object], *given: object) -> object:
    """What comes of it: a value, or the sort of failure and what it says."""
    try:
        return work(*given)
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


def about(value: Any, other: Any) -> list[object]:  # noqa: ANN401 # of a class that the test has made
    """All that can be told of an instance."""
    kind = type(value)
    name = kind.__match_args__[0] if kind.__match_args__ else "a"
    return [
        repr(value),
        value == other,
        value == copy.copy(value),
        value != other,
        value == 1,
        outcome(lambda: hash(value)),
        dataclasses.asdict(value),
        dataclasses.astuple(value),
        outcome(lambda: repr(dataclasses.replace(value, **{name: 7}))),
        outcome(lambda: repr(dataclasses.replace(value, nonsense=7))),
        outcome(lambda: repr(pickle.loads(pickle.dumps(value)))),
        kind.__match_args__ and outcome(lambda: setattr(copy.copy(value), name, 9)),
        kind.__match_args__ and outcome(lambda: delattr(copy.copy(value), name)),
        # Refused; the standard library's own refusal stumbles over the class that it has replaced by one with slots.
        outcome(lambda: setattr(value, "nonsense", 9)) is None,
    ]


@given(numbers=st.lists(st.integers(0, 3), min_size=0, max_size=4), others=st.lists(st.integers(0, 3), max_size=4))
@pytest.mark.parametrize("name", NAMES)
def test_instances_behave_alike(
    both: tuple[types.ModuleType, types.ModuleType], name: str, numbers: list[int], others: list[int]
) -> None:
    told = []
    for classes in both:
        kind = getattr(classes, name)
        value, other = outcome(kind, *numbers), outcome(kind, *others)
        if type(value) is kind and type(other) is kind:
            told.append(about(value, other))
        else:
            told.append(
                [value if type(value) is tuple else repr(value), other if type(other) is tuple else repr(other)]
            )
    assert told[0] == told[1]


@pytest.mark.parametrize("name", NAMES)
def test_classes_are_alike(both: tuple[types.ModuleType, types.ModuleType], name: str) -> None:
    told = []
    for classes in both:
        kind = getattr(classes, name)
        told.append(
            {
                "slots": kind.__slots__,
                "match": kind.__match_args__,
                "doc": kind.__doc__,
                "qualname": kind.__qualname__,
                "annotations": kind.__annotations__,
                "kind": getattr(kind, "KIND", None),
                "no dict": not hasattr(kind, "__dict__") or "__dict__" not in kind.__dict__,
                "parameters": list(inspect.signature(kind).parameters),
                "frozen": repr(kind.__dataclass_params__),
                "fields": [
                    (each.name, each.type, each.default, each.default_factory is dataclasses.MISSING, each.compare)
                    for each in dataclasses.fields(kind)
                ],
                "is one": dataclasses.is_dataclass(kind),
            }
        )
    if told[0]["doc"] and str(told[0]["doc"]).startswith(f"{name}("):
        told[0]["doc"] = None  # the signature as a text: the build's classes have no documentation
    assert told[0] == told[1]


def test_a_class_of_the_standard_library_may_come_of_one(both: tuple[types.ModuleType, types.ModuleType]) -> None:
    plain, out = (dataclasses.make_dataclass("More", ["d"], bases=(each.Bare,), frozen=True) for each in both)
    assert repr(plain(1)) == repr(out(1))
    for each in both:
        with pytest.raises(TypeError, match="cannot inherit"):
            dataclasses.make_dataclass("Other", ["d"], bases=(each.Bare,), frozen=False)


def test_each_factory_makes_a_value_of_its_own(both: tuple[types.ModuleType, types.ModuleType]) -> None:
    first, second = (both[1].Open(1) for _ in range(2))
    first.b["x"] = 1
    assert second.b == {}


def test_what_a_class_matches_is_alike(both: tuple[types.ModuleType, types.ModuleType]) -> None:
    for classes in both:
        match classes.Three(1, "x"):
            case classes.Three(a, b):
                assert (a, b) == (1, "x")
            case _:
                raise AssertionError("it does not match")


@pytest.mark.parametrize(
    "source",
    [
        "@dataclass\nclass A:\n    a: int",
        "@dataclass(frozen=True, slots=True)\nclass A(Other):\n    a: int",
        "@dataclass(frozen=True, slots=True)\nclass A:\n    a: int = field(init=False)",
        "@dataclass(frozen=True, slots=True)\nclass A:\n    a: int\n    def __post_init__(self): ...",
    ],
)
def test_what_is_not_understood_is_left_alone(source: str) -> None:
    tree = ast.parse(source)
    assert spell_out(tree) == 0
    assert ast.unparse(tree) == ast.unparse(ast.parse(source))


def test_every_data_class_of_the_chat_and_the_library_is_understood() -> None:
    left = []
    for package in ("chat", "rebond"):
        for path in (PYTHON / package).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            spell_out(tree)
            if "asyncio" not in path.parts:
                left += [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.decorator_list]
    assert left == []

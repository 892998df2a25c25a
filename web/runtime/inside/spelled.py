"""What the data classes of the page have in common once the build has spelled them out.

See web/runtime/inside/spelling.py. In the page this is the module ``spelled``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Never, Protocol, cast

FACTORY = object()
"""Stands for what a field's factory is yet to make."""


class Kind(Protocol):
    """A class that is spelled out. The names of its fields are given to its constructor in their order."""

    __name__: str
    __qualname__: str
    __match_args__: tuple[str, ...]
    __annotations__: dict[str, str]
    __dataclass_fields__: object


def represent(self: object) -> str:
    """See dataclasses, as for all below. What holds itself would be written without end; nothing here does."""
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names(self))})"


def keep(_self: object, name: str, _: object) -> Never:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def hold(_self: object, name: str) -> Never:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def state(self: object) -> list[object]:
    return [getattr(self, name) for name in names(self)]


def take(self: object, values: list[object]) -> None:
    for name, value in zip(names(self), values, strict=True):
        object.__setattr__(self, name, value)


def replaced(self: object, /, **changes: object) -> object:
    return dataclasses.replace(self, **changes)  # type: ignore[type-var] # it is one


def names(self: object) -> tuple[str, ...]:
    """The names of the fields."""
    return cast(Kind, type(self)).__match_args__


class Fields:
    """``__dataclass_fields__``, made when it is asked for: few classes are."""

    def __get__(self, _: object, kind: Kind) -> dict[str, dataclasses.Field[object]]:
        names = kind.__match_args__
        own = vars(kind)
        defaults: tuple[object, ...] = own["__init__"].__defaults__ or ()
        given = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        factories: Mapping[str, Callable[[], object]] = own.get("_factories", {})
        incomparable: tuple[str, ...] = own.get("_incomparable", ())
        told = []
        for name in names:
            field = dataclasses.field(compare=name not in incomparable)
            if name in factories:
                field.default_factory = factories[name]
            elif name in given:
                field.default = given[name]
            told.append((name, kind.__annotations__[name], field))
        # The standard library knows what else a field has to have.
        like = dataclasses.make_dataclass(kind.__name__, told)
        made: dict[str, dataclasses.Field[object]] = vars(like)["__dataclass_fields__"]
        kind.__dataclass_fields__ = made
        return made


class Parameters:
    """``__dataclass_params__``: what ``dataclass`` was told. It asks that of the bases of a class."""

    def __init__(self, *, frozen: bool) -> None:
        self._frozen = frozen

    def __get__(self, _: object, kind: type[object]) -> object:
        like = dataclasses.make_dataclass("Like", (), frozen=self._frozen, slots=True)
        return vars(like)["__dataclass_params__"]


FIELDS = Fields()
FROZEN, OPEN = Parameters(frozen=True), Parameters(frozen=False)

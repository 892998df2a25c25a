"""Placeholders: `{{name}}` and `{{kind:argument}}` in a text, each replaced by what it stands for."""

import re
from collections.abc import Callable, Mapping

from web.runtime.shelf import BuildError

PLACEHOLDER = re.compile(r"\{\{\s*(?P<name>[^{}:]*?)\s*(?::\s*(?P<argument>[^{}]*?)\s*)?\}\}")


def fill(
    source: str,
    where: str,
    values: Mapping[str, Callable[[], str]],
    kinds: Mapping[str, Callable[[str], str]],
) -> str:
    """`source` with every placeholder replaced: `{{name}}` from `values`, `{{kind:argument}}` from `kinds`.

    Raises BuildError, with `where` and the line, for one that is unknown and for one that cannot be resolved.
    """

    def replace(match: re.Match[str]) -> str:
        name, argument = match["name"], match["argument"]
        try:
            if argument is None and name in values:
                return values[name]()
            if argument is not None and name in kinds:
                return kinds[name](argument)
            raise BuildError(f"unknown placeholder {match[0]}")
        except BuildError as error:
            line = source.count("\n", 0, match.start()) + 1
            raise BuildError(f"{where}:{line}: {error}") from error

    return PLACEHOLDER.sub(replace, source)

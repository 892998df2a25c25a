"""The names of subprotocols, as a program gives them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def checked(names: Sequence[str]) -> list[str]:
    """Return the names. They have to be tokens, and different (RFC 6455, section 4.1).

    Raises TypeError for a single string, and ValueError for what no server could be asked for.
    """
    if isinstance(names, str):
        raise TypeError(f"subprotocols is a list of names: [{names!r}]")
    for name in names:
        if not _TOKEN.fullmatch(name) or list(names).count(name) > 1:
            raise ValueError(f"{name!r} cannot be a subprotocol, or is there twice")
    return list(names)

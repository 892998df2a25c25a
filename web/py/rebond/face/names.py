"""Names that are given only once."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from os import urandom


def fresh_name(size: int = 9) -> str:
    """Return a name made of ``size`` random bytes, four characters for each three.

    As ``secrets.token_urlsafe`` does, whose module brings along what a page has to import and has no use for.
    """
    return urlsafe_b64encode(urandom(size)).rstrip(b"=").decode("ascii")

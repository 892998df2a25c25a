"""The access token that a request brings along."""

from __future__ import annotations

from starlette.requests import Request


def bearer(request: Request) -> str | None:
    """Return the access token of the request (RFC 6750, section 2.1)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None

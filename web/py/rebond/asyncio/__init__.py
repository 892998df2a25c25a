"""The link in CPython, on asyncio and the library websockets: for bots, tools and tests."""

from rebond.asyncio.link import Link
from rebond.face.token import Token, TokenProvider, Unavailable

__all__ = ["Link", "Token", "TokenProvider", "Unavailable"]

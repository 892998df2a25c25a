"""The link in CPython, on asyncio and the library websockets: for bots, tools and tests."""

try:
    import websockets as _websockets  # noqa: F401 - asked for here, to say what is missing in a way that helps
except ImportError as error:
    raise ImportError("rebond.asyncio needs the library websockets: pip install websockets") from error

from rebond.asyncio.link import Link
from rebond.face.token import Token, TokenProvider, Unavailable

__all__ = ["Link", "Token", "TokenProvider", "Unavailable"]

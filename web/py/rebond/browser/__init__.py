"""The link in a browser, for Python on Pyodide."""

from rebond.browser.link import Link
from rebond.face.token import Token, TokenProvider, Unavailable

__all__ = ["Link", "Token", "TokenProvider", "Unavailable"]

"""The link in a browser, for Python on Pyodide."""

from rebond.browser.link import Link
from rebond.browser.token import Token, Unavailable

__all__ = ["Link", "Token", "Unavailable"]

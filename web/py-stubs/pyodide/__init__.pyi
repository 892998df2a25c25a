"""Pyodide's Python side, as far as this project uses it."""

__version__: str

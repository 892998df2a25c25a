"""PyScript's Python side, as far as this project uses it."""

from typing import Any

config: dict[str, Any]
document: Any
window: Any

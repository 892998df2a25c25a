"""There are no processes in a browser. ``asyncio.events`` names these in signatures."""

PIPE = -1
STDOUT = -2
DEVNULL = -3

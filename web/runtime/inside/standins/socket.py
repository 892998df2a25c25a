"""There are no sockets in a browser but WebSockets. ``asyncio.events`` names these in signatures."""

AF_UNSPEC = 0
AI_PASSIVE = 1

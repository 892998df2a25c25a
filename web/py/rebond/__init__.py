"""Rebond: a WebSocket link that always comes back, and never loses, doubles or reorders a message."""

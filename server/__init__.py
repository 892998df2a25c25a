"""The Starlette application: accounts, rooms and messages over HTTP, and the socket on which they arrive."""

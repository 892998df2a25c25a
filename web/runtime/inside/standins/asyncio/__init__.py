"""asyncio without the loops that it makes of sockets, and what is made of those: the loop of a page is Pyodide's."""

import importlib

for _name in (
    "coroutines",
    "events",
    "exceptions",
    "futures",
    "locks",
    "protocols",
    "runners",
    "queues",
    "tasks",
    "taskgroups",
    "timeouts",
    "threads",
    "transports",
):
    _part = importlib.import_module(f"asyncio.{_name}")
    globals().update({each: getattr(_part, each) for each in _part.__all__})

DefaultEventLoopPolicy = vars(importlib.import_module("asyncio.events"))["_BaseDefaultEventLoopPolicy"]
"""What Pyodide's is made from."""

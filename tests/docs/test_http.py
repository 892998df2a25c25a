"""docs/protocol.md lists the HTTP interface, path by path."""

from __future__ import annotations

import re
from typing import cast

from starlette.routing import Route

from server.access import Access
from server.api import Api
from server.api_account import AccountApi
from server.api_members import MembersApi
from server.api_rooms import RoomsApi
from server.cookies import RefreshCookie
from server.database import Database
from server.departures import Departures
from server.devices import Devices
from server.door import Door
from server.indexer import Indexer
from server.limits import Limits
from server.metrics import Metrics
from server.pages import Pages
from server.states import States
from tests.docs.test_protocol import part, rows

Path = tuple[str, str]


def listed() -> set[Path]:
    """Return method and path of all that the page lists; ``/x`` after a path stands for another last part."""
    found: set[Path] = set()
    for row in rows(part("## HTTP")):
        method, path = "", ""
        for code in re.findall(r"`([^`]+)`", row[0]):
            asked = re.fullmatch(r"(GET|POST) (/[^?]*)(\?.*)?", code)
            if asked:
                method, path = asked[1], asked[2]
            elif code.startswith("/"):
                path = path.rpartition("/")[0] + code
            else:
                continue
            found.add((method, anonymous(path)))
    return found


def anonymous(path: str) -> str:
    """Return a path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def offered() -> set[Path]:
    """Return method and path of all that the server answers."""
    access, database = cast(Access, None), cast(Database, None)
    cookie, devices = cast(RefreshCookie, None), cast(Devices, None)
    routes: list[Route] = [
        *Api(access, database, cast(Door, None), cookie, devices, cast(Pages, None)).routes(),
        *AccountApi(access, database, cookie, cast(Departures, None), 0).routes(),
        *MembersApi(access, database).routes(),
        *RoomsApi(access, database, cast(States, None), cast(Indexer, None), cast(Limits, None)).routes(),
        *Metrics(lambda: iter(()), "").routes(),
    ]
    return {(method, anonymous(route.path)) for route in routes for method in (route.methods or set()) - {"HEAD"}}


def test_every_path_is_listed_and_no_other() -> None:
    assert listed() == offered()

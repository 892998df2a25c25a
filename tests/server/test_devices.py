"""The cookie by which a device is known again."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from starlette.requests import Request
from starlette.responses import Response

from server.devices import NAME, Devices

DEVICES = Devices("a key for the tests that is long enough")


def asking(cookie: str | None, scheme: str = "https") -> Request:
    headers = [] if cookie is None else [(b"cookie", f"{NAME}={cookie}".encode())]
    return Request({"type": "http", "scheme": scheme, "path": "/", "server": ("host", 443), "headers": headers})


def marked(devices: Devices, account: str, cookie: str | None = None) -> str | None:
    response = Response()
    devices.mark(asking(cookie), response, account)
    written = response.headers.get("set-cookie")
    return None if written is None else SimpleCookie(written)[NAME].value


def test_device_is_known_for_the_account_that_logged_in_there() -> None:
    cookie = marked(DEVICES, "ada")
    assert DEVICES.known(asking(cookie), "ada")
    assert DEVICES.known(asking(cookie), "bob") is None
    assert DEVICES.known(asking(None), "ada") is None
    assert marked(DEVICES, "ada", cookie) is None
    assert marked(DEVICES, "bob", cookie) is not None


@pytest.mark.parametrize("cookie", ["", ".", "ada.name.", "ada.name.00", "ada", "é.é.é"])
def test_nobody_makes_one_up(cookie: str) -> None:
    assert DEVICES.known(asking(cookie), "ada") is None


def test_another_servers_cookie_is_none() -> None:
    assert DEVICES.known(asking(marked(Devices("another key"), "ada")), "ada") is None


def test_the_cookie_is_strict() -> None:
    response = Response()
    DEVICES.mark(asking(None), response, "ada")
    morsel = SimpleCookie(response.headers["set-cookie"])[NAME]
    assert (morsel["httponly"], morsel["secure"], morsel["samesite"], morsel["path"]) == (True, True, "strict", "/")

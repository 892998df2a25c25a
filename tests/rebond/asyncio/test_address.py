"""Where a link connects to, and where it asks."""

from __future__ import annotations

import pytest

from rebond.asyncio.address import Address, address

PROXIES = ("http_proxy", "https_proxy", "ws_proxy", "wss_proxy", "socks_proxy", "all_proxy", "no_proxy")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ws://example.org/feed?a=1", Address("ws://example.org/feed?a=1", "example.org", 80, False, "/feed?a=1")),
        ("wss://example.org", Address("wss://example.org", "example.org", 443, True, "/")),
        ("http://localhost:8000/ws", Address("ws://localhost:8000/ws", "localhost", 8000, False, "/ws")),
        ("Https://example.org/", Address("wss://example.org/", "example.org", 443, True, "/")),
        ("ws://[::1]:8000/", Address("ws://[::1]:8000/", "::1", 8000, False, "/")),
    ],
)
def test_an_address_is_read(url: str, expected: Address) -> None:
    assert address(url) == expected


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("/api/alive", "wss://example.org/ws?x=ws://y", "wss://example.org/api/alive"),
        ("alive?u=http://x", "ws://example.org:81/a/b", "ws://example.org:81/a/alive?u=http://x"),
        ("", "ws://example.org/feed", "ws://example.org/feed"),
        ("https://status.example.org/", "ws://example.org/feed", "wss://status.example.org/"),
    ],
)
def test_a_relative_address_is_seen_from_the_websockets(url: str, base: str, expected: str) -> None:
    assert address(url, base).url == expected


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("ws://example.org", "example.org"),
        ("wss://example.org:443", "example.org"),
        ("wss://example.org:80", "example.org:80"),
        ("ws://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_host_header_names_a_port_only_where_it_is_unusual(url: str, authority: str) -> None:
    assert address(url).authority == authority


@pytest.mark.parametrize(
    ("settings", "url", "proxied"),
    [
        ({}, "wss://example.org", False),
        ({"https_proxy": "http://proxy:3128"}, "wss://example.org", True),
        ({"https_proxy": "http://proxy:3128"}, "ws://example.org", True),
        ({"http_proxy": "http://proxy:3128"}, "wss://example.org", False),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "example.org"}, "wss://example.org", False),
    ],
)
def test_the_systems_proxy_is_known(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], url: str, proxied: bool
) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert address(url).proxied is proxied

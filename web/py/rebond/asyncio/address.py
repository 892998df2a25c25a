"""Where a link connects to, and where it asks whether the server is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin
from urllib.request import getproxies, proxy_bypass

from websockets.exceptions import InvalidURI
from websockets.uri import parse_uri

_SCHEME = re.compile(r"^(?:http|ws)(?=s?://)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a server, as ``ws`` or ``wss``, and what an HTTP request to it is made of."""

    url: str
    host: str
    port: int
    secure: bool
    target: str

    @property
    def authority(self) -> str:
        """What the header ``Host`` says (RFC 9112, section 3.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    @property
    def proxied(self) -> bool:
        """Whether the system's settings send a connection to this server through a proxy."""
        if proxy_bypass(f"{self.host}:{self.port}"):
            return False
        schemes = {"wss", "socks", "https"} if self.secure else {"ws", "socks", "https", "http"}
        return not schemes.isdisjoint(getproxies())


def address(url: str, base: str | None = None) -> Address:
    """Read an address that begins with ws, wss, http or https, or is relative to ``base``, which does.

    Raises ValueError if it cannot be one.
    """
    # urljoin does not know that an address with ws can be a base.
    absolute = url if base is None else urljoin(_SCHEME.sub("http", base), url)
    websocket = _SCHEME.sub("ws", absolute)
    try:
        parsed = parse_uri(websocket)
    except (InvalidURI, ValueError) as error:
        raise ValueError(f"{url} is no address of a WebSocket: {error}") from error
    return Address(websocket, parsed.host, parsed.port, parsed.secure, parsed.resource_name)

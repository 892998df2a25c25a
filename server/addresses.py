"""Where somebody speaks from."""

from __future__ import annotations

import ipaddress

from starlette.requests import HTTPConnection


def address_of(connection: HTTPConnection) -> str:
    """Return the address of a request or a WebSocket, as it counts for limits."""
    return network(connection.client.host if connection.client is not None else "")


def network(host: str) -> str:
    """Return what counts as one address: in IPv6 a whole subnet, of which every household has one (RFC 6177)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network((int(address), 64), strict=False))

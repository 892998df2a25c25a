"""What counts as one address."""

from __future__ import annotations

import pytest

from server.addresses import network


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_network_is_the_address_or_the_subnet_of_a_household(host: str, expected: str) -> None:
    assert network(host) == expected

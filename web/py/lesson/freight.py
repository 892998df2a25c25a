"""What is on its way, told by its label: which kind of thing it is, so that the figures can draw it."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache


class Freight(StrEnum):
    """A kind of parcel."""

    MESSAGE = "message"
    HANDSHAKE = "handshake"
    PROBE = "probe"
    BEAT = "beat"
    ACK = "ack"
    REFUSAL = "refusal"


_BY_KIND = {
    "ping": Freight.BEAT,
    "pong": Freight.BEAT,
    "ack": Freight.ACK,
    "hello": Freight.HANDSHAKE,
    "welcome": Freight.HANDSHAKE,
    "auth": Freight.HANDSHAKE,
    "sync": Freight.PROBE,
    "span": Freight.ACK,
    "error": Freight.REFUSAL,
    "bye": Freight.REFUSAL,
}

_BY_WORD = {
    "handshake": Freight.HANDSHAKE,
    "accepted": Freight.HANDSHAKE,
    "refused": Freight.REFUSAL,
    "close": Freight.REFUSAL,
    "GET": Freight.PROBE,
    "POST": Freight.PROBE,
    "200": Freight.PROBE,
    "401": Freight.REFUSAL,
    "503": Freight.REFUSAL,
    "ok": Freight.ACK,
    "ping": Freight.BEAT,
    "pong": Freight.BEAT,
}


@lru_cache(maxsize=1_000)
def kind_of(label: str) -> Freight:
    """Return what a parcel with this label is. Of frames sent together, messages count most."""
    if not label.startswith(("{", "[")):
        return _BY_WORD.get(label.partition(" ")[0], Freight.MESSAGE)
    if '"t":"event"' in label or '"t":"send"' in label:
        return Freight.MESSAGE
    kind = label.partition('"t":"')[2].partition('"')[0]
    return _BY_KIND.get(kind, Freight.MESSAGE)

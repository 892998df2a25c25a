"""When other clients try again after a loss, as documented: seconds before try n, counted from 1.

None of them asks the server; each is a function of the number of the try and of a generator.
"""

from __future__ import annotations

import random

PHOENIX = (0.010, 0.050, 0.100, 0.150, 0.200, 0.250, 0.500, 1.000, 2.000)


def fixed(number: int, randomness: random.Random) -> float:
    """``setInterval(connect, 1000)``: the schedule of the article, without its leak of intervals."""
    return 1.0


def backoff(number: int, randomness: random.Random) -> float:
    """Twice as long each time, from 1 s to 30 s, and nothing left to chance: the textbook's, and many a program's."""
    return min(30.0, 2.0 ** min(number - 1, 31))


def partysocket(number: int, randomness: random.Random) -> float:
    """partysocket 1.3, the defaults in ``src/ws.ts``.

    ``minReconnectionDelay`` 3000, times ``reconnectionDelayGrowFactor`` 1.3 each time, up to ``maxReconnectionDelay``
    10,000. The random part that its ancestor reconnecting-websocket has (1000 + random * 4000) is gone.
    """
    return min(3.0 * 1.3 ** (number - 1), 10.0)


def socket_io(number: int, randomness: random.Random) -> float:
    """Socket.IO 4.8, the client options ``reconnectionDelay`` 1000, ``reconnectionDelayMax`` 5000 and
    ``randomizationFactor`` 0.5.

    As in its ``contrib/backo2``: doubled each time, a random part taken off or added, and only then cut at the maximum.
    """
    milliseconds = 1_000.0 * 2.0 ** min(number - 1, 1_000)
    drawn = randomness.random()
    deviation = int(drawn * 0.5 * milliseconds)
    milliseconds += deviation if int(drawn * 10) & 1 else -deviation
    return int(min(milliseconds, 5_000.0)) / 1_000


def phoenix(number: int, randomness: random.Random) -> float:
    """Phoenix 1.8, the documented default of ``reconnectAfterMs`` of its ``Socket``: a list, then 5,000."""
    return PHOENIX[number - 1] if number <= len(PHOENIX) else 5.0


def centrifugo(number: int, randomness: random.Random) -> float:
    """centrifuge-js 5, ``minReconnectDelay`` 500 and ``maxReconnectDelay`` 20,000, with full jitter above the least.

    As in ``backoff`` of its ``src/utils.ts``: 500 plus anything up to 500 * 2^n, n counted from 0; no more than 20,000.
    """
    longest = min(20_000, 500 * 2 ** min(number - 1, 31))
    return min(20_000, 500 + randomness.randint(0, longest)) / 1_000


def full_jitter(number: int, randomness: random.Random) -> float:
    """Full jitter from 1 s to 30 s: anything up to min(30, 2^n), n counted from 0.

    "Exponential Backoff And Jitter", the AWS Architecture Blog, 2015.
    """
    return randomness.uniform(0.0, min(30.0, 2.0 ** min(number - 1, 31)))


SCHEDULES = {
    "fixed interval, 1 s": fixed,
    "partysocket": partysocket,
    "Socket.IO": socket_io,
    "Phoenix": phoenix,
    "Centrifugo": centrifugo,
    "full jitter, 1 to 30 s": full_jitter,
}

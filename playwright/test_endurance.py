"""Again and again: what a page holds after many outages is what it held after the first."""

import os

import pytest

from checker import check
from company import Company
from person import Person
from tests.support.running import RunningServer
from watch import OUTAGE

TORTURE = os.environ.get("REBOND_TORTURE") == "1"
TIMES = 200 if TORTURE else 20
FRAMES = 10


@pytest.fixture
def ada(crew: Company) -> Person:
    """Somebody in the chat."""
    return crew.member("Ada")


def live_proxies(person: Person) -> int:
    """Return how many proxies of Pyodide there are while nothing happens, garbage left aside.

    One is made for each coroutine that is on its way, and goes with it: hence the least over some frames.
    """
    person.context.new_cdp_session(person.page).send("HeapProfiler.collectGarbage")
    return min(proxies_of(person) for _ in range(FRAMES))


def proxies_of(person: Person) -> int:
    """Return how many there are once the page has drawn a frame."""
    person.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return person.meters().proxies


def test_many_outages_leave_one_socket_no_interval_and_no_more_proxies(ada: Person, own_server: RunningServer) -> None:
    ada.watch.expects(OUTAGE)
    said = []
    after_the_first = 0
    for number in range(TIMES):
        own_server.kill()
        ada.is_lost()
        ada.say(f"outage {number}")
        said.append(f"outage {number}")
        own_server.start()
        ada.is_live()
        ada.reads_last(said[-1])
        if number == 0:
            after_the_first = live_proxies(ada)
    check(own_server, ada, said)
    reading = ada.meters()
    assert (reading.sockets, reading.intervals) == (1, 0)
    assert (reading.most_sockets, reading.most_intervals) == (1, 1)
    assert reading.made_sockets == TIMES + 1
    assert live_proxies(ada) <= after_the_first

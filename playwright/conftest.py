"""What the tests in a browser share: one browser, servers that can be killed, and people who come by."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from account import Account
from browser import find, hurried
from company import Company
from tests.support.running import RunningServer

PATIENCE = 30.0
"""Seconds after which what has not happened on a page is taken for never happening."""


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What starts browsers."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE * 1_000)
        yield playwright


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    """The browser of the whole run."""
    browser = driver.chromium.launch(executable_path=str(find(driver)), args=hurried())
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server of a module's tests. One that stops it starts it again."""
    with RunningServer(tmp_path_factory.mktemp("server")) as running:
        yield running
    is_in_order(running)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server for one test alone, to be killed and started at will."""
    with RunningServer(tmp_path) as running:
        yield running
    is_in_order(running)


def is_in_order(server: RunningServer) -> None:
    """Make sure that nothing went wrong in the server itself."""
    assert "Traceback" not in server.output(), server.output()


@pytest.fixture(scope="module")
def everyone(browser: Browser, server: RunningServer) -> Iterator[Company]:
    """The people who stay from one test of the module to the next, so that not every test starts Python anew."""
    with Company(browser, server) as company:
        yield company


@pytest.fixture
def guests(browser: Browser, server: RunningServer) -> Iterator[Company]:
    """The people who come for one test."""
    with Company(browser, server) as company:
        yield company


@pytest.fixture
def crew(browser: Browser, own_server: RunningServer) -> Iterator[Company]:
    """The people who come for one test, to a server that may be killed under them."""
    with Company(browser, own_server) as company:
        yield company


@pytest.fixture(autouse=True)
def nothing_amiss(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test after which a page of those who stay has complained of anything that the test did not expect."""
    yield
    if "everyone" in request.fixturenames:
        company: Company = request.getfixturevalue("everyone")
        company.is_content()


@pytest.fixture(scope="module")
def host(server: RunningServer) -> Account:
    """Somebody without a browser, who prepares rooms and messages."""
    return Account.register(server, "Host")


@pytest.fixture(scope="module")
def new_account(server: RunningServer) -> Callable[[str], Account]:
    """Make further accounts without a browser."""
    return lambda stem: Account.register(server, stem)

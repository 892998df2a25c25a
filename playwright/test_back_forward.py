"""A page that one leaves and comes back to with the browser's buttons: it was never closed, only put aside."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from account import Account
from browser import arguments, find
from company import Company
from tests.support.running import RunningServer

SPARING = "Object.defineProperty(navigator.connection, 'saveData', { get: () => true });"
"""Has the page fetch no snapshot for the next visit: Chromium puts no page aside while that still fetches something."""


@pytest.fixture
def remembering(driver: Playwright) -> Iterator[Browser]:
    """A browser that keeps pages for going back and forward, which Playwright turns off."""
    remembering = driver.chromium.launch(
        executable_path=str(find(driver)), args=arguments(), ignore_default_args=["--disable-back-forward-cache"]
    )
    yield remembering
    remembering.close()


def test_a_page_that_was_put_aside_is_live_again_and_shows_what_it_missed(
    remembering: Browser, server: RunningServer, host: Account
) -> None:
    with Company(remembering, server) as company:
        ada = company.person("Ada")
        ada.context.add_init_script(SPARING)
        company.let_in(ada, "register")
        ada.open()
        ada.is_in()
        # What Chromium does to the connections of a page that it puts aside.
        ada.watch.expects("Page entered Back-Forward Cache")
        ada.say("before")
        ada.page.evaluate("() => { window.aside = 0; addEventListener('pageshow', (e) => { aside += e.persisted; }); }")
        ada.page.goto("about:blank")
        host.say("meanwhile")
        ada.page.go_back(wait_until="commit")
        expect(ada.texts.last).to_have_text("meanwhile")
        ada.is_live()
        assert ada.page.evaluate("() => aside") == 1, "the page was loaded anew"
        ada.reads_last("before", "meanwhile")
        ada.say("after")
        ada.reads_last("before", "meanwhile", "after")
        reading = ada.meters()
        assert (reading.sockets, reading.intervals) == (1, 0)
        assert (reading.most_sockets, reading.most_intervals) == (1, 1)

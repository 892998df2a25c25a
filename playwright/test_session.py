"""The session behind an open page: renewed in time, and seen by nobody."""

from pathlib import Path

from playwright.sync_api import Browser

from company import Company
from tests.support.running import RunningServer

SHORT = 8
"""Seconds that an access token is good for here."""


def test_tokens_are_renewed_on_the_open_connection(browser: Browser, tmp_path: Path) -> None:
    with RunningServer(tmp_path, token_seconds=SHORT) as server, Company(browser, server) as company:
        ada = company.person("Ada")
        company.let_in(ada, "register")
        with ada.page.expect_websocket() as opened:
            ada.page.goto("/")
        # By the second renewal the first token is over: the connection lives by the one after it.
        for _ in range(2):
            with opened.value.expect_event("framesent", lambda frame: '"auth"' in str(frame)):
                pass
        ada.is_in()
        ada.say("still the same connection")
        ada.reads("still the same connection")
        reading = ada.meters()
        assert (reading.sockets, reading.made_sockets, reading.intervals) == (1, 1, 0)


def test_no_script_can_read_what_keeps_one_signed_in(guests: Company) -> None:
    ada = guests.member("Ada")
    cookies = {cookie["name"]: cookie for cookie in ada.context.cookies(f"{guests.server.url}/api/refresh")}
    refresh = cookies["rebond_refresh"]
    assert refresh["httpOnly"]
    assert refresh["sameSite"] == "Strict"
    assert refresh["path"] == "/api"
    kept = ada.page.evaluate(
        "() => [document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)]"
    )
    assert refresh["value"] not in " ".join(kept)
    # Access tokens are JWTs: they begin with {"alg": … in base64.
    assert "eyJ" not in " ".join(kept)

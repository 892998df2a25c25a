"""Making an account, signing in and out, and what keeps one in."""

import pytest
from playwright.sync_api import expect

from account import Account, fresh
from company import Company
from person import Person
from tests.support.running import RunningServer

REFUSED = r"the server responded with a status of {status} .*{path}"
"""What the browser writes to the console of a request that was refused; no page can keep it from doing so."""


@pytest.fixture(scope="module")
def passer(everyone: Company) -> Person:
    """Somebody with a page."""
    return everyone.visitor("Passer")


@pytest.fixture
def ada(passer: Person) -> Person:
    """Somebody at the door, whom the server does not know yet."""
    if passer.composer.is_visible():
        passer.log_out()
    passer.is_at_door()
    passer.name = fresh("Ada")
    return passer


def test_a_new_account_leads_into_the_chat(ada: Person) -> None:
    ada.register()
    ada.is_in()
    expect(ada.page.get_by_text(ada.name, exact=True).first).to_be_visible()
    ada.is_in_room("general")


def test_one_who_logs_out_is_at_the_door_and_nothing_runs_on(ada: Person) -> None:
    ada.register()
    ada.is_in()
    ada.log_out()
    ada.is_at_door()
    reading = ada.meters()
    assert (reading.sockets, reading.intervals) == (0, 0)
    ada.reload()
    ada.is_at_door()


def test_one_who_logs_in_is_back_in_the_chat(ada: Person, server: RunningServer) -> None:
    ada.name = Account.register(server, "Ada").name
    ada.log_in()
    ada.is_in()


def test_a_wrong_password_is_said_and_the_name_kept(ada: Person, server: RunningServer) -> None:
    ada.watch.expects(REFUSED.format(status=401, path="/api/login"))
    ada.name = Account.register(server, "Ada").name
    ada.log_in("not the right one")
    expect(ada.form("login").get_by_role("alert")).to_have_text(ada.words("problem.wrong_credentials"))
    expect(ada.form("login").get_by_label(ada.words("door.name"))).to_have_value(ada.name)
    ada.fill_in("login")
    ada.submit("login")
    ada.is_in()


def test_a_name_that_is_taken_is_said(ada: Person, server: RunningServer) -> None:
    ada.watch.expects(REFUSED.format(status=409, path="/api/register"))
    ada.name = Account.register(server, "Ada").name.upper()
    ada.register()
    expect(ada.form("register").get_by_role("alert")).to_have_text(ada.words("problem.name_taken"))
    ada.name = fresh("Ada")
    ada.fill_in("register")
    ada.submit("register")
    ada.is_in()


def test_a_name_that_cannot_be_one_is_said(ada: Person) -> None:
    ada.watch.expects(REFUSED.format(status=422, path="/api/register"))
    ada.name = "<b>Ada</b>"
    ada.register()
    expect(ada.form("register").get_by_role("alert")).to_have_text(ada.words("problem.bad_name"))


def test_a_password_manager_knows_the_fields(ada: Person) -> None:
    for kind, use in (("login", "current-password"), ("register", "new-password")):
        ada.door_of(kind)
        form = ada.form(kind)
        expect(form.get_by_label(ada.words("door.name"), exact=True)).to_have_attribute("autocomplete", "username")
        password = form.get_by_label(ada.words("door.password"), exact=True)
        expect(password).to_have_attribute("autocomplete", use)
        expect(password).to_have_attribute("type", "password")
        expect(form.locator("form")).to_have_attribute("method", "post")


def test_a_reload_keeps_one_signed_in_and_in_the_same_room(ada: Person) -> None:
    ada.register()
    ada.is_in()
    room = fresh("tea")
    ada.make_room(room)
    ada.say("still here?")
    ada.reload()
    ada.is_in()
    ada.is_in_room(room)
    ada.reads("still here?")


def test_a_second_tab_is_signed_in_as_well(ada: Person) -> None:
    ada.register()
    ada.is_in()
    ada.page, first = ada.context.new_page(), ada.page
    ada.open()
    ada.is_in()
    ada.say("from the second tab")
    ada.page.close()
    ada.page = first
    ada.reads("from the second tab")
    ada.is_live()


def test_a_session_that_was_ended_in_another_tab_is_over_in_all(ada: Person) -> None:
    ada.register()
    ada.is_in()
    ada.page, first = ada.context.new_page(), ada.page
    ada.open()
    ada.is_in()
    ada.log_out()
    ada.is_at_door()
    ada.page.close()
    ada.page = first
    ada.watch.expects(REFUSED.format(status=401, path="/api/refresh"))
    expect(ada.html).to_have_attribute("data-link", "signed_out")
    expect(ada.line).to_contain_text(ada.words("line.signed_out"))
    reading = ada.meters()
    assert (reading.sockets, reading.intervals) == (0, 0)


def test_one_whose_session_was_ended_logs_in_again_and_finds_the_draft(ada: Person) -> None:
    ada.register()
    ada.is_in()
    ada.composer.fill("half a thou")
    ada.watch.expects(REFUSED.format(status=401, path="/api/refresh"))
    assert ada.context.request.post("/api/logout").ok
    expect(ada.line).to_contain_text(ada.words("line.signed_out"))
    ada.line.get_by_role("button", name=ada.words("line.log_in"), exact=True).click()
    expect(ada.form("login").get_by_role("alert")).to_have_text(ada.words("problem.session_ended"))
    ada.log_in()
    ada.is_in()
    expect(ada.composer).to_have_value("half a thou")


def test_a_password_never_lands_in_an_address(ada: Person) -> None:
    """The watch looks at every address that is asked for, and at every one the page has."""
    assert ada.password in ada.watch.secrets
    ada.register()
    ada.is_in()
    ada.log_out()
    ada.is_at_door()
    ada.log_in()
    ada.is_in()

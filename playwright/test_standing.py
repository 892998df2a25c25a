"""What others do about oneself: seen at once by those who are there, and on coming back by those who were away."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from account import PASSWORD, Account, fresh
from browser import arguments, find
from company import Company
from person import Person
from ruling import acts_on, marks_of, place_of, press
from tests.support.running import RunningServer
from watch import OFFLINE

OVER = "status of 40[13]|the server found fault: bad_token"
"""What the page writes to the console once a session is over."""


@pytest.fixture(scope="module")
def owner(host: Account, everyone: Company) -> Person:
    """Who owns the place: the first to come."""
    return everyone.member(account=host)


@pytest.fixture(scope="module")
def bob(owner: Person, everyone: Company) -> Person:
    """Somebody else, who speaks French."""
    return everyone.member("Bob", language="fr")


@contextmanager
def away(person: Person) -> Iterator[None]:
    """Be without a network for a while."""
    person.watch.tolerates(OFFLINE)
    person.context.set_offline(True)
    person.is_lost()
    try:
        yield
    finally:
        person.context.set_offline(False)


def close(person: Person) -> None:
    """Close the dialog that is open."""
    person.page.keyboard.press("Escape")
    expect(person.page.locator("dialog[open]")).to_have_count(0)


def invite(person: Person, room: str, other: Person) -> None:
    """Take somebody into the private room that one is in."""
    person.room_menu("room.people").click()
    dialog = person.page.get_by_role("dialog", name=person.words("room.people"))
    press(person, dialog, "room.invite_person", name=other.name)
    expect(dialog.get_by_role("listitem").filter(has_text=other.name).get_by_role("button")).to_have_count(0)
    close(person)


def make_private(person: Person, name: str) -> None:
    """Make a private room; one is then in it."""
    dialog = person.browse()
    dialog.get_by_label(person.words("browse.new"), exact=True).fill(name)
    dialog.get_by_label(person.words("browse.private"), exact=True).check()
    press(person, dialog, "browse.make")
    person.is_in_room(name)


@pytest.mark.parametrize("absent", [False, True], ids=["there", "away"])
def test_whose_one_session_is_ended_is_signed_out_there_and_nowhere_else(
    everyone: Company, bob: Person, absent: bool
) -> None:
    elsewhere = everyone.member(account=Account.log_in(everyone.server, bob.name))
    elsewhere.watch.tolerates(OVER)
    elsewhere.composer.fill("half a sentence")

    def end() -> None:
        bob.page.get_by_role("button", name=bob.words("me.settings")).click()
        dialog = bob.page.get_by_role("dialog", name=bob.words("me.settings"))
        dialog.locator("summary").get_by_text(bob.words("logins.title"), exact=True).click()
        # That of the account without a browser is an unknown device.
        other = dialog.locator("#logins").get_by_role("listitem").filter(has_text="Chrom")
        other = other.filter(has_not_text=bob.words("logins.current"))
        expect(other).to_have_count(1)
        other.get_by_role("button").click()
        expect(other).to_have_count(0)
        close(bob)

    if absent:
        with away(elsewhere):
            end()
    else:
        end()
    expect(elsewhere.line).to_contain_text(elsewhere.words("line.signed_out"))
    press(elsewhere, elsewhere.line, "line.log_in")
    elsewhere.is_at_door()
    expect(elsewhere.form("login").get_by_role("alert")).to_have_text(elsewhere.words("problem.session_ended"))
    bob.say(fresh("still here "))
    elsewhere.log_in()
    elsewhere.is_in()
    expect(elsewhere.composer).to_have_value("half a sentence")
    elsewhere.composer.fill("")
    elsewhere.log_out()
    elsewhere.is_at_door()
    elsewhere.page.close()


@pytest.mark.parametrize("absent", [False, True], ids=["there", "away"])
def test_who_is_taken_out_of_a_room_is_in_general_and_told_so(owner: Person, bob: Person, absent: bool) -> None:
    room = fresh("den ")
    make_private(owner, room)
    invite(owner, room, bob)
    bob.go_to(room)
    owner.say("among us")
    bob.reads("among us")

    def expel() -> None:
        row = acts_on(owner, place_of(owner, "members.title"), bob.name)
        press(owner, row, "members.expel", room=room)
        expect(row.get_by_role("button", name=owner.words("members.expel", room=room))).to_be_hidden()
        close(owner)

    if absent:
        with away(bob):
            expel()
            owner.say("without him")
    else:
        expel()
        owner.say("without him")
    bob.is_in_room("general")
    expect(bob.room_link(room)).to_have_count(0)
    expect(bob.page.get_by_text(bob.words("room.expelled", room=room))).to_be_visible()
    expect(bob.page.get_by_text("without him")).to_have_count(0)
    expect(
        owner.page.get_by_text(owner.words("room.private", members=owner.words("room.members.one", n=1)))
    ).to_be_visible()


def test_who_was_away_finds_all_that_has_changed(owner: Person, bob: Person, everyone: Company) -> None:
    cleo = everyone.member("Cleo")
    tea, den = fresh("tea "), fresh("den ")
    owner.make_room(tea)
    bob.join(tea)
    expect(bob.page.locator("#room-members")).to_have_text(bob.words("room.members.other", n=2))
    with away(bob):
        make_private(owner, den)
        invite(owner, den, bob)
        owner.go_to(tea)
        cleo.join(tea)
        cleo.say("good morning")
        owner.room_menu("room.edit").click()
        edit = owner.page.get_by_role("dialog", name=owner.words("room.edit"))
        edit.get_by_label(owner.words("room.name"), exact=True).fill(f"{tea} and cake")
        edit.get_by_label(owner.words("room.topic"), exact=True).fill("with milk")
        press(owner, edit, "room.save")
        row = acts_on(owner, place_of(owner, "members.title"), bob.name)
        row.get_by_role("combobox", name=owner.words("members.role")).select_option("moderator")
        press(owner, row, "members.give")
        expect(marks_of(row)).to_have_text(owner.words("role.moderator"))
        close(owner)
        expect(bob.page.get_by_role("button", name=bob.words("place.open"), exact=True)).to_be_hidden()
    bob.is_in_room(f"{tea} and cake")
    bob.reads("good morning")
    expect(bob.page.locator("#room-topic")).to_have_text("with milk")
    expect(bob.page.locator("#room-members")).to_have_text(bob.words("room.members.other", n=3))
    expect(bob.room_link(den)).to_be_visible()
    expect(bob.page.get_by_role("button", name=bob.words("place.open"), exact=True)).to_be_visible()

    # What Cleo wrote goes with her, for those who are there and for those who are not.
    with away(bob):
        cleo.page.get_by_role("button", name=cleo.words("me.settings")).click()
        dialog = cleo.page.get_by_role("dialog", name=cleo.words("me.settings"))
        dialog.locator("summary").get_by_text(cleo.words("leave.title"), exact=True).click()
        dialog.get_by_role("radio", name=cleo.words("leave.remove")).check()
        dialog.get_by_label(cleo.words("leave.name", name=cleo.name), exact=True).fill(cleo.name)
        dialog.get_by_label(cleo.words("door.password"), exact=True).last.fill(PASSWORD)
        press(cleo, dialog, "leave.act")
        cleo.is_at_door()
        owner.reads(owner.words("message.deleted"))
        expect(owner.messages.locator(".message-author")).to_have_text(owner.words("people.left"))
    bob.reads(bob.words("message.deleted"))
    expect(bob.messages.locator(".message-author")).to_have_text(bob.words("people.left"))
    expect(bob.page.locator("#room-members")).to_have_text(bob.words("room.members.other", n=2))


def test_who_is_muted_while_away_has_the_text_back_with_the_reason(owner: Person, bob: Person) -> None:
    bob.go_to("general")
    text = fresh("written on the train ")
    with away(bob):
        bob.say(text)
        row = acts_on(owner, place_of(owner, "members.title"), bob.name)
        row.get_by_label(owner.words("members.reason"), exact=True).fill("too loud")
        press(owner, row, "members.mute")
        expect(row.get_by_role("button", name=owner.words("members.unmute"), exact=True)).to_be_visible()
    refused = bob.message(text)
    expect(refused).to_contain_text(bob.words("problem.muted"))
    expect(bob.page.get_by_role("status").filter(has_text="too loud")).to_be_visible()
    press(owner, row, "members.unmute")
    close(owner)
    expect(bob.page.get_by_role("status").filter(has_text="too loud")).to_be_hidden()
    press(bob, refused, "message.again")
    expect(bob.composer).to_have_value(text)
    bob.composer.press("Enter")
    owner.go_to("general")
    owner.reads_last(text)


def test_who_is_banned_while_away_is_told_on_coming_back(owner: Person, everyone: Company) -> None:
    dan = everyone.member("Dan")
    dan.watch.tolerates(OVER)
    with away(dan):
        row = acts_on(owner, place_of(owner, "members.title"), dan.name)
        press(owner, row, "members.ban")
        press(owner, row, "members.sure")
        expect(row).to_contain_text(owner.words("members.banned"))
        close(owner)
    dan.is_at_door()
    expect(dan.form("login").get_by_role("alert")).to_have_text(dan.words("problem.banned"))
    dan.page.close()


def test_who_disappears_with_the_whole_browser_is_seen_to_be_gone(
    owner: Person, driver: Playwright, server: RunningServer
) -> None:
    doomed = driver.chromium.launch(executable_path=str(find(driver)), args=arguments())
    company = Company(doomed, server)
    eve = company.member("Eve")
    owner.page.get_by_role("button", name=owner.words("directs.new"), exact=True).click()
    dialog = owner.page.get_by_role("dialog", name=owner.words("directs.new"))
    dialog.get_by_label(owner.words("directs.find"), exact=True).fill(eve.name)
    dialog.get_by_role("checkbox").and_(dialog.get_by_label(eve.name)).check()
    press(owner, dialog, "directs.start")
    about = owner.page.locator("#room-members")
    expect(about).to_have_text(owner.words("people.online"))
    told = doomed.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    [process] = [each["id"] for each in told["processInfo"] if each["type"] == "browser"]
    os.kill(process, signal.SIGKILL)
    expect(about).to_contain_text(owner.words("people.since", time="").strip(), timeout=20_000)


def test_the_place_is_handed_over_before_everybodys_eyes(owner: Person, bob: Person) -> None:
    """The last test here: the owner owns nothing any more."""
    dialog = place_of(owner, "members.title")
    row = acts_on(owner, dialog, bob.name)
    row.get_by_role("combobox", name=owner.words("members.role")).select_option("owner")
    press(owner, row, "members.give")
    expect(row).to_contain_text(owner.words("members.sure.owner", name=bob.name))
    press(owner, row, "members.sure")
    expect(marks_of(row)).to_have_text(owner.words("role.owner"))
    expect(row.get_by_role("button", name=owner.words("members.acts", name=bob.name))).to_be_hidden()
    close(owner)
    his = place_of(bob, "members.title")
    theirs = acts_on(bob, his, owner.name)
    expect(marks_of(theirs)).to_have_text(bob.words("role.moderator"))
    expect(theirs.get_by_role("combobox", name=bob.words("members.role"))).to_be_visible()
    close(bob)


def test_who_writes_or_tries_too_much_is_told_and_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    limits = {"messages_per_second": 1, "login_failures_per_account": 3, "registrations_per_address": 2}
    with RunningServer(tmp_path, **limits) as server, Company(browser, server) as company:
        ada, bob = company.member("Ada"), company.member("Bob", language="fr")
        said = [f"message {number}" for number in range(15)]
        with away(ada):  # so that all come at once, however fast one types
            for text in said:
                ada.say(text)
        expect(ada.line).to_contain_text(ada.words("line.live"))
        expect(ada.line.get_by_text(ada.words("line.queued.other", n="").strip())).to_be_visible()
        bob.reads(*said)
        ada.reads(*said)
        expect(ada.line.locator("#line-next")).to_be_empty()

        stranger = company.visitor("Stranger")
        stranger.watch.expects("status of 4(01|29)")
        stranger.name = ada.name
        alert = stranger.form("login").get_by_role("alert")
        for _ in range(3):
            stranger.log_in("not the right one")
            expect(alert).to_have_text(stranger.words("problem.wrong_credentials"))
        stranger.log_in("not the right one")
        expect(alert).to_contain_text(stranger.words("wait.text", wait="")[:20])
        # The one whose name was tried is not kept out.
        ada.reload()
        ada.is_in()

        stranger.name = fresh("Stranger")
        stranger.register()
        form = stranger.form("register")
        expect(form.get_by_role("alert")).to_contain_text(stranger.words("wait.text", wait="")[:20])
        expect(form.get_by_label(stranger.words("door.name"), exact=True)).to_have_value(stranger.name)

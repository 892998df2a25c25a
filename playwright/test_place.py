"""Keeping order: who comes in, by which code, and what is done about what people say."""

from typing import Literal

import pytest
from playwright.sync_api import expect

import axe
from account import Account
from company import Company
from gate import Gate
from person import Person
from ruling import acts_on, place_of, press

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def owner(crew: Company) -> Person:
    """Who owns the place: the first to come."""
    account = Account.register(crew.server, "Owner")
    return crew.member(account=account)


def is_for_everyone(person: Person) -> None:
    """The screen shuts nobody out, in either theme."""
    found = []
    for theme in THEMES:
        person.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += [f"{theme}: {wrong}" for wrong in axe.violations(person.page)]
    assert not found, "\n".join(found)


def test_a_class_comes_in_by_a_code_from_the_wall(owner: Person, crew: Company) -> None:
    keys = owner.page.keyboard
    # By the keyboard alone: open, go to the tab, choose, make, show.
    owner.page.get_by_role("button", name=owner.words("place.open"), exact=True).focus()
    keys.press("Enter")
    dialog = owner.page.get_by_role("dialog", name=owner.words("place.open"))
    expect(dialog).to_be_visible()
    tab = dialog.get_by_role("tab", name=owner.words("members.title"), exact=True)
    for _ in range(3):
        if not tab.evaluate("(tab) => tab === document.activeElement"):
            keys.press("Tab")
    expect(tab).to_be_focused()
    keys.press("ArrowRight")
    expect(dialog.get_by_role("radio", name=owner.words("joining.open"))).to_be_checked()
    keys.press("Tab")
    keys.press("ArrowDown")
    expect(dialog.get_by_role("radio", name=owner.words("joining.code"))).to_be_checked()
    for _ in range(3):
        keys.press("Tab")
    keys.press("Enter")
    row = dialog.get_by_role("listitem")
    expect(row).to_have_count(1)
    code = row.locator("code").inner_text()
    show = row.get_by_role("button", name=owner.words("codes.show-code.label", code=code), exact=True)
    expect(show).to_be_focused()
    is_for_everyone(owner)
    keys.press("Enter")
    poster = owner.page.get_by_role("dialog", name=owner.words("poster.title"))
    expect(poster.get_by_text(code)).to_be_visible()
    drawn = poster.get_by_role("img", name=owner.words("poster.qr"))
    expect(drawn).to_be_in_viewport(ratio=1)
    assert drawn.evaluate("(image) => image.complete && image.naturalWidth > 0")
    assert drawn.evaluate("(image) => image.width") > 400
    is_for_everyone(owner)
    keys.press("Escape")
    expect(show).to_be_focused()

    # At the door: the code is asked for, a wrong one is refused, the link fills it in.
    pupil = crew.visitor("Pupil", language="fr")
    pupil.door_of("register")
    form = pupil.form("register")
    field = form.get_by_label(pupil.words("register.code"), exact=True)
    expect(form.get_by_text(pupil.words("register.code_needed"))).to_be_visible()
    pupil.fill_in("register")
    field.fill("WRONG-12345")
    pupil.watch.expects("status of 403")
    pupil.submit("register")
    expect(form.get_by_role("alert")).to_have_text(pupil.words("problem.bad_code"))
    is_for_everyone(pupil)
    pupil.page.evaluate("(code) => { location.hash = `join=${code}` }", code)
    expect(field).to_have_value(code)
    pupil.submit("register")
    pupil.is_in()
    expect(row).to_contain_text(owner.words("codes.used_of", n=0, uses=1)[:4])
    place_of(owner, "members.title")
    expect(dialog.get_by_role("listitem").filter(has_text=pupil.name)).to_be_visible()

    # A code that is revoked, and a door that is closed.
    place_of(owner, "joining.title")
    press_label = owner.words("codes.revoke-code.label", code=code)
    dialog.get_by_role("button", name=press_label, exact=True).click()
    expect(row).to_contain_text(owner.words("codes.over", uses="")[-15:])
    dialog.get_by_role("radio", name=owner.words("joining.closed")).check()
    late = crew.visitor("Late")
    late.door_of("register")
    expect(late.form("register").get_by_text(late.words("register.closed"))).to_be_visible()
    expect(late.form("register").get_by_role("button")).to_have_count(0)


def test_what_a_moderator_does_is_seen_told_and_written_down(owner: Person, crew: Company) -> None:
    member = crew.member("Member")
    member.say("something unkind")
    message = owner.message("something unkind")
    message.hover()
    message.get_by_role("button", name=owner.words("acts.remove-message"), exact=True).click()
    expect(message).to_contain_text(owner.words("remove.question", author=member.name))
    message.get_by_role("button", name=owner.words("remove.yes"), exact=True).and_(
        owner.page.get_by_text(owner.words("remove.yes"))
    ).click()
    owner.reads(owner.words("message.removed"))
    member.reads(member.words("message.removed"))
    member.reload()
    member.reads(member.words("message.removed"))
    expect(member.page.get_by_role("button", name=member.words("place.open"), exact=True)).to_be_hidden()

    dialog = place_of(owner, "members.title")
    row = acts_on(owner, dialog, member.name)
    is_for_everyone(owner)
    row.get_by_label(owner.words("members.reason"), exact=True).fill("too loud")
    press(owner, row, "members.mute")
    expect(row.get_by_role("button", name=owner.words("members.unmute"), exact=True)).to_be_focused()
    expect(member.page.get_by_role("status").filter(has_text="too loud")).to_be_visible()
    is_for_everyone(member)
    member.composer.fill("let me finish")
    member.composer.press("Enter")
    expect(member.page.get_by_role("alert").filter(has_text=member.words("problem.muted"))).to_be_visible()
    expect(member.composer).to_have_value("let me finish")
    press(owner, row, "members.unmute")
    expect(member.page.get_by_role("status").filter(has_text="too loud")).to_be_hidden()
    member.composer.press("Enter")
    member.reads_last("let me finish")

    # A moderator sees the place open at once; one who is none any more does not.
    row.get_by_role("combobox", name=owner.words("members.role")).select_option("moderator")
    press(owner, row, "members.give")
    expect(member.page.get_by_role("button", name=member.words("place.open"), exact=True)).to_be_visible()

    elsewhere = crew.member(account=Account.log_in(crew.server, member.name))
    elsewhere.page.goto("about:blank")

    member.watch.expects("status of 40[13]")
    member.composer.fill("what I was about to say")
    press(owner, row, "members.ban")
    press(owner, row, "members.sure")
    member.is_at_door()
    expect(member.form("login").get_by_role("alert")).to_have_text(member.words("problem.banned"))
    # So is who was not there, though the cookie that says who one is goes before Python can read it.
    elsewhere.watch.expects("status of 40[13]")
    elsewhere.open()
    elsewhere.is_at_door()
    expect(elsewhere.form("login").get_by_role("alert")).to_have_text(elsewhere.words("problem.banned"))
    # On a slow network one acts before the page knows the latest: what was pressed is done all the same, and once.
    row.get_by_role("button", name=owner.words("members.acts", name=member.name), exact=True).click()
    with Gate(owner.page, "**/api/people/*") as gate:
        row = acts_on(owner, dialog, member.name)
        row.get_by_role("button", name=owner.words("members.unban"), exact=True).dblclick()
        gate.open()
        expect(row.get_by_role("button", name=owner.words("members.ban"), exact=True)).to_be_visible()
    member.log_in()
    member.is_in()
    expect(member.composer).to_have_value("what I was about to say")

    place_of(owner, "deeds.title")
    told = dialog.get_by_role("tabpanel").get_by_role("listitem")
    expect(told).to_have_count(6)
    expect(told.first).to_contain_text(owner.words("act.unban", by=owner.name, whom=member.name))
    expect(told.nth(4)).to_contain_text("too loud")
    is_for_everyone(owner)

"""Everything with the keyboard alone."""

from playwright.sync_api import Locator, expect

from account import Account, fresh
from company import Company
from person import Person

FAR = 40
"""Presses of Tab after which what has not come is taken for never coming."""


def go_with_tab(person: Person, target: Locator, key: str = "Tab") -> None:
    """Press Tab until ``target`` has the focus, and see that one sees it."""
    for _ in range(FAR):
        if target.evaluate("element => element === document.activeElement"):
            break
        person.page.keyboard.press(key)
    expect(target).to_be_focused()
    shown = target.evaluate(
        """element => [element, element.closest('label, .composer-box, form')].some((one) => {
             if (!one) return false;
             const style = getComputedStyle(one);
             return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
               || style.boxShadow !== 'none';
           })"""
    )
    assert shown, "one does not see what has the focus"


def test_from_the_door_through_the_rooms_and_out_again(guests: Company, host: Account) -> None:
    _, room = host.make_room("tea")
    ada = guests.visitor("Ada")
    keyboard = ada.page.keyboard

    go_with_tab(ada, ada.page.get_by_role("link", name=ada.words("register.title"), exact=True))
    keyboard.press("Enter")
    form = ada.form("register")
    go_with_tab(ada, form.get_by_label(ada.words("door.name"), exact=True))
    keyboard.type(ada.name)
    keyboard.press("Tab")
    keyboard.type(ada.password)
    keyboard.press("Enter")
    ada.is_in()

    expect(ada.composer).to_be_focused()
    keyboard.type("typed")
    keyboard.press("Enter")
    ada.reads("typed")

    go_with_tab(ada, ada.page.get_by_role("button", name=ada.words("rooms.browse"), exact=True), "Shift+Tab")
    keyboard.press("Enter")
    dialog = ada.page.get_by_role("dialog", name=ada.words("browse.title"))
    go_with_tab(ada, dialog.get_by_role("button", name=ada.words("browse.join_room", room=room), exact=True))
    keyboard.press("Enter")
    ada.is_in_room(room)
    expect(dialog).to_be_hidden()

    go_with_tab(ada, ada.room_link("general"), "Shift+Tab")
    keyboard.press("Enter")
    ada.is_in_room("general")
    go_with_tab(ada, ada.composer)
    keyboard.type("back")
    keyboard.press("Enter")
    ada.reads_last("back")

    go_with_tab(ada, ada.page.get_by_role("button", name=ada.words("me.log_out")), "Shift+Tab")
    keyboard.press("Enter")
    ada.is_at_door()


def test_a_new_room_and_the_way_out_of_the_dialog(guests: Company) -> None:
    ada = guests.member("Ada")
    keyboard = ada.page.keyboard
    browse = ada.page.get_by_role("button", name=ada.words("rooms.browse"), exact=True)
    go_with_tab(ada, browse, "Shift+Tab")
    keyboard.press("Enter")
    dialog = ada.page.get_by_role("dialog", name=ada.words("browse.title"))
    expect(dialog).to_be_visible()
    keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(browse).to_be_focused()
    keyboard.press("Enter")
    go_with_tab(ada, dialog.get_by_label(ada.words("browse.new"), exact=True))
    name = fresh("tea")
    keyboard.type(name)
    keyboard.press("Enter")
    ada.is_in_room(name)
    expect(ada.composer).to_be_focused()


def test_the_messages_are_scrolled_with_the_keyboard(guests: Company, host: Account) -> None:
    room, name = host.make_room("book")
    host.say(*(f"line {number}" for number in range(60)), room=room)
    ada = guests.member("Ada")
    ada.join(name)
    expect(ada.message("line 59")).to_be_in_viewport()
    go_with_tab(ada, ada.timeline, "Shift+Tab")
    ada.page.keyboard.press("Home")
    expect(ada.message("line 0")).to_be_in_viewport()
    ada.page.keyboard.press("End")
    expect(ada.message("line 59")).to_be_in_viewport()

"""The dialog for those who keep order, as a test uses it."""

from playwright.sync_api import Locator

from person import Person


def place_of(person: Person, tab: str) -> Locator:
    """Open the dialog at a tab; return it."""
    dialog = person.page.get_by_role("dialog", name=person.words("place.open"))
    if not dialog.is_visible():
        person.page.get_by_role("button", name=person.words("place.open"), exact=True).click()
    dialog.get_by_role("tab", name=person.words(tab), exact=True).click()
    return dialog


def acts_on(person: Person, dialog: Locator, name: str) -> Locator:
    """Show what can be done about somebody; return their row."""
    row = dialog.get_by_role("listitem").filter(has_text=name)
    button = row.get_by_role("button", name=person.words("members.acts", name=name), exact=True)
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    return row


def marks_of(row: Locator) -> Locator:
    """What somebody is, as their row says it: the choice of roles beside it names them all."""
    return row.locator(".member-marks")


def press(person: Person, within: Locator, key: str, **values: object) -> None:
    """Press a button."""
    within.get_by_role("button", name=person.words(key, **values), exact=True).click()

"""Somebody who reads the lesson, and changes its code."""

from playwright.sync_api import Locator, expect

from person import Person


class Exercise:
    """An exercise as a reader finds it."""

    def __init__(self, reader: Person, name: str) -> None:
        self._reader = reader
        self.root = reader.page.locator(f'[data-exercise="{name}"]')
        self.result = self.root.get_by_role("status", include_hidden=True)  # where nothing is said, it is hidden

    def press(self, name: str) -> None:
        """Press one of its buttons."""
        self.root.get_by_role("button", name=self._reader.words(f"learn.exercise.{name}"), exact=True).click()

    def begin(self) -> None:
        """Open the editor, if it is not open, with the code that one begins with."""
        if self.root.locator('[data-do="open"]').count():
            self.press("open")
        self.press("reset")
        expect(self.root.locator(".exercise")).not_to_have_attribute("aria-busy", "true")
        expect(self.result).to_have_text("")

    @property
    def editor(self) -> Locator:
        """Where the code is."""
        return self.root.get_by_role("textbox").first

    def code(self) -> str:
        """Return the code that stands there."""
        return "\n".join(self.root.locator(".cm-line").all_text_contents())

    def write(self, code: str) -> None:
        """Write other code over what stands there."""
        self.editor.click()
        self._reader.page.keyboard.press("ControlOrMeta+a")
        self._reader.page.keyboard.insert_text(code)

    def run(self) -> str:
        """Run the code; return what is said of it."""
        self.press("run")
        expect(self.root.locator(".exercise")).not_to_have_attribute("aria-busy", "true")
        return self.result.inner_text()

"""Someone in front of the page, who finds things as people do: by label, role and text."""

import re
from collections.abc import Sequence

from playwright.sync_api import BrowserContext, Locator, Page, expect

from account import PASSWORD
from meters import Reading
from meters import read as read_meters
from watch import Watch
from words import Words

START = 90_000
"""Milliseconds that Python may take to start. On a machine of its own it takes two seconds."""


_TURNS = 1_000
"""The most that a test turns the wheel: far more than it needs."""


class Person:
    """One browser context with one page, and who uses it."""

    def __init__(self, context: BrowserContext, watch: Watch, words: Words, name: str) -> None:
        self.context = context
        self.watch = watch
        self.words = words
        self.name = name
        self.password = PASSWORD
        watch.secrets.add(PASSWORD)
        self.page: Page = context.new_page()

    # Coming and going.

    def open(self, path: str = "/") -> None:
        """Load the page, and wait until Python listens."""
        self.page.goto(path)
        self.is_ready()

    def reload(self) -> None:
        """Load the page anew, and wait until Python listens."""
        self.page.reload()
        self.is_ready()

    def register(self) -> None:
        """Make an account at the door."""
        self.door_of("register")
        self.fill_in("register")
        self.submit("register")

    def log_in(self, password: str | None = None) -> None:
        """Sign in at the door."""
        self.door_of("login")
        self.fill_in("login", password)
        self.submit("login")

    def log_out(self) -> None:
        """Sign out."""
        self.page.get_by_role("button", name=self.words("me.log_out")).click()

    def door_of(self, kind: str) -> None:
        """Turn to the form to ``login`` or to ``register``."""
        link = self.page.get_by_role("link", name=self.words(f"{kind}.title"), exact=True)
        heading = self.page.get_by_role("heading", name=self.words(f"{kind}.title"), exact=True)
        expect(link.or_(heading)).to_be_visible()
        if link.is_visible():
            link.click()
        expect(heading).to_be_visible()

    def form(self, kind: str) -> Locator:
        """Return the region with the form to ``login`` or to ``register``."""
        return self.page.get_by_role("region", name=self.words(f"{kind}.title"), exact=True)

    def fill_in(self, kind: str, password: str | None = None) -> None:
        """Fill in a form."""
        form = self.form(kind)
        form.get_by_label(self.words("door.name"), exact=True).fill(self.name)
        form.get_by_label(self.words("door.password"), exact=True).fill(password or self.password)

    def submit(self, kind: str) -> None:
        """Send a form off."""
        self.form(kind).get_by_role("button", name=self.words(f"{kind}.submit"), exact=True).click()

    # Where one is.

    @property
    def html(self) -> Locator:
        """The root, which says where the page stands."""
        return self.page.locator("html")

    def is_ready(self) -> None:
        """Python has started, and the screens listen."""
        expect(self.html).to_have_attribute("data-ready", "", timeout=START)

    def is_live(self, timeout: float = 30) -> None:
        """The link is live, and the page says so; within ``timeout`` seconds."""
        expect(self.html).to_have_attribute("data-link", "live", timeout=timeout * 1_000)

    def is_lost(self) -> None:
        """The link is down, and looks for the way back."""
        expect(self.html).to_have_attribute("data-link", re.compile("waiting|probing|opening|greeting"))

    def is_in(self) -> None:
        """The chat stands, and is connected."""
        expect(self.composer).to_be_visible()
        self.is_live()

    def is_at_door(self) -> None:
        """The sign-in stands, and nothing of the chat."""
        heading = self.page.get_by_role("heading", name=self.words("login.title"), exact=True)
        other = self.page.get_by_role("heading", name=self.words("register.title"), exact=True)
        expect(heading.or_(other)).to_be_visible()
        expect(self.composer).to_be_hidden()

    @property
    def line(self) -> Locator:
        """The line that says how the connection stands."""
        return self.page.locator("#line")

    def meters(self) -> Reading:
        """What the page holds."""
        return read_meters(self.page)

    # Talking.

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_label(self.words("composer.label"), exact=True)

    @property
    def timeline(self) -> Locator:
        """Where one reads."""
        return self.page.get_by_role("log", name=self.words("timeline.label"), exact=True)

    @property
    def messages(self) -> Locator:
        """The messages of the room, each with who, when and what."""
        return self.timeline.locator(".message")

    @property
    def texts(self) -> Locator:
        """What the messages say."""
        return self.timeline.locator(".message-text")

    def message(self, text: str) -> Locator:
        """The messages that say exactly this."""
        return self.messages.filter(has=self.page.locator(".message-text").get_by_text(text, exact=True))

    def say(self, text: str) -> None:
        """Write something and send it."""
        self.composer.fill(text)
        self.composer.press("Enter")
        expect(self.composer).to_have_value("")

    def reads(self, *texts: str) -> None:
        """These, and only these, are the messages of the room, in this order; none is on its way any more."""
        expect(self.texts).to_have_text(list(texts), use_inner_text=True)
        expect(self.timeline.locator(".message.pending")).to_have_count(0)

    def reads_last(self, *texts: str) -> None:
        """These are the last messages, in this order."""
        expect(self.texts.last).to_have_text(texts[-1])
        assert self.read()[-len(texts) :] == list(texts)

    def read(self) -> Sequence[str]:
        """Return what the messages say, oldest first."""
        return self.texts.all_inner_texts()

    def scroll(self, pixels: int, until: Locator) -> None:
        """Turn the wheel over the timeline until something is in the page; down is positive."""
        self.timeline.hover()
        for _ in range(_TURNS):
            if until.count():
                return
            self.page.mouse.wheel(0, pixels)
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
        raise AssertionError(f"it is nowhere in {_TURNS} turns of the wheel")

    # Rooms.

    def room_link(self, name: str) -> Locator:
        """The room in the list of one's rooms, whatever is said beside its name."""
        rooms = self.page.get_by_role("navigation", name=self.words("rooms.title"))
        return rooms.get_by_role("link").filter(has=self.page.get_by_text(name, exact=True))

    def go_to(self, name: str) -> None:
        """Turn to one of one's rooms."""
        self.room_link(name).click()
        self.is_in_room(name)

    def is_in_room(self, name: str) -> None:
        """This is the room that is shown."""
        expect(self.page.get_by_role("heading", name=name, level=1, exact=True)).to_be_visible()

    def room_menu(self, act: str) -> Locator:
        """Open the menu of the room, and return what it offers under ``act``."""
        menu = self.page.get_by_role("group", name=self.words("room.menu"), exact=True)
        if not menu.is_visible():
            self.page.get_by_role("button", name=self.words("room.menu"), exact=True).click()
        expect(menu).to_be_visible()
        return menu.get_by_role("button", name=self.words(act), exact=True)

    def browse(self) -> Locator:
        """Open the dialog of the rooms one may join; return it."""
        self.page.get_by_role("button", name=self.words("rooms.browse"), exact=True).click()
        dialog = self.page.get_by_role("dialog", name=self.words("browse.title"))
        expect(dialog).to_be_visible()
        return dialog

    def make_room(self, name: str) -> None:
        """Make a room; one is then in it."""
        dialog = self.browse()
        dialog.get_by_label(self.words("browse.new"), exact=True).fill(name)
        dialog.get_by_role("button", name=self.words("browse.make"), exact=True).click()
        self.is_in_room(name)

    def join(self, name: str) -> None:
        """Join a room; one is then in it."""
        self.browse().get_by_role("button", name=self.words("browse.join_room", room=name), exact=True).click()
        self.is_in_room(name)

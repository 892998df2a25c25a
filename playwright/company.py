"""The people who use one server's pages, until they go without anything to complain of."""

from types import TracebackType
from typing import Literal, Self, TypedDict, Unpack

from playwright.sync_api import Browser, BrowserContext

import meters
from account import PASSWORD, Account, fresh
from person import Person
from tests.support.running import RunningServer
from watch import Watch
from words import Words

MANY = 20
LONG = 400
"""Complaints, and characters of each, beyond which a report helps nobody."""

LOCALES = {"en": "en-GB", "fr": "fr-FR"}


class Circumstances(TypedDict, total=False):
    """What may be different about a browser, as Playwright names it."""

    locale: str
    timezone_id: str
    java_script_enabled: bool
    bypass_csp: bool
    service_workers: Literal["allow", "block"]


class Company:
    """Brings people to the pages of ``server``."""

    def __init__(self, browser: Browser, server: RunningServer) -> None:
        self.server = server
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._watches: list[Watch] = []

    def person(self, stem: str = "Ada", *, language: str = "en", **options: Unpack[Circumstances]) -> Person:
        """Return somebody who has not opened the page yet."""
        # A test does not see the requests that a service worker answers, and cannot hold them back.
        given: Circumstances = {"locale": LOCALES[language], "service_workers": "block", **options}
        context = self._browser.new_context(base_url=self.server.url, **given)
        self._contexts.append(context)
        watch = Watch(self.server.url)
        self._watches.append(watch)
        watch.listen(context)
        meters.install(context)
        return Person(context, watch, Words(language), fresh(stem))

    def visitor(self, stem: str = "Ada", *, language: str = "en", **options: Unpack[Circumstances]) -> Person:
        """Return somebody at the door."""
        person = self.person(stem, language=language, **options)
        person.open()
        return person

    def member(
        self,
        stem: str = "Ada",
        *,
        account: Account | None = None,
        language: str = "en",
        **options: Unpack[Circumstances],
    ) -> Person:
        """Return somebody in the chat, with a session made without the form: of an account, or of a new one."""
        person = self.person(stem, language=language, **options)
        if account is not None:
            person.name = account.name
        self.let_in(person, "register" if account is None else "login")
        person.open()
        person.is_in()
        return person

    def let_in(self, person: Person, way: str = "login") -> None:
        """Give somebody's browser a session, by ``login`` or ``register``, without the page."""
        credentials = {"name": person.name, "password": PASSWORD}
        answer = person.context.request.post(f"/api/{way}", data=credentials)
        assert answer.ok, answer.text()

    def is_content(self) -> None:
        """Nobody has anything to complain of that was not expected."""
        amiss = [complaint for watch in self._watches for complaint in watch.verdict()]
        told = "\n".join(complaint[:LONG] for complaint in amiss[:MANY])
        assert not amiss, f"the browser complained {len(amiss)} times:\n{told}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.is_content()
        finally:
            for context in self._contexts:
                context.close()

"""The door: the two forms that let one in."""

from __future__ import annotations

import asyncio

from chat.api import Problem, Unreachable
from chat.app import App
from chat.entrance import Entrance
from chat.screens.dom import Element, Field, attribute, by_id, field, put_text, within
from chat.screens.fetching import fetch
from chat.screens.listening import Acts
from chat.screens.page import Page
from chat.state import State
from chat.texts import Texts

_OF_REGISTERING = frozenset({"name_taken", "bad_name", "bad_password", "bad_code", "registration_closed"})
"""The problems that only the form for a new account can have."""


class Door:
    """Signs in with the form that is sent off, and says in words what does not work."""

    def __init__(self, app: App, page: Page, texts: Texts, acts: Acts) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._problems: dict[str, tuple[str, int | None] | None] = {"login": None, "register": None}
        self._entrance = Entrance()
        self._asking: asyncio.Task[None] | None = None
        self._asked = False
        self._task: asyncio.Task[None] | None = None
        for name in self._problems:
            acts.form(name, self._submitted)

    def render(self, _: State | None = None) -> None:
        """Take over the app's problem, and say what there is to say."""
        if self._app.problem:
            code, self._app.problem = self._app.problem, ""
            name = "register" if code in _OF_REGISTERING else "login"
            self._problems[name] = (code, None)
            self._page.go_to(f"#{name}")
            last = self._page.last
            if last is not None and not field("login-name").value:
                field("login-name").value = last.name
            self._entrance.refused(code)
        for name, said in self._problems.items():
            put_text(_problem_of(by_id(name)), "" if said is None else self._texts.refusal(*said))
        at_door = self._page.view == "door"
        if at_door and self._page.join_code:
            field("register-code").value = self._page.join_code
            self._page.go_to("#register")
        if at_door and not self._asked:
            self._asking = asyncio.ensure_future(self._ask())
        self._asked = at_door
        self._show_entrance()

    def translate(self) -> None:
        """What is said here is said anew with each drawing."""

    def _show_entrance(self) -> None:
        """Say who may make an account, and ask for a join code where one is needed."""
        words = self._entrance.words
        told = by_id("register-told")
        told.hidden = not words
        put_text(told, self._texts.text(words) if words else "")
        by_id("register-code-field").hidden = not self._entrance.wants_code
        field("register-code").toggleAttribute("required", self._entrance.wants_code)
        within(by_id("register"), "form").hidden = self._entrance.closed

    async def _ask(self) -> None:
        try:
            answer = await fetch("GET", "/api/door")
        except Unreachable:
            return  # Then the form says it, once it is sent off.
        if answer.status == 200:
            self._entrance.told(answer.body)
            self._show_entrance()

    def _submitted(self, form: Element) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._enter(attribute(form, "data-form")))

    async def _enter(self, form: str) -> None:
        name, password = field(f"{form}-name"), field(f"{form}-password")
        button = within(by_id(form), "button[type=submit]")
        button.setAttribute("aria-disabled", "true")
        session = self._app.session
        try:
            if form == "login":
                person = await session.log_in(name.value, password.value)
            else:
                code = field("register-code").value.strip() if self._entrance.wants_code else ""
                person = await session.register(name.value, password.value, code)
        except Problem as problem:
            self._entrance.refused(problem.code)
            wrong = {"name_taken": name, "bad_name": name, "bad_code": field("register-code")}
            self._say(form, (problem.code, problem.retry_ms), wrong.get(problem.code, password))
        except Unreachable as error:
            self._say(form, ("unreachable", error.retry_ms), None)
        else:
            self._problems = dict.fromkeys(self._problems)
            password.value = ""
            field("register-code").value = ""
            if self._page.names_door:
                self._page.address("")
            await self._app.enter(person)
            self.render()
        finally:
            button.removeAttribute("aria-disabled")

    def _say(self, form: str, problem: tuple[str, int | None], wrong: Field | None) -> None:
        self._problems[form] = None
        self.render()  # said again, the same problem is to be heard again
        self._problems[form] = problem
        self.render()
        if wrong is not None:
            wrong.focus()


def _problem_of(section: Element) -> Element:
    return within(section, "[data-problem]")

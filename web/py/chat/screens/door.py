"""The door: the two forms that let one in."""

from __future__ import annotations

import asyncio

from chat.api import Problem, Unreachable
from chat.app import App
from chat.screens.dom import Element, Field, attribute, by_id, field, put_text, within
from chat.screens.listening import Acts
from chat.screens.page import Page
from chat.texts import Texts

_OF_REGISTERING = frozenset({"name_taken", "bad_name", "bad_password"})
"""The problems that only the form for a new account can have."""


class Door:
    """Signs in with the form that is sent off, and says in words what does not work."""

    def __init__(self, app: App, page: Page, texts: Texts, acts: Acts) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._problems = {"login": "", "register": ""}
        self._task: asyncio.Task[None] | None = None
        for name in self._problems:
            acts.form(name, self._submitted)

    def render(self) -> None:
        """Take over the app's problem, and say what there is to say."""
        if self._app.problem:
            name = "register" if self._app.problem in _OF_REGISTERING else "login"
            self._problems[name] = self._app.problem
            self._app.problem = ""
            self._page.go_to(f"#{name}")
            last = self._page.last
            if last is not None and not field("login-name").value:
                field("login-name").value = last.name
        for name, code in self._problems.items():
            put_text(_problem_of(by_id(name)), self._texts.problem(code) if code else "")

    def _submitted(self, form: Element) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._enter(attribute(form, "data-form")))

    async def _enter(self, form: str) -> None:
        name, password = field(f"{form}-name"), field(f"{form}-password")
        button = within(by_id(form), "button[type=submit]")
        button.setAttribute("aria-disabled", "true")
        session = self._app.session
        try:
            enter = session.log_in if form == "login" else session.register
            person = await enter(name.value, password.value)
        except Problem as problem:
            self._say(form, problem.code, name if problem.code in {"name_taken", "bad_name"} else password)
        except Unreachable:
            self._say(form, "unreachable", None)
        else:
            self._problems = dict.fromkeys(self._problems, "")
            password.value = ""
            if self._page.names_door:
                self._page.address("")
            await self._app.enter(person)
            self.render()
        finally:
            button.removeAttribute("aria-disabled")

    def _say(self, form: str, code: str, wrong: Field | None) -> None:
        self._problems[form] = ""
        self.render()  # said again, the same problem is to be heard again
        self._problems[form] = code
        self.render()
        if wrong is not None:
            wrong.focus()


def _problem_of(section: Element) -> Element:
    return within(section, "[data-problem]")

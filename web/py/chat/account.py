"""The requests about one's own account, and about the people one shares the place with."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from chat.api import Api
from chat.messages import Malformed
from chat.roster import Member, member


@dataclass(frozen=True, slots=True)
class Login:
    """Where one is logged in: what it runs on, and when its token was last renewed, in milliseconds."""

    key: str
    browser: str
    system: str
    used_at: int
    current: bool


class Account(Api):
    """All raise Problem, Unreachable or Malformed."""

    async def me(self) -> Member:
        """Return what one is today."""
        return member((await self._ask("GET", "/api/me")).get("user"))

    async def show_as(self, display: str) -> Member:
        """Be shown by another name, or by that one logs in with if it is empty."""
        return member((await self._ask("POST", "/api/me/display", {"display": display})).get("user"))

    async def rename(self, name: str) -> Member:
        """Log in with another name from now on."""
        return member((await self._ask("POST", "/api/me/name", {"name": name})).get("user"))

    async def change_password(self, current: str, password: str) -> None:
        """Have another password; all other sessions end."""
        await self._ask("POST", "/api/me/password", {"current": current, "password": password})

    async def logins(self) -> list[Login]:
        """Return where one is logged in, the last used first."""
        found = (await self._ask("GET", "/api/me/sessions")).get("sessions")
        if not isinstance(found, list):
            raise Malformed("the list of sessions is not a list")
        return [_login(each) for each in found]

    async def end_login(self, key: str) -> None:
        """End one session."""
        await self._ask("POST", f"/api/me/sessions/{quote(key, safe='')}/end")

    async def end_other_logins(self) -> None:
        """End all sessions but this one."""
        await self._ask("POST", "/api/me/sessions/end")

    async def leave_for_good(self, password: str, messages: str) -> None:
        """Leave for good; ``messages`` are to be ``keep`` (kept, without a name) or ``remove`` (taken back)."""
        await self._ask("POST", "/api/me/leave", {"password": password, "messages": messages})


def _login(value: object) -> Login:
    match value:
        case {"id": str(key), "browser": str(browser), "system": str(system), "used_at": int(used), "current": here}:
            return Login(key, browser, system, used, here is True)
        case _:
            raise Malformed("a session has an id, a browser, a system, and says when it was used")

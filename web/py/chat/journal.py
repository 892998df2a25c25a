"""What is said about join codes, sessions and acts of keeping order, in sentences."""

from __future__ import annotations

from chat.account import Login
from chat.order import Done, JoinCode
from chat.texts import Texts
from chat.times import Zone, day_label

LINK = "{origin}/#join={code}"
"""The link that somebody joins by (server/invitation.py)."""


def link(origin: str, code: JoinCode) -> str:
    """Return the link to the door with the code filled in."""
    return LINK.format(origin=origin, code=code.code)


def moment(at: int, now: int, zone: Zone, texts: Texts) -> str:
    """Write a day and a time as somebody says them at ``now``, at the beginning of a line."""
    return texts.text("time.moment", day=day_label(at, now, zone, texts), time=zone.clock(at))


def until(at: int, now: int, zone: Zone, texts: Texts) -> str:
    """Write how long something lasts, within a sentence."""
    key = "until.today" if zone.day(at) == zone.day(now) else "until.day"
    return texts.text(key, day=zone.date(at), time=zone.clock(at))


def about_code(code: JoinCode, now: int, zone: Zone, texts: Texts) -> str:
    """Say how long a join code is good, and how often it was used."""
    used = texts.number(code.used)
    uses = (
        texts.count("codes.used", code.used)
        if code.uses is None
        else texts.text("codes.used_of", n=used, uses=texts.number(code.uses))
    )
    if not code.good:
        return texts.text("codes.over", uses=uses)
    if code.expires_at is None:
        return texts.text("codes.for_good", uses=uses)
    return texts.text("codes.until", uses=uses, until=until(code.expires_at, now, zone, texts))


def about_login(login: Login, now: int, zone: Zone, texts: Texts) -> tuple[str, str]:
    """Name a session by what it runs on, and say when it was used."""
    name = login.browser or login.system or texts.text("logins.unknown")
    if login.browser and login.system:
        name = texts.text("logins.device", browser=login.browser, system=login.system)
    if login.current:
        return name, texts.text("logins.current")
    day = day_label(login.used_at, now, zone, texts, within=True)
    when = texts.text("time.moment", day=day, time=zone.clock(login.used_at))
    return name, texts.text("logins.used", time=when)


def about_act(done: Done, rooms: dict[str, str], texts: Texts) -> str:
    """Say in a sentence what was done. ``rooms`` are the names of those one knows, by their ids."""

    def name(who: tuple[str, str] | None, nobody: str) -> str:
        return texts.text(nobody) if who is None else who[1] or texts.text("people.left")

    key = f"act.{done.kind}"
    if done.kind == "set_role" and done.role:
        key = f"act.set_role.{done.role}"
    elif done.kind == "set_registration" and done.policy:
        key = f"act.set_registration.{done.policy}"
    if not texts.has(key):
        key = "act.something"
    room = rooms.get(done.room or "", "") or texts.text("act.some_room")
    return texts.text(
        key, by=name(done.by, "act.server"), whom=name(done.whom, "people.left"), room=room, kind=done.kind
    )

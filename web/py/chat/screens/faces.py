"""People in lists: their picture, and whether they are there, as a dot for the eyes and in words for the ears."""

from __future__ import annotations

from chat.people import Person
from chat.roster import OFFLINE, Member
from chat.screens.dom import Element, put_text, within
from chat.texts import Texts
from chat.times import Zone


def show_face(face: Element, person: Person, here: str) -> None:
    """Show somebody's picture, with the dot that says whether they are there."""
    avatar = within(face, ".avatar")
    put_text(avatar, person.initials)
    avatar.className = f"avatar hue-{person.hue}"
    face.setAttribute("data-here", here)


def presence_words(entry: Member, texts: Texts, zone: Zone, now: int) -> str:
    """Say whether somebody is there, at ``now`` in milliseconds since the Unix epoch."""
    if entry.here == OFFLINE and entry.seen_at is not None:
        today = zone.day(entry.seen_at) == zone.day(now)
        time = zone.clock(entry.seen_at) if today else zone.full(entry.seen_at)
        return texts.text("people.since", time=time)
    return texts.text(f"people.{entry.here}")

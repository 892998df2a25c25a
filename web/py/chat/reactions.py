"""Reactions to a message: what there are, what one has set or taken back oneself, and who says so, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chat.people import Person
from chat.texts import Texts

OFFERED = ("👍", "❤️", "😂", "🎉", "🤔", "👀", "✅", "🙏")
"""What one can choose from; what others have set, one can set as well."""

NAMED = 5
"""How many people are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji: how many have set it, whether the reader has, and who they are, the first of them at least."""

    emoji: str
    count: int
    mine: bool = False
    who: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Reacted:
    """That ``user`` has set ``emoji`` on the message ``key``, or taken it back; so many have set it from then on."""

    key: str
    seq: int
    user: Person
    emoji: str
    on: bool
    count: int


@dataclass(frozen=True, slots=True)
class Reacting:
    """A reaction of one's own on its way, under the id of its operation. ``acked`` is its seq once it is stored."""

    id: str
    key: str
    emoji: str
    on: bool
    acked: int | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A reaction as it is shown. ``label`` says it in words; ``pending``: one's own is still on its way."""

    emoji: str
    count: str
    mine: bool
    label: str
    pending: bool = False


def read(value: object) -> tuple[Reaction, ...]:
    """Read the reactions that the history tells of. What is none is left out."""
    found = []
    for each in value if isinstance(value, list) else ():
        match each:
            case {"emoji": str(emoji), "count": int(count), "mine": bool(mine), "who": list(who)}:
                people = [
                    Person(str(one["id"]), str(one["name"])) for one in who if isinstance(one, dict) and "name" in one
                ]
                found.append(Reaction(emoji, count, mine, tuple(people)))
            case _:
                pass  # of a kind that only newer pages know
    return tuple(found)


def record(reactions: Iterable[Reaction]) -> list[dict[str, object]]:
    """Write reactions so that :func:`read` can read them."""
    return [
        {
            "emoji": each.emoji,
            "count": each.count,
            "mine": each.mine,
            "who": [{"id": person.id, "name": person.name} for person in each.who],
        }
        for each in reactions
    ]


def changed(
    reactions: tuple[Reaction, ...], emoji: str, user: Person, *, on: bool, count: int, mine: bool
) -> tuple[Reaction, ...]:
    """Return the reactions after one more was set, or taken back. ``mine``: it is the reader's own."""
    known = next((each for each in reactions if each.emoji == emoji), Reaction(emoji, 0))
    others = tuple(person for person in known.who if person.id != user.id)
    who = (*others, user) if on else others
    new = replace(known, count=count, mine=on if mine else known.mine, who=who)
    if known not in reactions:
        return (*reactions, new) if count else reactions
    return tuple(new if each is known else each for each in reactions if each is not known or count)


def expected(reactions: tuple[Reaction, ...], pending: Iterable[Reacting], me: Person) -> tuple[Reaction, ...]:
    """Return what the reactions will be once all of one's own have arrived."""
    for each in pending:
        known = next((one for one in reactions if one.emoji == each.emoji), Reaction(each.emoji, 0))
        if known.mine != each.on:
            count = known.count + (1 if each.on else -1)
            reactions = changed(reactions, each.emoji, me, on=each.on, count=count, mine=True)
    return reactions


def chips(reactions: tuple[Reaction, ...], pending: Iterable[Reacting], me: Person, texts: Texts) -> tuple[Chip, ...]:
    """Return what to show of the reactions to a message."""
    flying = list(pending)
    waiting = {each.emoji for each in flying}
    return tuple(
        Chip(each.emoji, texts.number(each.count), each.mine, said(each, me, texts), each.emoji in waiting)
        for each in expected(reactions, flying, me)
    )


def said(reaction: Reaction, me: Person, texts: Texts) -> str:
    """Say who has reacted so: some by name, the reader first, the others by their number."""
    names = [texts.text("reactions.you")] if reaction.mine else []
    names += [person.shown or texts.text("people.left") for person in reaction.who if person.id != me.id][
        : NAMED - len(names)
    ]
    others = reaction.count - len(names)
    if others > 0:
        names.append(texts.count("reactions.others", others))
    last = names[-1] if names else ""
    listed = texts.text("reactions.and", names=", ".join(names[:-1]), last=last) if len(names) > 1 else last
    return texts.text("reactions.label", emoji=reaction.emoji, names=listed)

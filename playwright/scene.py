"""A place where people have met for some weeks: to be looked at, in pictures and by axe-core."""

import sqlite3
import time

from account import GENERAL, Account
from tests.support.running import RunningServer

ADA, EVARISTE, GRACE, NUR, LONG = (
    "Ada Lovelace",
    "Évariste Galois",
    "Grace Hopper",
    "نور",
    "Maximiliane von Hohenzollernstein",
)
PEOPLE = (ADA, EVARISTE, GRACE, NUR, LONG[:32])
"""Ada is the first, so the place is hers."""

ATELIER, PRIVATE, ARCHIVED, ENDLESS, ARABIC = (
    "Atelier Python",
    "Jury de juin",
    "Sortie au Futuroscope",
    "Questions that came up on the way and are not answered yet",
    "غرفة الرياضيات",
)
TOPIC = "Programmer à deux, casser la connexion, recommencer"

CODE = """So this is all of it:

```python
def tick():
    global interval
    if link.live:
        js.clearInterval(interval)   # the one we started
        interval = None
    else:
        link.try_again()
```"""

TALK = (
    ("down", GRACE, 74, "Did anyone see the server go down just now?"),
    ("restart", EVARISTE, 71, "That was me, **restarting** it. Every time I save a file it is gone for a blink."),
    ("back", EVARISTE, 71, "But look: everybody was back before I had noticed."),
    ("where", ADA, 66, "I had not even stopped typing. Where did my sentence go?"),
    ("there", GRACE, 65, "It is up there. Once, and in the right place."),
    ("train", NUR, 20, "مرحبا! كتبت لكم من القطار، داخل النفق 🚄"),
    ("three", ADA, 19, "All three of your messages are here, in order:"),
    ("list", ADA, 19, "- no gap\n- no double\n- and *nobody* pressed reload"),
    ("so", EVARISTE, 6, "@Ada Lovelace and what does the page do while it waits?"),
    ("code", ADA, 4, CODE),
    ("trick", EVARISTE, 2, "One socket, one interval, and `clearInterval` once it is live. That is the whole trick!"),
)
"""By which sign a message is named here, who says it, how many minutes ago, and what."""

REPLIES = {"there": "where", "code": "so"}
REACTIONS = (
    ("train", "🎉", (ADA, GRACE, EVARISTE)),
    ("train", "❤️", (GRACE,)),
    ("trick", "👍", (ADA, NUR)),
    ("back", "😄", (GRACE,)),
)


class Scene:
    """Makes it all on a server that nobody has come to yet; ``trying`` names try the screens as well."""

    def __init__(self, server: RunningServer, *, trying: bool = True) -> None:
        self.people = {name: Account(server, name, "register") for name in PEOPLE}
        self._server = server
        self._messages: dict[str, str] = {}
        self.rooms = {"general": GENERAL}
        self._talk()
        self._make_rooms([ENDLESS, ARABIC] if trying else ["Physics & maths", "Sons & musique"])

    def spread(self) -> None:
        """Let the talk have taken its time. The server may not run meanwhile."""
        now = int(time.time() * 1_000)
        with sqlite3.connect(self._server.database) as connection:
            for sign, _, minutes, _ in TALK:
                at = now - minutes * 60_000
                connection.execute("UPDATE message SET at = ? WHERE id = ?", (at, self._messages[sign]))
        connection.close()

    def _talk(self) -> None:
        author = {sign: who for sign, who, _, _ in TALK}
        for sign, who, _, text in TALK:
            fields = {}
            if sign in REPLIES:
                answered = REPLIES[sign]
                fields["re"] = self._name(answered, author[answered])
            self._messages[sign] = self.people[who].do("send", text=text, **fields)
        for sign, emoji, fans in REACTIONS:
            for fan in fans:
                self.people[fan].do("react", target=self._name(sign, author[sign]), emoji=emoji, on=True)

    def _name(self, sign: str, author: str) -> str:
        return f"{self.people[author].id}/{self._messages[sign]}"

    def _make_rooms(self, others: list[str]) -> None:
        ada = self.people[ADA]
        for name in (ATELIER, PRIVATE, ARCHIVED, *others):
            room = ada.ask("POST", "/api/rooms", {"name": name, "private": name == PRIVATE})["room"]
            self.rooms[name] = room["id"]
        ada.ask("POST", f"/api/rooms/{self.rooms[ATELIER]}/topic", {"topic": TOPIC})
        for name in (EVARISTE, GRACE):
            self.people[name].ask("POST", f"/api/rooms/{self.rooms[ATELIER]}/join")
        ada.ask("POST", f"/api/rooms/{self.rooms[PRIVATE]}/invite", {"account": self.people[GRACE].id})
        ada.say("See you at the station at 8:10.", room=self.rooms[ARCHIVED])
        ada.ask("POST", f"/api/rooms/{self.rooms[ARCHIVED]}/archive")
        grace, galois = self.people[GRACE], self.people[EVARISTE]
        for sign, whom in (("direct", (GRACE,)), ("group", (GRACE, EVARISTE, NUR))):
            ids = [self.people[name].id for name in whom]
            self.rooms[sign] = ada.ask("POST", "/api/direct", {"people": ids})["room"]["id"]
        ada.say("Shall we look at it together tomorrow?", room=self.rooms["group"])
        grace.say("Have you got five minutes?", room=self.rooms["direct"])
        galois.say("@Ada Lovelace, the tests are green.", "Who wants to break it next?", room=self.rooms[ATELIER])
        for name in ("chess", "bread and cakes"):
            galois.ask("POST", "/api/rooms", {"name": name})

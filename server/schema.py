"""The tables. The migrations make them; a test holds the two against each other.

Times are integers, in milliseconds since the Unix epoch.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

REVISION = "0005"
"""The newest migration, known without loading Alembic: a start with nothing to migrate is to be quick."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# One row for each fact about this database as a whole: its epoch, how often it was started.
meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("folded", String, nullable=False, unique=True),  # the name as it is compared
    Column("password", String, nullable=False),  # argon2's encoded hash
    Column("made_at", Integer, nullable=False),
    Column("seen_at", Integer),  # when it was last connected; none while it is
    Column("display", String, nullable=False, server_default=""),  # how it is shown, if not by its name
    Column("role", String, nullable=False, server_default="member"),  # owner, moderator or member
    Column("muted_until", Integer),
    Column("banned_at", Integer),
    Column("left_at", Integer),  # left for good: nothing but the row is there any more
)

session = Table(
    "session",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, ForeignKey("account.id"), nullable=False, index=True),
    Column("generation", Integer, nullable=False),  # the highest that a refresh token was used of
    Column("made_at", Integer, nullable=False),
    Column("used_at", Integer, nullable=False),
    Column("ended_at", Integer),
    Column("device", String, nullable=False, server_default=""),  # browser and system, as "Firefox/Linux"
)

refresh_token = Table(
    "refresh_token",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256: the token itself is nowhere but in the browser
    Column("session", String, ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("generation", Integer, nullable=False),
    Column("made_at", Integer, nullable=False),
)

room = Table(
    "room",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),  # public, private or direct
    Column("name", String, nullable=False),  # empty where the kind is direct
    Column("folded", String, nullable=False),
    Column("topic", Text, nullable=False),
    Column("made_at", Integer, nullable=False),
    Column("archived_at", Integer),
    # Of private rooms nobody is to learn by trying names, so theirs may be those of others.
    Index("ix_room_folded", "folded", unique=True, sqlite_where=text("kind = 'public'")),
)

membership = Table(
    "membership",
    metadata,
    Column("account", String, ForeignKey("account.id"), primary_key=True),
    Column("room", String, ForeignKey("room.id"), primary_key=True, index=True),
    Column("made_at", Integer, nullable=False),
    Column("read_seq", Integer, nullable=False),  # how far it was read
    Column("heed", String, nullable=False, server_default="normal"),  # followed, normal or muted
    sqlite_with_rowid=False,
)

# What a member of a private room may see: from ``since`` to ``until``, both included, or without an end.
stay = Table(
    "stay",
    metadata,
    Column("account", String, ForeignKey("account.id"), primary_key=True),
    Column("room", String, ForeignKey("room.id"), primary_key=True),
    Column("since", Integer, primary_key=True),
    Column("until", Integer),
    sqlite_with_rowid=False,
)

stream = Table(
    "stream",
    metadata,
    Column("name", String, primary_key=True),
    Column("head", Integer, nullable=False),  # the seq of its last event
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    Column("stream", String, ForeignKey("stream.name"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("target", Integer),  # the seq of the message that it changes, if it changes one
    Column("body", Text, nullable=False),  # JSON
    Column("at", Integer, nullable=False),
    Index("ix_event_target", "stream", "target", sqlite_where=text("target IS NOT NULL")),
    sqlite_with_rowid=False,
)

# What was stored for whom: (author, id) is what makes an operation that is sent twice be carried out once. It outlives
# what it has done.
operation = Table(
    "operation",
    metadata,
    Column("author", String, ForeignKey("account.id"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("room", String, ForeignKey("room.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    sqlite_with_rowid=False,
)

message = Table(
    "message",
    metadata,
    Column("number", Integer, primary_key=True),  # in the order stored; what the search calls it
    Column("room", String, ForeignKey("room.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("id", String, nullable=False),
    Column("author", String, ForeignKey("account.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("changed_seq", Integer, nullable=False),  # the seq of the event that last changed it
    Column("edited_at", Integer),
    Column("deleted_at", Integer),
    Column("re_seq", Integer),  # the seq of the message of the same room that it replies to
    Column("mentions", Text),  # the ids of the accounts mentioned, a JSON array
    Index("ix_message_room", "room", "seq", unique=True),
)

mention = Table(
    "mention",
    metadata,
    Column("account", String, ForeignKey("account.id"), primary_key=True),
    Column("room", String, ForeignKey("room.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

reaction = Table(
    "reaction",
    metadata,
    Column("room", String, ForeignKey("room.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),  # of the message
    Column("emoji", String, primary_key=True),
    Column("account", String, ForeignKey("account.id"), primary_key=True),
    Column("at", Integer, nullable=False),
    sqlite_with_rowid=False,
)

join_code = Table(
    "join_code",
    metadata,
    Column("id", String, primary_key=True),
    Column("code", String, nullable=False, unique=True),  # as it is compared; moderators may see it again
    Column("made_by", String, ForeignKey("account.id"), nullable=False),
    Column("made_at", Integer, nullable=False),
    Column("expires_at", Integer),
    Column("uses", Integer),  # how many it is good for; none means any number
    Column("used", Integer, nullable=False),
    Column("revoked_at", Integer),
)

# What moderators and the owner have done that not everybody may do, and on the server's own command line (by nobody).
act = Table(
    "act",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("by", String, ForeignKey("account.id")),
    Column("whom", String, ForeignKey("account.id")),
    Column("room", String, ForeignKey("room.id")),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON
)

# Besides these there is ``search``, SQLite's own index of all words, which no table of SQLAlchemy can describe: see
# migrations/versions/0003_rooms.py and :mod:`server.search`. How far it has come stands in ``meta``.

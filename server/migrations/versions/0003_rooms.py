"""Private and direct rooms, topics, archives; replies, mentions, reactions, read marks; and the search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# It holds no text of its own (sqlite.org/fts5.html, "External Content Tables"). Rooms and authors are words in it too,
# so that whoever may see little need not leaf through what others have.
_SEARCH = """
CREATE VIRTUAL TABLE search USING fts5(
    text, room, author,
    content = 'message', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
)
"""


def upgrade() -> None:
    """Lay rooms and messages out anew, begin all as read, and index every message."""
    _accounts()
    _rooms()
    _messages()
    _search()


def _accounts() -> None:
    op.add_column("account", sa.Column("seen_at", sa.Integer()))
    op.execute(
        "UPDATE account SET seen_at = "
        "coalesce((SELECT max(used_at) FROM session WHERE session.account = account.id), made_at)"
    )


def _rooms() -> None:
    op.create_table(
        "room_after",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_room"),
    )
    op.execute(
        "INSERT INTO room_after (id, kind, name, folded, topic, made_at) "
        "SELECT id, 'public', name, folded, '', made_at FROM room"
    )
    # In this order the references of other tables stay as they are (sqlite.org/lang_altertable.html).
    op.drop_table("room")
    op.rename_table("room_after", "room")
    op.create_index("ix_room_folded", "room", ["folded"], unique=True, sqlite_where=sa.text("kind = 'public'"))
    op.add_column("membership", sa.Column("read_seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("membership", sa.Column("muted", sa.Boolean(), nullable=False, server_default="0"))
    op.execute("UPDATE membership SET read_seq = (SELECT head FROM stream WHERE name = 'room:' || membership.room)")
    op.create_table(
        "stay",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer()),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_stay_account"),
        sa.ForeignKeyConstraint(["room"], ["room.id"], name="fk_stay_room"),
        sa.PrimaryKeyConstraint("account", "room", "since", name="pk_stay"),
        sqlite_with_rowid=False,
    )


def _messages() -> None:
    op.rename_table("message", "message_before")
    op.create_table(
        "message",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("changed_seq", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.Integer()),
        sa.Column("deleted_at", sa.Integer()),
        sa.Column("re_seq", sa.Integer()),
        sa.Column("mentions", sa.Text()),
        sa.ForeignKeyConstraint(["author"], ["account.id"], name="fk_message_author"),
        sa.ForeignKeyConstraint(["room"], ["room.id"], name="fk_message_room"),
        sa.PrimaryKeyConstraint("number", name="pk_message"),
    )
    op.execute(
        "INSERT INTO message (room, seq, id, author, text, at, changed_seq, edited_at, deleted_at) "
        "SELECT room, seq, id, author, text, at, changed_seq, edited_at, deleted_at FROM message_before "
        "ORDER BY at, room, seq"
    )
    op.drop_table("message_before")
    op.create_index("ix_message_room", "message", ["room", "seq"], unique=True)
    op.create_table(
        "mention",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_mention_account"),
        sa.ForeignKeyConstraint(["room"], ["room.id"], name="fk_mention_room"),
        sa.PrimaryKeyConstraint("account", "room", "seq", name="pk_mention"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reaction",
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("emoji", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["room"], ["room.id"], name="fk_reaction_room"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_reaction_account"),
        sa.PrimaryKeyConstraint("room", "seq", "emoji", "account", name="pk_reaction"),
        sqlite_with_rowid=False,
    )


def _search() -> None:
    op.execute(_SEARCH)
    op.execute("INSERT INTO search(search) VALUES ('rebuild')")
    op.execute("INSERT INTO meta (key, value) SELECT 'indexed', max(number) FROM message HAVING count(*)")

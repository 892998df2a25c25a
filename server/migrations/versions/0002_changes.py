"""Messages can be edited and deleted: operations are noted by themselves, messages are found by their place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note what was stored so far as operations, and lay the messages out anew."""
    op.create_table(
        "operation",
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["account.id"], name="fk_operation_author"),
        sa.ForeignKeyConstraint(["room"], ["room.id"], name="fk_operation_room"),
        sa.PrimaryKeyConstraint("author", "id", name="pk_operation"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO operation (author, id, room, seq, at) SELECT author, id, room, seq, at FROM message")
    op.rename_table("message", "message_before")
    op.create_table(
        "message",
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("changed_seq", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.Integer()),
        sa.Column("deleted_at", sa.Integer()),
        sa.ForeignKeyConstraint(["author"], ["account.id"], name="fk_message_author"),
        sa.ForeignKeyConstraint(["room"], ["room.id"], name="fk_message_room"),
        sa.PrimaryKeyConstraint("room", "seq", name="pk_message"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO message (room, seq, id, author, text, at, changed_seq) "
        "SELECT room, seq, id, author, text, at, changed_seq FROM message_before"
    )
    op.drop_table("message_before")
    op.add_column("event", sa.Column("target", sa.Integer()))
    op.create_index(
        "ix_event_target", "event", ["stream", "target"], unique=False, sqlite_where=sa.text("target IS NOT NULL")
    )

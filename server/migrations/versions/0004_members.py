"""Roles, display names, mutes, bans and departures; join codes; the log of acts; what sessions run on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the oldest account the owner, and let everybody in as before."""
    op.add_column("account", sa.Column("display", sa.String(), nullable=False, server_default=""))
    op.add_column("account", sa.Column("role", sa.String(), nullable=False, server_default="member"))
    for column in ("muted_until", "banned_at", "left_at"):
        op.add_column("account", sa.Column(column, sa.Integer()))
    op.execute("UPDATE account SET role = 'owner' WHERE id = (SELECT id FROM account ORDER BY made_at, rowid LIMIT 1)")
    op.add_column("session", sa.Column("device", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "join_code",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer()),
        sa.Column("uses", sa.Integer()),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.Integer()),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_join_code_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_join_code"),
        sa.UniqueConstraint("code", name="uq_join_code_code"),
    )
    op.create_table(
        "act",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String()),
        sa.Column("whom", sa.String()),
        sa.Column("room", sa.String()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name="fk_act_by"),
        sa.ForeignKeyConstraint(["whom"], ["account.id"], name="fk_act_whom"),
        sa.ForeignKeyConstraint(["room"], ["room.id"], name="fk_act_room"),
        sa.PrimaryKeyConstraint("number", name="pk_act"),
    )

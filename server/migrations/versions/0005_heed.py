"""A room can be followed: more than one way to heed it beside being muted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was muted stays so; all else is heeded as before."""
    op.add_column("membership", sa.Column("heed", sa.String(), nullable=False, server_default="normal"))
    op.execute("UPDATE membership SET heed = 'muted' WHERE muted")
    op.drop_column("membership", "muted")

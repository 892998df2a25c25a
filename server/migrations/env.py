"""What Alembic runs to migrate: on the connection it was given, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from server.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can alter a table only by copying it
)
context.run_migrations()

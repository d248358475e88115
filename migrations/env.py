"""Runs the migrations on the connection that `bot.store.schema` hands over, inside its transaction.

There is no alembic.ini and no offline mode: whoever migrates goes through `parley migrate`, which takes the
lock that keeps two processes from migrating at once.
"""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # SQLite can roll back DDL once its driver begins nothing by itself: all of an upgrade happens, or nothing.
    transactional_ddl=True,
    # SQLite cannot alter most of a table in place; alembic then copies it.
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()

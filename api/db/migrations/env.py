"""Alembic's entry: one connection, one transaction, one migrator at a time."""

from alembic import context
from sqlalchemy import create_engine, text

from api.db.metadata import metadata

MIGRATION_LOCK = 8311_0002


def run() -> None:
    engine = create_engine(context.config.attributes["database_url"])
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        context.configure(connection=connection, target_metadata=metadata)
        context.run_migrations()
    engine.dispose()


run()

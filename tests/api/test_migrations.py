"""The migrations make exactly the tables, constraints and indexes that the domain declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from api.db.engine import connect_url
from api.db.metadata import metadata


def test_a_migrated_database_is_as_the_domain_declares_it(database_url: str) -> None:
    engine = create_engine(connect_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()

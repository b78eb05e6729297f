"""Ground: what the tables stand on. The overlap test for double booking, ticket numbers, the app's own role."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261123a"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE SEQUENCE ticket_numbers")
    # The role is the whole server's, so another database may have made it already.
    op.execute(
        """
        DO $$ BEGIN
            CREATE ROLE doorstep_app NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
        """
    )
    op.execute("GRANT doorstep_app TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO doorstep_app")
    op.execute("GRANT USAGE ON SEQUENCE ticket_numbers TO doorstep_app")
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO doorstep_app"
    )
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO doorstep_app")

"""Audit guard: the app adds to the trail and can't change it; nobody changes it by mistake."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261123c"
down_revision: str | None = "20261123b"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("GRANT SELECT ON alembic_version TO doorstep_app")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM doorstep_app")
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'The audit trail is only added to.';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )

"""What the desk looks up: the trail by what it speaks of, the refusals that name a photo, and every step's fact."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261123g"
down_revision: str | None = "20261123f"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"])
    op.create_index("ix_refusals_photos", "refusals", ["photos"], postgresql_using="gin")
    # Steps that were told before there were tables for facts; endings always left a sign-off.
    op.execute(
        """
        INSERT INTO visit_steps (op_id, visit_id, technician_id, kind, reason, note, happened_at, received_at)
        SELECT op_id, visit_id, technician_id, kind, NULL, '', least(device_at, received_at), received_at
        FROM operations
        WHERE kind IN ('arrive', 'start') AND status <> 'rejected'
            AND NOT EXISTS (SELECT FROM visit_steps WHERE visit_steps.op_id = operations.op_id)
        """
    )

"""Bookings: the times owners choose from, hold and book, and a number for each day that grows with every change."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123h"
down_revision: str | None = "20261123g"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

COUNTS = """
    OLD.technician_id IS DISTINCT FROM NEW.technician_id OR OLD.day IS DISTINCT FROM NEW.day
    OR OLD.during IS DISTINCT FROM NEW.during OR OLD.locked IS DISTINCT FROM NEW.locked
    OR (OLD.state = 'cancelled') IS DISTINCT FROM (NEW.state = 'cancelled')
"""
"""What a technician says from the road (begun, done, nobody at home) changes the day itself alone, of which no time is
offered any more. Counted, it would make every phone of a territory wait for every other."""


def upgrade() -> None:
    op.create_table(
        "day_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_day_slots_order")),
        sa.CheckConstraint("territory_id IS NULL OR city IS NULL", name=op.f("ck_day_slots_one_scope")),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_day_slots_territory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_slots")),
        sa.UniqueConstraint(
            "territory_id",
            "city",
            "opens",
            "closes",
            name=op.f("uq_day_slots_territory_id_city_opens_closes"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "day_versions",
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territories.id"], name=op.f("fk_day_versions_territory_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("territory_id", "day", name=op.f("pk_day_versions")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_holds_order")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_holds_job_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_holds_territory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("job_id", name=op.f("uq_holds_job_id")),
    )
    op.create_index("ix_holds_day", "holds", ["territory_id", "day"])
    op.create_index(op.f("ix_holds_until"), "holds", ["until"])
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column(
            "ended", sa.Enum("moved", "cancelled", name="bookingend", native_enum=False, length=32), nullable=True
        ),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_bookings_order")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name=op.f("ck_bookings_end")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_bookings_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index(op.f("ix_bookings_job_id"), "bookings", ["job_id"])
    op.create_index(
        "uq_bookings_one_stands",
        "bookings",
        ["job_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(
        """
        CREATE FUNCTION count_day(changed_job uuid, days date[]) RETURNS void LANGUAGE sql AS $$
            INSERT INTO day_versions (territory_id, day, version)
            SELECT DISTINCT jobs.territory_id, changed.day, 1
            FROM jobs, unnest(days) AS changed (day) WHERE jobs.id = changed_job AND changed.day IS NOT NULL
            ORDER BY changed.day
            ON CONFLICT (territory_id, day) DO UPDATE SET version = day_versions.version + 1
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION count_visit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN PERFORM count_day(NEW.job_id, ARRAY[NEW.day]);
            ELSIF TG_OP = 'DELETE' THEN PERFORM count_day(OLD.job_id, ARRAY[OLD.day]);
            ELSE PERFORM count_day(NEW.job_id, ARRAY[OLD.day, NEW.day]);
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER visits_come_and_go AFTER INSERT OR DELETE ON visits FOR EACH ROW EXECUTE FUNCTION count_visit()"
    )
    op.execute(
        f"CREATE TRIGGER visits_move AFTER UPDATE ON visits FOR EACH ROW WHEN ({COUNTS}) EXECUTE FUNCTION count_visit()"
    )

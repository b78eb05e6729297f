"""Intakes by every channel, investigations of a common cause, the people on call, and paused clocks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123j"
down_revision: str | None = "20261123i"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE intake_numbers")
    op.create_table(
        "known_senders",
        sa.Column(
            "channel",
            sa.Enum("phone", "web", "wechat", "on_site", "import", "api", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_known_senders_home_id")),
        sa.PrimaryKeyConstraint("channel", "sender", name=op.f("pk_known_senders")),
    )
    op.create_table(
        "intakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.Text(),
            server_default=sa.text("'Q' || lpad(nextval('intake_numbers')::text, 6, '0')"),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum("phone", "web", "wechat", "on_site", "import", "api", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "ticketed", "dismissed", name="intakestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("home_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("address_told", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_intakes_home_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_intakes_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
        sa.UniqueConstraint("number", name=op.f("uq_intakes_number")),
    )
    op.create_index("ix_intakes_sender", "intakes", ["channel", "sender", "heard_at"])
    op.create_index(op.f("ix_intakes_ticket_id"), "intakes", ["ticket_id"])
    op.create_index("ix_intakes_waiting", "intakes", ["state", "id"])
    op.create_index(
        "uq_intakes_open", "intakes", ["channel", "sender"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "intake_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name=op.f("fk_intake_links_intake_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_intake_links_token_hash")),
    )
    op.create_table(
        "intake_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("phone", "web", "wechat", "on_site", "import", "api", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("text", "picture", "place", "menu", "form", "other", name="saidkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_id", sa.Text(), nullable=False),
        sa.Column(
            "media_state",
            sa.Enum("none", "waiting", "kept", "lost", name="mediastate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("media_sha256", sa.Text(), nullable=True),
        sa.Column("media_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_intake_messages_both_coordinates")
        ),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name=op.f("fk_intake_messages_intake_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_messages")),
        sa.UniqueConstraint("channel", "event_id", name=op.f("uq_intake_messages_channel_event_id")),
    )
    op.create_index(op.f("ix_intake_messages_intake_id"), "intake_messages", ["intake_id"])
    op.create_index(
        "ix_intake_messages_media", "intake_messages", ["id"], postgresql_where=sa.text("media_state = 'waiting'")
    )
    op.create_table(
        "investigations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigations")),
    )
    op.add_column("tickets", sa.Column("investigation_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_tickets_investigation_id"), "tickets", ["investigation_id"])
    op.create_foreign_key(
        op.f("fk_tickets_investigation_id"), "tickets", "investigations", ["investigation_id"], ["id"]
    )
    op.create_table(
        "on_call_turns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("reach_at", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 20", name=op.f("ck_on_call_turns_position")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_on_call_turns_order")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_on_call_turns_staff_id")),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_on_call_turns_territory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_turns")),
        sa.UniqueConstraint(
            "territory_id", "staff_id", "starts", name=op.f("uq_on_call_turns_territory_id_staff_id_starts")
        ),
    )
    op.create_index("ix_on_call_turns_when", "on_call_turns", ["territory_id", "ends"])
    op.create_table(
        "alarms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("ringing", "accepted", "over", name="alarmstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["staff.id"], name=op.f("fk_alarms_accepted_by")),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_alarms_territory_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_alarms_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_alarms_ticket_id")),
    )
    op.create_index("ix_alarms_due", "alarms", ["next_at"], postgresql_where=sa.text("state = 'ringing'"))
    op.create_table(
        "alarm_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("reach_at", sa.Text(), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_steps_alarm_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_alarm_steps_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_steps")),
        sa.UniqueConstraint("alarm_id", "number", name=op.f("uq_alarm_steps_alarm_id_number")),
    )
    op.create_table(
        "clock_pauses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column(
            "agreed_by_channel",
            sa.Enum("phone", "web", "wechat", "on_site", "import", "api", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_clock_pauses_order")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_clock_pauses_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pauses")),
    )
    op.create_index(op.f("ix_clock_pauses_ticket_id"), "clock_pauses", ["ticket_id"])
    op.create_index(
        "uq_clock_pauses_lasting", "clock_pauses", ["ticket_id"], unique=True, postgresql_where=sa.text("ends IS NULL")
    )

"""Messages to people: words, what is on its way, and each try; how a ticket's owner is reached besides by phone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123n"
down_revision: str | None = "20261123m"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS = (
    "booked", "moved", "cancelled", "on_the_way", "delayed", "completed", "rate", "code", "alarm", "day_published",
    "day_changed",
)  # fmt: skip


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def upgrade() -> None:
    moment, words = sa.DateTime(timezone=True), postgresql.JSONB(astext_type=sa.Text())
    for column in ("contact_mail", "contact_language"):
        op.add_column("tickets", sa.Column(column, sa.Text(), server_default="", nullable=False))
    op.create_table(
        "message_templates",
        sa.Column("kind", one_of("messagekind", *KINDS), nullable=False),
        sa.Column("language", one_of("language", "zh", "en", "both"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("kind", "language", name=op.f("pk_message_templates")),
    )
    op.create_table(
        "wechat_templates",
        sa.Column("kind", one_of("messagekind", *KINDS), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("sends", one_of("wechatsends", "template", "subscription"), nullable=False),
        sa.Column("fields", words, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_wechat_templates")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("kind", one_of("messagekind", *KINDS), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("addresses", words, nullable=False),
        sa.Column("language", one_of("language", "zh", "en", "both"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("values", words, nullable=False),
        sa.Column("at_night", sa.Boolean(), nullable=False),
        sa.Column("span_begins", moment, nullable=True),
        sa.Column("span_ends", moment, nullable=True),
        sa.Column("state", one_of("messagestate", "waiting", "sent", "failed", "expired", "needless"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("useless_after", moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.CheckConstraint("(span_begins IS NULL) = (span_ends IS NULL)", name=op.f("ck_messages_span")),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name=op.f("fk_messages_territory_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_messages_visit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_messages_dedupe_key")),
    )
    op.create_index(op.f("ix_messages_ticket_id"), "messages", ["ticket_id"])
    op.create_index(op.f("ix_messages_visit_id"), "messages", ["visit_id"])
    op.create_index("ix_messages_due", "messages", ["next_at"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "message_tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("way", one_of("way", "wechat", "sms", "mail", "file"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("outcome", one_of("outcome", "sent", "refused", "later"), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_tries_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_tries")),
        sa.UniqueConstraint("message_id", "number", name=op.f("uq_message_tries_message_id_number")),
    )

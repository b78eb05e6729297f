"""Puts the shipped rows of law and policy into a new database. Rows that are there, changed or not, stay."""

from collections.abc import Sequence

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from domain.base import Base
from domain.calendars import load_calendars
from domain.day_slots import load_day_slots
from domain.defects import load_defects, load_skills
from domain.triage import load_policies, load_questions
from domain.warranty_rules import load_rule_book

NATURAL_KEYS: dict[str, Sequence[str]] = {
    "clock_policies": ("city", "contract", "tier"),
    "working_calendars": ("zone_name", "city"),
    "seasons": ("city", "kind"),
    "day_slots": ("territory_id", "city", "opens", "closes"),
    "warranty_rules": ("promise", "item", "statutory_class", "city", "contract", "start", "article"),
}
"""What makes a shipped row the same row as one that is there; other tables have codes as keys."""


def seed(session: Session) -> None:
    law = load_rule_book()
    for rows in (
        law.exclusions, law.items, law.rules, law.seasons, load_calendars(), load_policies(), load_questions(),
        load_skills(), load_defects(), load_day_slots(),
    ):  # fmt: skip
        add_missing(session, rows)


def add_missing(session: Session, rows: Sequence[Base]) -> None:
    """`rows` are of one class."""
    kind = type(rows[0])
    names = NATURAL_KEYS.get(kind.__tablename__) or [str(column.key) for column in inspect(kind).primary_key]
    there = {tuple(row) for row in session.execute(select(*(getattr(kind, name) for name in names)))}
    session.add_all(row for row in rows if tuple(getattr(row, name) for name in names) not in there)
    session.flush()

"""Every table, for Alembic: importing a module declares its classes."""

from api.db import feed, geocode_cache, outbox, road_times
from domain import (
    access,
    audit,
    calendars,
    defects,
    jobs,
    operations,
    people,
    places,
    plans,
    sign_offs,
    tickets,
    triage,
    warranty_rules,
)
from domain.base import Base

MODULES = (
    access, audit, calendars, defects, feed, geocode_cache, jobs, operations, outbox, people, places, plans,
    road_times, sign_offs, tickets, triage, warranty_rules,
)  # fmt: skip
metadata = Base.metadata

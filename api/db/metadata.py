"""Every table, for Alembic: importing a module declares its classes."""

from api.db import day_versions, doomed_files, feed, geocode_cache, nightly, outbox, road_times, task_troubles
from domain import (
    access,
    audit,
    bookings,
    calendars,
    clock_pauses,
    comebacks,
    day_slots,
    defects,
    errands,
    expiring_cover,
    follow_ups,
    home_links,
    intakes,
    investigations,
    jobs,
    locations,
    message_templates,
    messages,
    on_call,
    operations,
    owner_links,
    people,
    photos,
    places,
    plans,
    push_subscriptions,
    quotes,
    ratings,
    refusals,
    repairs,
    sealed_sign_offs,
    sign_offs,
    ticket_photos,
    tickets,
    triage,
    visit_facts,
    warranty_rules,
)
from domain.base import Base

MODULES = (
    access, audit, bookings, calendars, clock_pauses, comebacks, day_slots, day_versions, defects, doomed_files,
    errands, expiring_cover, feed, follow_ups, geocode_cache, home_links, intakes, investigations, jobs,
    locations, message_templates, messages, nightly, on_call, operations, outbox, owner_links, people, photos,
    places, plans, push_subscriptions, quotes, ratings, refusals, repairs, road_times, sealed_sign_offs,
    sign_offs, task_troubles, ticket_photos, tickets, triage, visit_facts, warranty_rules,
)  # fmt: skip

metadata = Base.metadata

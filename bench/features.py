"""Which of the format's rules a problem makes use of: what a peer must be able to express to plan it."""

from collections.abc import Iterator

from bench.day import Day

PRICED = ("distance_m", "technician_used", "imbalance_s")


def used(day: Day) -> list[str]:
    """Names of rules, in the order of the format; a rule that is stated but changes nothing isn't used."""
    return list(dict.fromkeys(_used(day)))


def _used(day: Day) -> Iterator[str]:
    for technician in day.technicians.values():
        if technician.get("breaks"):
            yield "breaks"
        if technician.get("max_overtime"):
            yield "overtime"
    for name, job in day.jobs.items():
        if job.get("setup"):
            yield "setup"
        if job.get("unserved_cost") is None:
            yield "mandatory"
        if job.get("due") is not None and day.late_price(name):
            yield "late"
        if job.get("preferred") and day.weight("not_preferred"):
            yield "preferred"
        if (job.get("pinned") or {}).get("position") is not None:
            yield "pinned position"
    for relation in day.relations:
        yield str(relation["type"])
    yield from (term for term in PRICED if day.weight(term))
    if any(job.get("unserved_cost") is not None for job in day.jobs.values()):
        yield "unserved cost"

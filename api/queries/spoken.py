"""The planner's sentences with people's names and tickets' numbers in place of ids."""

import re
from collections.abc import Mapping

from api.queries.running_day import Standing

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def names_in(stands: Standing) -> dict[str, str]:
    names = {str(technician.id): technician.name for technician, _ in stands.day.duties}
    return names | {str(job.id): job.ticket.number for job in stands.day.jobs}


def spoken(sentence: str, names: Mapping[str, str]) -> str:
    return ID.sub(lambda found: names.get(found[0], found[0]), sentence)

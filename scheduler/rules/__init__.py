"""The planning rules: what makes a plan valid, then what makes one plan better than another.

To add a rule, write one file and list it here: `check` judges by these two tuples and nothing else.
"""

from scheduler.rules.allowed import ALLOWED
from scheduler.rules.breaks import BREAKS
from scheduler.rules.capacity import CAPACITY
from scheduler.rules.certificates import CERTIFICATES
from scheduler.rules.continuity import NOT_PREFERRED
from scheduler.rules.driving import DRIVING
from scheduler.rules.fairness import IMBALANCE
from scheduler.rules.lateness import LATE, LATE_COST
from scheduler.rules.mandatory import MUST_BE_SERVED
from scheduler.rules.overtime import OVERTIME
from scheduler.rules.pins import PINS
from scheduler.rules.relations import RELATIONS
from scheduler.rules.rule import Hard, Soft
from scheduler.rules.service import SERVICE
from scheduler.rules.shifts import SHIFTS
from scheduler.rules.skills import SKILLS
from scheduler.rules.stability import MOVED
from scheduler.rules.technicians_used import TECHNICIAN_USED
from scheduler.rules.tiers import UNSERVED
from scheduler.rules.travel import DISTANCE, TRAVEL
from scheduler.rules.visits import ONCE
from scheduler.rules.windows import WINDOWS

__all__ = ["HARD", "SOFT", "Hard", "Soft"]

HARD: tuple[Hard, ...] = (
    ONCE,  # a job is served once or listed as unserved
    MUST_BE_SERVED,  # what must be served is
    SKILLS,  # by someone who can
    CERTIFICATES,  # and may by law
    ALLOWED,  # and is among those the job names
    PINS,  # what is promised to the minute stays
    WINDOWS,  # the owner is at home
    SERVICE,  # and gets the full visit
    DRIVING,  # there is time to get there
    SHIFTS,  # within working hours
    BREAKS,  # with every break taken
    RELATIONS,  # in the order repairs depend on each other
    CAPACITY,  # with what the vehicle carries
)

SOFT: tuple[Soft, ...] = (
    UNSERVED,  # jobs left out, by urgency
    LATE,  # seconds past a soft deadline, at one price
    LATE_COST,  # and at each job's own
    TRAVEL,  # seconds on the road
    DISTANCE,  # metres on the road
    OVERTIME,  # seconds past the shift
    TECHNICIAN_USED,  # technicians on the road
    NOT_PREFERRED,  # unfamiliar faces
    IMBALANCE,  # busiest against least busy
    MOVED,  # pinned jobs not with their technician
)

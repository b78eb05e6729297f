"""How unevenly work is spread: the busiest technician's worked seconds less the least busy one's.

Only technicians with a job count, so a quiet day may still leave someone at home. Work is driving, set-up
and service. The difference, rather than a variance, is linear and in a unit a dispatcher can check.
"""

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft


def _amount(plan: Reading) -> int:
    worked = [route.worked for route in plan.routes]
    return max(worked) - min(worked) if worked else 0


IMBALANCE = Soft(
    name="imbalance_s",
    en="Every second between the busiest and the least busy technician on the road costs.",
    zh="出动技师中最忙与最闲之间每相差一秒都计入成本。",
    amount=_amount,
    price=lambda objective: objective.imbalance_s,
)

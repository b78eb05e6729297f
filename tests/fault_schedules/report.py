"""What came of the schedules: each in a few lines when it is over, all in a table at the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from fault_schedules.run import Outcome
from rich.table import Table

from mobile_contract.v1 import VerdictStatus

MOST_NAMED = 10


def said(outcome: Outcome) -> str:
    lines = [
        f"  were    {each(outcome.faults)}; of {outcome.exchanges} exchanges",
        f"  killed  {each(outcome.kills)}, phones {outcome.deaths}",
        *(f"  refused {act}" for act in outcome.refused),
    ]
    if not outcome.broken:
        return "\n".join([*lines, f"  held    {outcome.recorded:,} records; level {outcome.healed_s:.1f} s later", ""])
    schedule = outcome.schedule
    again = f"--seed {schedule.seed} --schedules 1 --operations {schedule.operations} --phones {schedule.phones}"
    lines.append(f"  BROKEN  {len(outcome.broken)} times; again with ./doorstep faults {again}")
    lines += [f"    {one}" for one in outcome.broken[:MOST_NAMED]]
    if len(outcome.broken) > MOST_NAMED:
        lines.append(f"    and {len(outcome.broken) - MOST_NAMED} more")
    return "\n".join(lines)


def each(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def table(outcomes: Sequence[Outcome]) -> Table:
    """`level`: seconds from the healing until every phone was empty and shown the same; `queues`: from then on."""
    table = Table(title="Fault schedules")
    for name in ("seed", "records", "faults", "kills", "phones killed", "retries", "duplicates", "conflicts"):
        table.add_column(name, justify="right")
    for name in ("rejected", "day s", "level s", "queues s", "broken"):
        table.add_column(name, justify="right")
    for one in outcomes:
        table.add_row(
            str(one.schedule.seed),
            f"{one.recorded:,}",
            f"{one.faults.total():,}",
            str(one.kills.total()),
            str(one.deaths),
            f"{one.retries:,}",
            f"{one.duplicates:,}",
            f"{one.verdicts[VerdictStatus.ACCEPTED_WITH_CONFLICT]:,}",
            f"{one.verdicts[VerdictStatus.REJECTED]:,}",
            f"{one.worked_s:.0f}",
            "" if one.healed_s is None else f"{one.healed_s:.1f}",
            "" if one.queues_s is None else f"{one.queues_s:.1f}",
            str(len(one.broken)),
        )
    return table

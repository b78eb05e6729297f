"""A plan as a person reads it in a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from api.cli.rendering import rendered
from scheduler.check import Verdict
from scheduler.clock import clock
from scheduler.problem import Problem
from scheduler.reasons import REASONS
from scheduler.solution import Solution, Unserved, Violation


def plan_table(problem: Problem, solution: Solution) -> bytes:
    """What a terminal, or whatever standard output is, can show of the plan."""
    served = len(problem.jobs) - len(solution.unserved)
    return rendered(
        _routes(problem, solution),
        *([_unserved(solution.unserved)] if solution.unserved else []),
        *([_violations(solution.violations)] if solution.violations else []),
        Text(f"{solution.status}: {served} of {len(problem.jobs)} jobs served"),
        _terms(solution.cost, solution.terms),
    )


def verdict_table(verdict: Verdict) -> bytes:
    broken = _violations(verdict.violations) if verdict.violations else Text("No rule is broken.")
    return rendered(broken, _terms(verdict.cost, verdict.terms))


def _routes(problem: Problem, solution: Solution) -> Table:
    table = _table("Technician", "Leaves", "Stops", "Breaks", "Returns")
    services = {job.id: job.service for job in problem.jobs}
    for route in solution.routes:
        stops = Text(", ").join(Text(f"{stop.job} {clock(stop.start)}") for stop in route.stops)
        breaks = ", ".join(clock(rest.start) for rest in route.breaks)
        minutes = sum(services[stop.job] for stop in route.stops) // 60
        stops.append(f"  ({minutes} min of service)", style="dim")
        table.add_row(Text(route.technician), clock(route.leaves), stops, breaks, clock(route.returns))
    return table


def _unserved(unserved: tuple[Unserved, ...]) -> Table:
    table = _table("Left out", "Why", "Found")
    for job in unserved:
        sentence = REASONS[job.reason].en if job.reason in REASONS else job.reason
        detail = "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in job.detail.items())
        table.add_row(Text(job.job), Text(sentence), Text(detail))
    return table


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _violations(violations: tuple[Violation, ...]) -> Table:
    table = _table("Broken rule", "Job", "Technician", "By", "What is wrong")
    for broken in violations:
        cells = (broken.rule, broken.job or "", broken.technician or "", str(broken.amount), broken.sentence)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _terms(cost: int, terms: dict[str, int]) -> RenderableType:
    counted = ", ".join(f"{name} {amount:,}" for name, amount in terms.items() if amount)
    return Group(Text(f"cost {cost:,}", style="bold"), Text(counted))


def _table(*columns: str) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table

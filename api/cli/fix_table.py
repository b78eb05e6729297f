"""Fixes as a person reads them in a terminal, in both languages."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from api.cli.rendering import rendered
from scheduler.fixes import FIXES, Fix, JobFixes, sentence
from scheduler.reasons import REASONS
from scheduler.solution import Solution


def fix_table(plan: Solution, found: Sequence[JobFixes]) -> bytes:
    if not found:
        return rendered(Text("Nothing to fix: every job asked for is served in time."))
    return rendered(*(part for job in found for part in _parts(plan, job)))


def _parts(plan: Solution, job: JobFixes) -> Iterator[RenderableType]:
    yield Text.assemble((job.job, "bold"), f"  {_what_is_wrong(plan, job)}")
    verified = [fix for fix in job.fixes if fix.verified]
    if verified:
        yield _verified(verified)
    else:
        yield Text("  Nothing was proved to help.")
    unproved = _not_proved([fix for fix in job.fixes if not fix.verified])
    if unproved:
        yield Text(f"  Not proved 未证实: {unproved}", style="dim")
    yield Text("")


def _what_is_wrong(plan: Solution, job: JobFixes) -> str:
    if job.late:
        return f"starts {-(-job.late // 60)} min late. 迟到 {-(-job.late // 60)} 分钟。"
    with_it = f" Comes with {', '.join(job.together)}." if job.together else ""
    reason = next((one.reason for one in plan.unserved if one.job == job.job), "")
    if reason not in REASONS:
        return f"is left out. 未安排。{with_it}"
    return f"is left out. {REASONS[reason].en} {REASONS[reason].zh}{with_it}"


def _verified(fixes: Sequence[Fix]) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 2, 0, 0))
    for column in ("Cost change", "Promises", "Moves", "Fix"):
        table.add_column(column, justify="left" if column == "Fix" else "right", overflow="fold")
    for fix in fixes:
        if fix.price is not None:
            told = Text.assemble(sentence(fix).en, "\n", (sentence(fix).zh, "dim"))
            table.add_row(f"{fix.price.rise:+,}", str(fix.price.promises), str(len(fix.moved)), told)
    return table


def _not_proved(fixes: Sequence[Fix]) -> str:
    """Such as "overtime 加班 (T1, T2); the next day 次日"."""
    people: dict[str, list[str]] = {}
    for fix in fixes:
        people.setdefault(fix.kind, []).extend([fix.technician] if fix.technician else [])
    return "; ".join(
        f"{FIXES[kind].name.en} {FIXES[kind].name.zh}" + (f" ({', '.join(names)})" if names else "")
        for kind, names in people.items()
    )

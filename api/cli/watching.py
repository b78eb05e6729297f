"""Watches a plan being made in a worker, with a progress bar."""

import asyncio
from uuid import UUID

from redis.asyncio import Redis
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.adapters.progress import ask
from api.db.engine import Database
from domain.errors import Conflict
from domain.plans import Plan, PlanState

UNFINISHED = (PlanState.REQUESTED, PlanState.SOLVING)
PATIENCE_S = 60.0
"""Beyond the search's own time: a worker must start, and may have to take over from one that died."""


async def watch_plan(
    database: Database, redis: Redis, plan_id: UUID, seconds: float, jobs: int, console: Console
) -> None:
    """Returns when the plan is a draft. Raises Conflict when it won't become one, with the reason."""
    columns = (TextColumn("Planning"), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("plan", total=seconds, told="waiting for a worker")
        for _ in range(int((seconds + PATIENCE_S) / 0.25)):
            async with database.read() as session:
                plan = await session.get_one(Plan, plan_id)
            if plan.state not in UNFINISHED:
                break
            if now := await ask(redis, plan_id):
                told = f"{now.served} of {jobs} jobs, cost {now.cost:,}"
                bar.update(task, completed=min(now.elapsed_s, seconds), told=told)
            await asyncio.sleep(0.25)
    if plan.state is not PlanState.DRAFT:
        raise Conflict(plan.failure or f"No worker has finished the plan; it is still {plan.state}.")

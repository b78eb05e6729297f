"""`doorstep demo`: a real city's repair requests planned onto an invented team, from nothing, in a minute or two."""

import asyncio
import gzip
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import msgspec
from redis.asyncio import Redis
from rich.console import Console

from api.actions import planning, publishing
from api.adapters.servers import Servers, bring_up, default_folder
from api.cli import demo_tables as tables
from api.cli.running import clear_errors
from api.cli.up import check_port
from api.cli.watching import watch_plan
from api.db.engine import Database
from api.db.migrate import upgrade
from api.demo import stage
from api.queries.plan_picture import picture
from api.queries.plans import PlanView, plan_file, show_plan
from api.settings import Settings
from api.supervisor import Supervisor


class Summary(msgspec.Struct):
    """What `--json` prints. `travel_s` is the whole team's driving, `seconds` the run's wall clock."""

    day: date
    jobs: int
    served: int
    unserved: list[tables.Left]
    technicians_used: int
    travel_s: int
    late: int
    seconds: float


@click.command()
@click.option("--once", is_flag=True, help="End when the plan is made, instead of serving the site.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON and nothing else. With --once.")
@click.option("--seconds", type=click.FloatRange(1, 600), default=15.0, show_default=True, help="Time for the search.")
@click.option("--save", type=click.Path(path_type=Path), help="Folder for problem.json, solution.json and plan.svg.")
@clear_errors()
def demo(once: bool, as_json: bool, seconds: float, save: Path | None) -> None:
    """Plan tomorrow for 158 real repair requests of New York. Shows what comes out, and serves the site."""
    if as_json and not once:
        raise click.UsageError("--json goes with --once.")
    began = time.monotonic()
    console = Console(stderr=as_json, width=None if sys.stdout.isatty() else 140)
    folder = default_folder() / "demo"
    settings = replace(
        Settings.from_environment(), log="console", photos=str(folder / "photos"), messages=str(folder / "messages")
    )
    if not once:
        check_port(settings)
    if save:
        save.mkdir(parents=True, exist_ok=True)
    with ExitStack() as ends:
        console.print("Starting PostgreSQL and Valkey …")
        servers = ends.enter_context(bring_up(folder, database_url=settings.database_url, redis_url=settings.redis_url))
        day = stage.tomorrow()
        prepare(servers, day, own=bool(settings.database_url))
        supervisor = Supervisor(settings, servers, folder / "doorstep.log")
        ends.callback(supervisor.stop)
        supervisor.start("worker", *([] if once else ["serve"]))
        view, sign_ins, code = asyncio.run(play(servers, day, seconds, console, save))
        summary = Summary(
            day=day,
            jobs=view.jobs,
            served=view.served,
            unserved=[tables.left(one) for one in view.unassigned],
            technicians_used=len(view.routes),
            travel_s=view.travel_s,
            late=view.late,
            seconds=round(time.monotonic() - began, 1),
        )
        if as_json:
            click.echo(msgspec.json.encode(summary))
            return
        tables.show(console, view, summary.seconds)
        if not once:
            tables.invite(console, f"http://{settings.host}:{settings.port}", sign_ins, code)
            supervisor.watch()


def prepare(servers: Servers, day: date, *, own: bool) -> None:
    """A migrated database. Yesterday's stage is cleared away, but never in a database of somebody's own."""
    upgrade(servers.database_url)
    if not own and stage.is_set_for_another_day(servers.database_url, day):
        stage.clear(servers.database_url)
        upgrade(servers.database_url)


async def play(
    servers: Servers, day: date, seconds: float, console: Console, save: Path | None
) -> tuple[PlanView, list[stage.SignIn], stage.PhoneCode | None]:
    """Stage, requests, plan, publication: the published plan, who may sign in, and a code for one phone."""
    database, redis = Database(servers.database_url), Redis.from_url(servers.redis_url)
    try:
        territory_id = await database.write(stage.set_stage, day)
        taken = await database.write(stage.take_requests, territory_id, day)
        console.print(f"{taken} repair requests of New York (NYC Open Data 311), triaged, with warranty verdicts.")
        plan = await database.write(planning.request, territory_id, day, seconds)
        await watch_plan(database, redis, plan.id, seconds, taken, console)
        published = await database.write(publishing.publish, plan.id)
        async with database.read() as session:
            view = await show_plan(session, None, published.id)
        if save:
            await save_files(database, view, save)
        sign_ins = await database.write(stage.new_sign_ins, territory_id)
        code = await database.write(stage.phone_code, view.routes[0]) if view.routes else None
        return view, sign_ins, code
    finally:
        await redis.aclose()
        await database.close()


async def save_files(database: Database, view: PlanView, folder: Path) -> None:
    async with database.read() as session:
        files = {which: await plan_file(session, None, view.plan.id, which) for which in ("problem", "solution")}
    for which, content in files.items():
        (folder / f"{which}.json").write_bytes(gzip.decompress(content))
    (folder / "plan.svg").write_text(picture(view), encoding="utf-8")

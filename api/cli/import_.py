"""`doorstep import`: tickets, technicians and homes from CSV and XLSX files, all rows or none."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.imports.coordinates import System
from api.actions.imports.homes import import_homes
from api.actions.imports.mapping import read_mapping
from api.actions.imports.result import ImportResult, table_of_bad, untold
from api.actions.imports.result import Progress as Told
from api.actions.imports.technicians import import_technicians
from api.actions.imports.territories import territory_for
from api.actions.imports.tickets import import_tickets
from api.adapters.sheets import Sheet, kind_of, read_sheet, write_table
from api.cli.import_outcome import as_data, in_words, tell_faults
from api.cli.running import clear_errors, with_database
from domain.errors import Invalid
from domain.places import Territory

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}

Import = Callable[[AsyncSession, Sheet, Territory | None, Told], Awaitable[ImportResult]]


@click.group(name="import")
def import_group() -> None:
    """Bring in tickets, technicians or homes from a CSV or XLSX file. The same file twice changes nothing."""


def of_every_import(command: Callable[..., None]) -> Callable[..., None]:
    """The file and the options that are the same whatever is imported."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON and nothing else."),
        click.option("--bad-rows", type=Path, help="Where bad rows go, with their reasons. [default: FILE.bad.csv]"),
        click.option("--skip-bad", is_flag=True, help="Write the good rows, and put the bad ones into a file."),
        click.option(
            "--coordinates",
            type=click.Choice([system.value for system in System]),
            default=System.WGS84.value,
            show_default=True,
            help="What the file's coordinates are: those of Chinese maps are shifted.",
        ),
        click.option("--sheet", "sheet_name", help="The workbook's sheet. [default: the first]"),
        click.option("--delimiter", type=click.Choice(list(DELIMITERS)), help="Of a CSV. [default: detected]"),
        click.option("--encoding", help="Of a CSV, such as gb18030. [default: detected]"),
        click.option("--zone", help="Time zone of a new territory, such as Asia/Shanghai."),
        click.option("--city", help="City of a new territory: it picks law and policy."),
        click.option("--territory", help="Whose rows they are. [default: the only one there is]"),
        click.argument("file", type=Path),
    ):
        command = option(command)
    return command


@import_group.command()
@of_every_import
@click.option("--mapping", required=True, help="TOML file that says what the columns mean, or a shipped one: nyc-311.")
@click.option("--reopen", is_flag=True, help="Take tickets that are closed in the file as open ones.")
def tickets(mapping: str, reopen: bool, coordinates: str, skip_bad: bool, zone: str | None, **given: Any) -> None:
    """Repair requests that another system took. Each becomes a ticket with its job."""

    def work(session: AsyncSession, sheet: Sheet, territory: Territory | None, told: Told) -> Awaitable[ImportResult]:
        if territory is None:
            raise Invalid("Which territory? Name it with --territory.")
        return import_tickets(
            session, sheet, form, territory, skip_bad=skip_bad, reopen=reopen, system=System(coordinates), progress=told
        )

    with clear_errors():
        form = read_mapping(mapping)
    zone = zone or (form.file.zone if given["city"] else None)
    run("tickets", work, skip_bad=skip_bad, zone=zone, **given)


@import_group.command()
@of_every_import
def technicians(coordinates: str, skip_bad: bool, **given: Any) -> None:
    """A roster. New technicians are added, known ones (by code) are brought to what the file says."""

    def work(session: AsyncSession, sheet: Sheet, territory: Territory | None, told: Told) -> Awaitable[ImportResult]:
        return import_technicians(
            session, sheet, territory=territory, skip_bad=skip_bad, system=System(coordinates), progress=told
        )

    run("technicians", work, skip_bad=skip_bad, **given)


@import_group.command()
@of_every_import
def homes(coordinates: str, skip_bad: bool, **given: Any) -> None:
    """Homes with their owners, handover and acceptance dates. An empty cell changes nothing."""

    def work(session: AsyncSession, sheet: Sheet, territory: Territory | None, told: Told) -> Awaitable[ImportResult]:
        return import_homes(
            session, sheet, territory=territory, skip_bad=skip_bad, system=System(coordinates), progress=told
        )

    run("homes", work, skip_bad=skip_bad, **given)


def run(
    what: str,
    work: Import,
    *,
    file: Path,
    territory: str | None,
    city: str | None,
    zone: str | None,
    encoding: str | None,
    delimiter: str | None,
    sheet_name: str | None,
    skip_bad: bool,
    bad_rows: Path | None,
    as_json: bool,
) -> None:
    """Ends the process with status 1 if a row was bad, 2 if nothing could be begun, 130 after a Ctrl-C."""
    with clear_errors(), stopped_by_hand():
        cut = DELIMITERS[delimiter] if delimiter else None
        sheet = read_sheet(file, encoding=encoding, delimiter=cut, sheet=sheet_name)
        beside = bad_rows or (unused_name_beside(file) if skip_bad else None)
        check_name(beside, file)
        with bar() as told:

            async def all_or_nothing(session: AsyncSession) -> ImportResult:
                here = await territory_for(session, territory, city, zone)
                result = await work(session, sheet, here, told)
                if result.bad and beside:  # before the commit: if they can't be kept, nothing is written
                    write_table(beside, table_of_bad(sheet, result.bad))
                return result

            result = with_database(lambda database: database.write(all_or_nothing))
    kept = beside if result.bad else None
    click.echo(as_data(what, result, kept) if as_json else in_words(what, result, kept))
    if not as_json:
        tell_faults(result, kept)
    sys.exit(1 if result.bad else 0)


def check_name(beside: Path | None, file: Path) -> None:
    if beside is None:
        return
    kind_of(beside)
    if beside.resolve() == file.resolve():
        raise Invalid(f"{beside} is the file that is imported: the bad rows need another.")


def unused_name_beside(file: Path) -> Path:
    """homes.bad.csv for homes.csv; an earlier one, which somebody may be mending, is left alone."""
    kind = ".xlsx" if file.suffix.casefold() in (".xlsx", ".xlsm") else ".csv"
    number, name = 1, file.with_suffix(f".bad{kind}")
    while name.exists():
        number += 1
        name = file.with_suffix(f".bad-{number}{kind}")
    return name


@contextmanager
def stopped_by_hand() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped. Nothing was written.", err=True)
        sys.exit(130)


@contextmanager
def bar() -> Iterator[Told]:
    """On standard error, if that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield untold
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console) as shown:
        tasks: dict[str, Any] = {}

        def told(doing: str, done: int, of: int) -> None:
            if doing not in tasks:
                tasks[doing] = shown.add_task(doing, total=of)
            shown.update(tasks[doing], completed=done)

        yield told

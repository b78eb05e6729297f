"""`doorstep phone`: a technician's phone in the terminal, its outbox in a folder. The reference client at work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from msgspec import convert
from rich.console import Console
from rich.table import Table

from mobile_contract.client import Phone, PhoneError
from mobile_contract.v1 import AnotherVisitReason, ChecklistAnswer, NoAccessReason, PauseReason, Point, Stop, Worded

MARKS = {"emergency": "▲", "general": "●", "minor": "■"}


def codes(kind: type[Worded]) -> click.Choice[str]:
    return click.Choice([reason.value for reason in kind])


@contextmanager
def opened(folder: Path, site: str) -> Iterator[Phone]:
    try:
        with Phone(folder, site) as phone:
            yield phone
    except PhoneError as error:
        raise click.ClickException(str(error)) from None


@click.group()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("doorstep-phone"), show_default=True)
@click.option("--site", default="http://127.0.0.1:8311", show_default=True)
@click.pass_context
def phone(context: click.Context, folder: Path, site: str) -> None:
    """A technician's phone in the terminal. Pair it, see the day, say what happened; it works offline too."""
    context.obj = (folder, site)


@phone.command()
@click.argument("code")
@click.pass_obj
def pair(where: tuple[Path, str], code: str) -> None:
    """Pair with the CODE that the dispatcher gave."""
    with opened(*where) as phone:
        click.echo(f"This is the phone of {phone.pair(code, 'terminal').technician_name}.")


@phone.command()
@click.pass_obj
def sheet(where: tuple[Path, str]) -> None:
    """Send what is unsent, fetch what is new, show the day."""
    with opened(*where) as phone:
        tell_and_fetch(phone)
        show(phone)


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.pass_obj
def accept(where: tuple[Path, str], stop: int) -> None:
    """Seen and taken: STOP, the number on the sheet."""
    tell(where, stop, Phone.accept)


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.pass_obj
def depart(where: tuple[Path, str], stop: int) -> None:
    """On the way to STOP."""
    tell(where, stop, Phone.depart)


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.pass_obj
def arrive(where: tuple[Path, str], stop: int) -> None:
    """Arrived at STOP, the number on the sheet."""
    tell(where, stop, Phone.arrive)


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.pass_obj
def start(where: tuple[Path, str], stop: int) -> None:
    """Started work at STOP, or goes on after a pause."""
    tell(where, stop, Phone.start)


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.option("--why", type=codes(PauseReason), required=True)
@click.option("--note", default="")
@click.pass_obj
def pause(where: tuple[Path, str], stop: int, why: str, note: str) -> None:
    """Work at STOP waits; `start` goes on."""
    tell(where, stop, lambda phone, visit: phone.pause(visit, convert(why, PauseReason), note=note))


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.option("--why", type=codes(NoAccessReason), required=True)
@click.option("--note", default="")
@click.pass_obj
def no_access(where: tuple[Path, str], stop: int, why: str, note: str) -> None:
    """Came to STOP and could not get in."""
    tell(where, stop, lambda phone, visit: phone.no_access(visit, convert(why, NoAccessReason), note=note))


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.option("--why", type=codes(AnotherVisitReason), required=True)
@click.option("--done", default="", help="What was done so far.")
@click.option("--needed", default="", help="What the next visit needs.")
@click.option("--minutes", type=click.IntRange(0, 1440), default=0, help="Time worked.")
@click.pass_obj
def another_visit(where: tuple[Path, str], stop: int, why: str, done: str, needed: str, minutes: int) -> None:
    """STOP can't be finished in this visit."""
    reason = convert(why, AnotherVisitReason)
    tell(
        where, stop, lambda phone, visit: phone.another_visit(visit, reason, done=done, needed=needed, minutes=minutes)
    )


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.argument("text")
@click.pass_obj
def note(where: tuple[Path, str], stop: int, text: str) -> None:
    """Add a note to STOP."""
    tell(where, stop, lambda phone, visit: phone.add_note(visit, text))


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.argument("defect")
@click.argument("description")
@click.option("--place", default="", help="Where in the home.")
@click.pass_obj
def found(where: tuple[Path, str], stop: int, defect: str, description: str, place: str) -> None:
    """Found another DEFECT of the catalogue at STOP's home."""
    tell(where, stop, lambda phone, visit: phone.found_defect(visit, defect, description, place=place))


@phone.command()
@click.argument("stop", type=click.IntRange(min=1))
@click.option("--signer", required=True, help="Who signs.")
@click.option("--minutes", type=click.IntRange(0, 1440), required=True, help="Time worked.")
@click.option("--note", default="")
@click.option("--refused", is_flag=True, help="The owner looked and did not accept.")
@click.pass_obj
def complete(where: tuple[Path, str], stop: int, signer: str, minutes: int, note: str, refused: bool) -> None:
    """Finished STOP, and the owner signed."""
    with opened(*where) as phone:
        at = stop_number(phone, stop)
        phone.complete(
            at.visit_id,
            minutes=minutes,
            signer_name=signer,
            strokes=[[Point(x=1000, y=2000, t=0), Point(x=9000, y=1800, t=400)]],
            checklist=[ChecklistAnswer(code=item.code, done=True, note="") for item in at.checklist],
            note=note,
            accepted=not refused,
        )
        tell_and_fetch(phone)


def tell(where: tuple[Path, str], stop: int, happened: Callable[[Phone, UUID], UUID]) -> None:
    with opened(*where) as phone:
        happened(phone, stop_number(phone, stop).visit_id)
        tell_and_fetch(phone)


def stop_number(phone: Phone, number: int) -> Stop:
    stops = phone.stops()
    if number > len(stops):
        raise click.ClickException(f"There is no stop {number}; this phone holds {len(stops)}.")
    return stops[number - 1]


def tell_and_fetch(phone: Phone) -> None:
    """Without a network nothing is lost: it is said, and sent the next time."""
    for verdict in phone.send():
        click.echo(f"{verdict.status}: {verdict.detail or verdict.visit_state}")
    try:
        phone.sync()
    except PhoneError as error:
        click.echo(f"Not reached: {error}", err=True)
    if phone.unsent:
        click.echo(f"{phone.unsent} not sent yet; they are kept.", err=True)


def show(phone: Phone) -> None:
    if (day := phone.sheet()) is None:
        click.echo("No route sheet yet.")
        return
    zone = ZoneInfo(day.zone)
    table = Table(title=f"{day.technician_name}, {day.day:%A %d %B}")
    for column in ("", "arrive", "", "address", "defect", "state"):
        table.add_column(column)
    for number, stop in enumerate(phone.stops(), start=1):
        table.add_row(
            str(number),
            f"{stop.planned_arrival.astimezone(zone):%H:%M}",
            MARKS[stop.tier],
            f"{stop.address} {stop.unit}",
            f"{stop.defect.en} {stop.defect.zh}",
            stop.state,
        )
    Console().print(table)

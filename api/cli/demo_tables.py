"""What the demo prints: route sheets, what is left out and why, and how to go on."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from api.demo.stage import PhoneCode, SignIn
from api.queries.plans import LeftOut, PlanView, RouteView

MARKS = {"emergency": "[red]▲[/]", "general": "[blue]●[/]", "minor": "[dim]■[/]"}


class Left(Struct):
    ticket: str
    tier: str
    defect: str
    reason: str
    detail: dict[str, Any]


def left(one: LeftOut) -> Left:
    return Left(one.ticket_number, one.tier, one.defect.name_en, one.reason, one.detail)


def show(console: Console, view: PlanView, seconds: float) -> None:
    for route in view.routes:
        console.print(sheet(route, ZoneInfo(view.zone)))
    if view.unassigned:
        console.print(not_served(view))
    for warning in view.plan.warnings:
        console.print(f"[yellow]![/] {warning}")
    console.print(
        f"[bold]{view.served} of {view.jobs}[/] requests served by {len(view.routes)} technicians, "
        f"{view.late} later than due, {view.travel_s / 3600:.1f} h of driving. {seconds:.0f} s in all."
    )


def sheet(route: RouteView, zone: ZoneInfo) -> Table:
    table = Table(
        title=f"{route.technician}  {clock(route.leaves_at, zone)}–{clock(route.returns_at, zone)}",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for column in ("", "start", "end", "", "ticket", "defect", "address", "drive"):
        table.add_column(column, justify="right" if column in ("", "drive") else "left", no_wrap=True)
    for stop in route.stops:
        late = " [red]late[/]" if stop.late else ""
        table.add_row(
            str(stop.position),
            clock(stop.starts_at, zone) + late,
            clock(stop.ends_at, zone),
            MARKS[stop.tier],
            stop.ticket_number,
            f"{stop.defect.name_en} {stop.defect.name_zh}",
            stop.address.title(),
            f"{stop.travel_s // 60} min",
        )
    return table


def clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def not_served(view: PlanView) -> Table:
    table = Table(title="Not served, and why", title_justify="left")
    for column in ("", "ticket", "defect", "address", "why"):
        table.add_column(column)
    for one in view.unassigned:
        detail = "; ".join(f"{key.replace('_', ' ')}: {listed(value)}" for key, value in one.detail.items())
        table.add_row(
            MARKS[one.tier],
            one.ticket_number,
            one.defect.name_en,
            one.address.title(),
            f"{one.why_en} ({detail})",
        )
    return table


def listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def invite(console: Console, address: str, sign_ins: list[SignIn], code: PhoneCode | None) -> None:
    lines = [f"[bold]{address}[/]"]
    lines += [f"{told.role:<11} name [bold]{told.username}[/]  password [bold]{told.password}[/]" for told in sign_ins]
    if code:
        lines += [
            f"technician  {code.technician}, pairing code [bold]{code.code}[/] for ten minutes:",
            f"            ./doorstep phone --site {address} pair {code.code}",
            f"            ./doorstep phone --site {address} sheet",
        ]
    console.print(Panel("\n".join([*lines, "", "Ctrl-C stops everything."]), title="Doorstep is running", expand=False))

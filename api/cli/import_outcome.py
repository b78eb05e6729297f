"""What is said of an import: in words, or as JSON."""

import json
from pathlib import Path

import click

from api.actions.imports.result import ImportResult

SHOWN = 20
"""Faults that are printed; a file of bad rows and --json have all."""


def in_words(what: str, result: ImportResult, kept: Path | None) -> str:
    if not result.rows:
        return "The file has no rows."
    if not result.written:
        return f"Nothing was written: {len(result.bad)} of {result.rows} rows are bad."
    counts = {"new": result.new, "changed": result.changed, "known already": result.known, "bad": len(result.bad)}
    lines = [f"{result.rows} {what}: " + ", ".join(f"{count} {name}" for name, count in counts.items() if count) + "."]
    if result.unlocated:
        lines.append(f"{len(result.unlocated)} need a location: they are not planned until they have coordinates.")
    return "\n".join([*lines, *result.notes])


def tell_faults(result: ImportResult, kept: Path | None) -> None:
    for fault in result.faults[:SHOWN]:
        click.echo(str(fault), err=True)
    if more := len(result.faults[SHOWN:]):
        click.echo(f"… and {more} more{'' if kept else '; --bad-rows FILE lists them all'}.", err=True)
    if kept:
        click.echo(f"The bad rows are in {kept}. Mend them there and import that file.", err=True)


def as_data(what: str, result: ImportResult, kept: Path | None) -> str:
    return json.dumps(
        {
            "imported": what,
            "written": result.written,
            "rows": result.rows,
            "new": result.new,
            "changed": result.changed,
            "known": result.known,
            "bad": len(result.bad),
            "faults": [{"line": one.line, "column": one.column, "reason": one.reason} for one in result.faults],
            "bad_rows_file": str(kept) if kept else None,
            "need_location": len(result.unlocated),
            "notes": result.notes,
        },
        ensure_ascii=False,
        indent=2,
    )

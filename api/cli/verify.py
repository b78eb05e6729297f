"""`doorstep verify`: whether a sealed sign-off is as it was sealed, and if not, what was altered. Needs no network."""

import sys
from pathlib import Path
from typing import NamedTuple

import click

from api.adapters.seal_keys import read_public
from api.adapters.sealed_pdf import attached_records, page_and_seal
from api.cli.plan_files import CannotGoOn, read, shown
from api.cli.verify_words import told
from domain.consent import Language
from domain.errors import Invalid
from domain.seal_check import Finding, Report, check_bytes, check_page
from domain.seals import key_id

LARGEST_FILE = 32_000_000
LARGEST_KEYS = 100_000

ALTERED = 1
WHOSE_KEY = 3


class Verified(NamedTuple):
    """`findings` are those of the record and of the page; `keys` are the ids of the keys that sealed them."""

    report: Report
    findings: tuple[Finding, ...]
    keys: tuple[str, ...]


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File with public keys that may have sealed it, from `doorstep seal-key public`.",
)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def verify(file: Path, key_files: tuple[Path, ...], lang: Language) -> None:
    """Check a sealed sign-off, FILE.json or FILE.pdf, offline.

    \b
    Exit status 0: genuine, sealed by a key that was given.
                1: altered, or sealed by another key; what was altered is said.
                2: no sealed sign-off is in it, or a file can't be read.
                3: not altered, but no --key says who sealed it.
    """
    keys = frozenset[str]().union(*map(keys_in, key_files))
    try:
        found = looked_at(read(file, LARGEST_FILE), keys)
    except Invalid as error:
        raise CannotGoOn(f"{shown(file)}: {error}") from None
    for line in told(found.report.record, found.findings, found.keys, bool(keys), lang):
        click.echo(line)
    if found.findings:
        sys.exit(ALTERED)
    if not keys:
        sys.exit(WHOSE_KEY)


def keys_in(file: Path) -> frozenset[str]:
    try:
        return read_public(read(file, LARGEST_KEYS))
    except Invalid as error:
        raise CannotGoOn(f"{shown(file)}: {error}") from None


def looked_at(data: bytes, keys: frozenset[str]) -> Verified:
    """Invalid where no sealed sign-off is in it."""
    if len(data) > LARGEST_FILE:
        raise Invalid(f"It is larger than {LARGEST_FILE // 1_000_000} MB: no sign-off is.")
    if data.lstrip()[:1] == b"{":
        report = check_bytes(data.removesuffix(b"\n"), keys)
        return Verified(report, report.findings, (named(report.public_key),))
    records = attached_records(data)
    if not records:
        raise Invalid("There is no sealed sign-off in it: it is no record, and no PDF that holds one.")
    if len(records) > 1:
        raise Invalid(
            f"It holds {len(records)} different sealed sign-offs, and a page shows one: somebody added to it."
        )
    report = check_bytes(records[0], keys)
    of_page, page_key = check_page(*page_and_seal(data), keys)
    ids = dict.fromkeys(named(key) for key in (report.public_key, page_key) if key)
    return Verified(report, (*report.findings, *of_page), tuple(ids))


def named(public_key: str) -> str:
    try:
        return key_id(bytes.fromhex(public_key))
    except ValueError:
        return "?"

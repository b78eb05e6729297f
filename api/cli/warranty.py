"""`doorstep warranty`: is this item covered, who pays, until when, by which article. Needs no database."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click

from domain.errors import Invalid
from domain.warranty import Verdict, verdict
from domain.warranty_rules import LONGEST_PERIOD, load_rule_book
from domain.warranty_words import PAYER_ZH


class Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is not a day of the calendar, such as 2024-02-29.", param, ctx)


@click.command()
@click.option("--item", required=True, help="Code or name of the warranty item, such as roof-leak or 屋面渗漏.")
@click.option("--accepted", type=Day(), help="Day of completion acceptance 竣工验收合格之日.")
@click.option("--handed-over", type=Day(), help="Day of handover 交付之日.")
@click.option("--on", "on", type=Day(), help="Day the defect was reported; today when absent.")
@click.option("--city", help="Picks the city's own rules and seasons.")
@click.option("--contract", help="Picks a contract's rules out of --rules.")
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of further rules, in the form of domain/data/warranty.toml.",
)
@click.option("--cause", help="A proved exclusion, such as improper-use, third-party or force-majeure.")
@click.option(
    "--design-life",
    type=click.IntRange(1, LONGEST_PERIOD),
    help="Design working life of the structure in years, from the design documents.",
)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON, in both languages.")
def warranty(
    item: str,
    accepted: date | None,
    handed_over: date | None,
    on: date | None,
    city: str | None,
    contract: str | None,
    rules_file: Path | None,
    cause: str | None,
    design_life: int | None,
    lang: str,
    as_json: bool,
) -> None:
    """Say whether a defect is under warranty, and who pays. For homes in mainland China."""
    try:
        rules = load_rule_book()
        if rules_file:
            rules = rules.with_acts(rules_file.read_text(encoding="utf-8"))
        found = verdict(
            item,
            accepted=accepted,
            handed_over=handed_over,
            on=on or datetime.now(UTC).astimezone().date(),
            rules=rules,
            city=city,
            contract=contract,
            cause=cause,
            design_life_years=design_life,
        )
    except (Invalid, UnicodeDecodeError) as error:
        raise click.UsageError(str(error)) from None
    if "dates" in found.missing:
        raise click.UsageError(found.why_zh if lang == "zh" else found.why_en)
    if as_json:
        click.echo(json.dumps(found.record(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_in_chinese(found) if lang == "zh" else _in_english(found)))


def _in_english(found: Verdict) -> list[str]:
    covered = {True: "yes", False: "no", None: "unknown"}[found.covered]
    return [
        f"Covered   {covered}",
        f"Payer     {found.payer or 'unknown'}",
        f"Until     {found.until or '–'}",
        f"Why       {found.why_en}",
        *(f"Article   {article}" for article in found.articles),
    ]


def _in_chinese(found: Verdict) -> list[str]:
    covered = {True: "是", False: "否", None: "无法判定"}[found.covered]
    return [
        f"在保    {covered}",
        f"承担方  {PAYER_ZH[found.payer] if found.payer else '无法判定'}",
        f"保修至  {found.until or '–'}",
        f"理由    {found.why_zh}",
        *(f"依据    {article}" for article in found.articles),
    ]

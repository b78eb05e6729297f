"""Is a defect covered, who pays, until when and by which article.

The owner is covered until the latest last day that any applicable promise gives: the developer's period is
not shorter than what is left of the builder's (《商品房销售管理办法》 art. 33). While the builder's own
period runs the builder pays (《建设工程质量管理条例》 art. 41), after it the developer, after every promise
the owner.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from domain.calendars import WorkingCalendar
from domain.warranty_periods import Cover, cover
from domain.warranty_rules import (
    Promise,
    RuleBook,
    StartEvent,
    WarrantyExclusion,
    WarrantyItem,
    WarrantyRule,
)
from domain.warranty_words import MISSING_EN, MISSING_ZH, PAYER_ZH, promise_en, promise_zh


class Payer(StrEnum):
    BUILDER = "builder"
    DEVELOPER = "developer"
    OWNER = "owner"


@dataclass(frozen=True)
class Verdict:
    """`covered` and `payer` are None while something needed is `missing`: nothing is guessed.

    `until` is the last day of the owner's cover, None where a proved cause excludes it.
    """

    item: str
    covered: bool | None
    payer: Payer | None
    until: date | None
    articles: tuple[str, ...]
    missing: tuple[str, ...]
    why_en: str
    why_zh: str

    def record(self) -> dict[str, Any]:
        """As JSON keeps it: the date is ISO 8601."""
        return {
            "item": self.item,
            "covered": self.covered,
            "payer": self.payer,
            "until": self.until and self.until.isoformat(),
            "articles": list(self.articles),
            "missing": list(self.missing),
            "why_en": self.why_en,
            "why_zh": self.why_zh,
        }


def verdict(
    item: str,
    *,
    accepted: date | None,
    handed_over: date | None,
    on: date,
    rules: RuleBook,
    city: str | None = None,
    contract: str | None = None,
    cause: str | None = None,
    design_life_years: int | None = None,
    last_day_moves: WorkingCalendar | None = None,
) -> Verdict:
    """For a defect reported on the day `on`, in a home with those days of completion acceptance and handover.

    Before handover the home is still the developer's; the same periods say whether builder or developer pays.
    A handover or report before acceptance is unknown too: `missing` says "dates". `cause` is a proved
    exclusion's code. 民法典 art. 203 (a last day off moves) applies only with `last_day_moves`.
    Invalid: unknown item or cause, or a period that runs beyond year 9999.
    """
    row = rules.item(item)
    if proved := cause or row.excluded_by:
        return _excluded(row, rules.exclusion(proved))

    if accepted and (on < accepted or (handed_over and handed_over < accepted)):
        return _unknown(row, ("dates",), ())
    promises = rules.applying_to(row, city, contract)
    starts = {StartEvent.ACCEPTANCE: accepted, StartEvent.HANDOVER: handed_over}
    covers: list[Cover] = []
    missing = [] if promises else ["period"]
    for rule in promises:
        if (start := starts[rule.start]) is None:
            missing.append(rule.start.value)
        elif counted := cover(rule, start, city, rules.seasons, design_life_years, last_day_moves):
            covers.append(counted)
        else:
            missing.append("season")
    if missing:
        return _unknown(row, tuple(dict.fromkeys(missing)), _articles(*promises))

    builders = [c for c in covers if c.rule.promise is Promise.BUILDER]
    return _decided(row, on, max(covers, key=_strength), max(builders, key=_strength, default=None))


def _strength(counted: Cover) -> tuple[date, bool, bool]:
    """The latest last day decides; between equal ones the contract's or the city's own row is cited."""
    return counted.last_day, counted.rule.contract is not None, counted.rule.city is not None


def _articles(*rules: WarrantyRule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.article for rule in rules))


def _decided(item: WarrantyItem, on: date, longest: Cover, builder: Cover | None) -> Verdict:
    until, gap_en, gap_zh = longest.last_day, "", ""
    if builder and on <= builder.last_day:
        payer, because = Payer.BUILDER, builder
    elif on <= until:
        payer, because = Payer.DEVELOPER, longest
        gap_en = f"; the builder's own period ended on {builder.last_day}" if builder else ""
        gap_zh = f"；施工单位保修期已于 {builder.last_day} 届满" if builder else ""
    else:
        payer, because = Payer.OWNER, longest
    covered = payer is not Payer.OWNER
    return Verdict(
        item=item.code,
        covered=covered,
        payer=payer,
        until=until,
        articles=_articles(because.rule, longest.rule, *([builder.rule] if builder else [])),
        missing=(),
        why_en=f"{item.name_en}: {'covered until' if covered else 'cover ended on'} {until}. "
        f"The {payer} pays: {promise_en(because)}{gap_en}.",
        why_zh=f"{item.name_zh}：{'在保，保修至' if covered else '已过保，保修期止于'} {until}。"
        f"由{PAYER_ZH[payer]}承担：{promise_zh(because)}{gap_zh}。",
    )


def _excluded(item: WarrantyItem, exclusion: WarrantyExclusion) -> Verdict:
    return Verdict(
        item=item.code,
        covered=False,
        payer=Payer.OWNER,
        until=None,
        articles=(exclusion.article,),
        missing=(),
        why_en=f"{item.name_en}: not covered, because of {exclusion.name_en.lower()}. The owner pays.",
        why_zh=f"{item.name_zh}：不在保修范围（{exclusion.name_zh}）。由业主承担。",
    )


def _unknown(item: WarrantyItem, missing: tuple[str, ...], articles: tuple[str, ...]) -> Verdict:
    return Verdict(
        item=item.code,
        covered=None,
        payer=None,
        until=None,
        articles=articles,
        missing=missing,
        why_en=f"{item.name_en}: can't be said without {' and '.join(MISSING_EN[what] for what in missing)}.",
        why_zh=f"{item.name_zh}：无法判定，缺少{'、'.join(MISSING_ZH[what] for what in missing)}。",
    )

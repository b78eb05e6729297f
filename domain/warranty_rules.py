"""The rows that warranty rests on: items, promises by builder, quality letter or contract, and exclusions."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.calendars import Season, load_seasons
from domain.cities import city_name
from domain.data import read_seed
from domain.errors import Invalid

LONGEST_PERIOD = 1000


class Promise(StrEnum):
    """Who promised. The letter is the developer's 住宅质量保证书; a contract binds the developer too."""

    BUILDER = "builder"
    LETTER = "letter"
    CONTRACT = "contract"


class StartEvent(StrEnum):
    """What starts the period: completion acceptance 竣工验收合格之日 or handover 交付之日."""

    ACCEPTANCE = "acceptance"
    HANDOVER = "handover"


class PeriodUnit(StrEnum):
    YEARS = "years"
    MONTHS = "months"
    HEATING_SEASONS = "heating_seasons"
    COOLING_SEASONS = "cooling_seasons"
    DESIGN_LIFE = "design_life"
    """Years of the design working life; the row holds the usual figure, the building's own goes before it."""


class WarrantyExclusion(Base):
    """A cause that frees builder and developer once it is proved."""

    __tablename__ = "warranty_exclusions"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    article: Mapped[str]
    source: Mapped[str]


class WarrantyItem(Base):
    """A part of the home as warranty law divides it. Without a statutory class only agreement covers it."""

    __tablename__ = "warranty_items"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    statutory_class: Mapped[str | None]
    excluded_by: Mapped[str | None] = mapped_column(ForeignKey("warranty_exclusions.code"))
    """Set where the item is never a fault of the building, such as pests."""


class WarrantyRule(Identified, Base):
    """One promise for one item or one statutory class, everywhere or in one city, in any contract or one."""

    __tablename__ = "warranty_rules"
    __table_args__ = (
        CheckConstraint("num_nonnulls(item, statutory_class) = 1", name="covers_one"),
        CheckConstraint("period > 0", name="period"),
    )

    promise: Mapped[Promise]
    item: Mapped[str | None] = mapped_column(ForeignKey("warranty_items.code"))
    statutory_class: Mapped[str | None]
    period: Mapped[int]
    unit: Mapped[PeriodUnit]
    start: Mapped[StartEvent]
    city: Mapped[str | None]
    contract: Mapped[str | None]
    article: Mapped[str]
    source: Mapped[str]

    def applies_to(self, item: WarrantyItem, city: str | None, contract: str | None) -> bool:
        covers = self.item == item.code if self.item else self.statutory_class == item.statutory_class
        return covers and city_name(self.city) in (None, city_name(city)) and self.contract in (None, contract)


Row = TypeVar("Row", WarrantyItem, WarrantyExclusion)


@dataclass(frozen=True)
class RuleBook:
    """All rows that a verdict needs. A rule for an item or class that is not known is Invalid."""

    items: Sequence[WarrantyItem]
    rules: Sequence[WarrantyRule]
    exclusions: Sequence[WarrantyExclusion]
    seasons: Sequence[Season]

    def __post_init__(self) -> None:
        classes = {item.statutory_class for item in self.items} - {None}
        for rule in self.rules:
            if rule.item is not None:
                self.item(rule.item)
            elif rule.statutory_class not in classes:
                known = ", ".join(sorted(filter(None, classes)))
                raise Invalid(f"Unknown statutory class {rule.statutory_class!r}. Known: {known}.")

    def item(self, named: str) -> WarrantyItem:
        """By code, or by its name in either language."""
        return _named("warranty item", named, self.items)

    def exclusion(self, named: str) -> WarrantyExclusion:
        return _named("cause", named, self.exclusions)

    def applying_to(self, item: WarrantyItem, city: str | None, contract: str | None) -> list[WarrantyRule]:
        return [rule for rule in self.rules if rule.applies_to(item, city, contract)]

    def with_acts(self, document: str) -> "RuleBook":
        """With a TOML document's rules added, e.g. a sale contract's, written as in warranty.toml."""
        try:
            added = _rules(tomllib.loads(document)["act"])
        except KeyError as error:
            raise Invalid(f"These warranty rules lack {error}.") from None
        except (TypeError, ValueError, AttributeError) as error:
            raise Invalid(f"These warranty rules can't be read: {error}.") from None
        return replace(self, rules=[*self.rules, *added])


def _named(what: str, named: str, rows: Iterable[Row]) -> Row:
    rows = list(rows)
    for row in rows:
        if named.casefold() in (row.code, row.name_en.casefold(), row.name_zh):
            return row
    codes = [row.code for row in rows]
    near = get_close_matches(named, codes, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise Invalid(f"Unknown {what} {named!r}. {hint}Known: {', '.join(codes)}.")


def load_rule_book() -> RuleBook:
    """The seed: law of mainland China with Guangzhou and Shanghai; every call makes new rows."""
    seed = read_seed("warranty")
    return RuleBook(
        items=[WarrantyItem(**row) for row in seed["item"]],
        rules=_rules(seed["act"]),
        exclusions=[WarrantyExclusion(**row) for row in seed["exclusion"]],
        seasons=load_seasons(),
    )


def _rules(acts: list[dict[str, Any]]) -> list[WarrantyRule]:
    """What stands at an act's head holds for each of its rules, what a rule says for each of its periods."""
    return [
        _rule(**{key: act[key] for key in act if key != "rule"}, article=rule["article"], **period)
        for act in acts
        for rule in act["rule"]
        for period in rule["periods"]
    ]


def _rule(
    *,
    promise: str,
    start: str,
    period: int,
    unit: str,
    article: str,
    source: str,
    item: str | None = None,
    statutory_class: str | None = None,
    city: str | None = None,
    contract: str | None = None,
) -> WarrantyRule:
    if any(not isinstance(text, str | None) for text in (article, source, item, statutory_class, city, contract)):
        raise ValueError("article, source, item, statutory_class, city and contract are texts")
    if (item is None) == (statutory_class is None):
        raise ValueError("a period names either an item or a statutory class")
    if type(period) is not int or not 0 < period <= LONGEST_PERIOD:
        raise ValueError(f"a period is a whole number from 1 to {LONGEST_PERIOD}, not {period!r}")
    if (promise == Promise.CONTRACT) != (contract is not None):
        raise ValueError("a contract's promise names its contract, and no other promise does")
    return WarrantyRule(
        promise=Promise(promise),
        start=StartEvent(start),
        period=period,
        unit=PeriodUnit(unit),
        article=article,
        source=source,
        item=item,
        statutory_class=statutory_class,
        city=city,
        contract=contract,
    )

"""The defect catalogue, and the skills and certificates that its repairs need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base
from domain.data import read_seed
from domain.triage import Tier
from domain.warranty_rules import WarrantyItem


class Skill(Base):
    """A trade, or a certificate if the code begins with "cert:". Years that the issuer sets are None."""

    __tablename__ = "skills"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    valid_years: Mapped[int | None]
    review_years: Mapped[int | None]
    source: Mapped[str]

    @property
    def is_certificate(self) -> bool:
        return self.code.startswith("cert:")


@dataclass(frozen=True)
class RecipeStep:
    """One visit of a repair. It starts `wait` after the step before has ended, or up to `wait_at_most`."""

    name_en: str
    name_zh: str
    duration: timedelta
    wait: timedelta = timedelta()
    wait_at_most: timedelta | None = None


class DefectKind(Base):
    """What an owner may report. One technician must bring all its skills and certificates."""

    __tablename__ = "defect_kinds"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    skills: Mapped[list[str]]
    """Trades, the main one first."""
    certificates: Mapped[list[str]]
    duration: Mapped[timedelta]
    """Usual working time without travel; for a recipe the sum of its visits."""
    tier: Mapped[Tier]
    warranty_item: Mapped[str] = mapped_column(ForeignKey(WarrantyItem.code))
    asks: Mapped[list[str]]
    """Codes of the triage questions that may change the tier."""
    parts: Mapped[list[dict[str, Any]]]
    """[{"code", "name_en", "name_zh"}]"""
    checklist: Mapped[list[dict[str, Any]]]
    """[{"code", "name_en", "name_zh"}]"""
    recipe: Mapped[list[dict[str, Any]]]
    """[{"name_en", "name_zh", "minutes", "wait_h": [at least, at most]}]; empty for a single visit."""
    source: Mapped[str]

    @property
    def trade(self) -> str:
        return self.skills[0]

    @property
    def steps(self) -> tuple[RecipeStep, ...]:
        """The visits in order; a repair without a recipe is one visit."""
        if not self.recipe:
            return (RecipeStep(self.name_en, self.name_zh, self.duration),)
        return tuple(_step(**row) for row in self.recipe)


def _step(*, name_en: str, name_zh: str, minutes: int, wait_h: list[int] | None = None) -> RecipeStep:
    duration = timedelta(minutes=minutes)
    if wait_h is None:
        return RecipeStep(name_en, name_zh, duration)
    at_least, at_most = (timedelta(hours=hours) for hours in wait_h)
    return RecipeStep(name_en, name_zh, duration, at_least, at_most)


def load_skills() -> tuple[Skill, ...]:
    return tuple(Skill(**row) for row in read_seed("skills")["skill"])


def load_defects() -> tuple[DefectKind, ...]:
    """The seed catalogue with its parts and checks spelt out; every call makes new rows."""
    seed = read_seed("defects")
    parts = {
        code: {"code": code, "name_en": part["en"], "name_zh": part["zh"]}
        for code, part in read_seed("parts")["parts"].items()
    }
    checks = {row["code"]: row for row in read_seed("checks")["check"]}
    always = [code for code, row in checks.items() if row.get("always")]
    return tuple(
        DefectKind(
            code=row["code"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            skills=row["skills"],
            certificates=row.get("certificates", []),
            duration=timedelta(minutes=row["minutes"]),
            tier=Tier(row["tier"]),
            warranty_item=row["warranty_item"],
            asks=row["asks"],
            parts=[parts[code] for code in row["parts"]],
            checklist=[
                {name: checks[code][name] for name in ("code", "name_en", "name_zh")}
                for code in (*always, *row["checks"])
            ],
            recipe=row.get("recipe", []),
            source=row.get("source", seed["source"]),
        )
        for row in seed["defect"]
    )


def named_in(words: str, kinds: Iterable[DefectKind]) -> DefectKind | None:
    """The one kind that is called by its name, in either language; None where none is, or several are."""
    told = words.casefold()
    named = [kind for kind in kinds if kind.name_zh.casefold() in told or kind.name_en.casefold() in told]
    return named[0] if len(named) == 1 else None

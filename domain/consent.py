"""What an owner agrees to by signing, in the words of a version and a place; the rows are in domain/data."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from domain.data import read_seed

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Consent:
    """`law` is empty where no law is quoted."""

    version: str
    zones: tuple[str, ...]
    law: str
    source: str
    en: str
    zh: str

    @property
    def language(self) -> Language:
        """In which it is shown unless the owner asks for the other."""
        return "zh" if self.zones else "en"

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@cache
def consents() -> tuple[Consent, ...]:
    """Oldest first."""
    rows = (Consent(**row | {"zones": tuple(row["zones"])}) for row in read_seed("consent")["consent"])
    return tuple(sorted(rows, key=lambda row: row.version))


def consent_in(zone: str, version: str | None = None) -> Consent:
    """The newest for a site in this IANA time zone, or the version that a phone said it had shown, if there is one."""
    here = [row for row in consents() if zone in row.zones] or [row for row in consents() if not row.zones]
    return next((row for row in here if row.version == version), here[-1])

"""Verdicts worked out by hand from the cited texts, not by the code under test."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.warranty import Payer, Verdict, verdict
from domain.warranty_rules import load_rule_book

RULES = load_rule_book().with_acts((Path(__file__).parent / "contract_harbour.toml").read_text("utf-8"))

ART_40 = "《建设工程质量管理条例》第四十条第一款"
ART_5 = "制度的规定》第五条第三项"
GUANGZHOU = "Guangzhou notice of 8 August 2003"
SHANGHAI = "Shanghai home quality letter"
HARBOUR = "Harbour Garden sale contract"


@dataclass(frozen=True)
class Period:
    """From `first`, the first day of a report, to `until` the payer pays; the day after, the owner."""

    item: str
    until: str
    cites: str
    payer: Payer
    accepted: str
    handed_over: str
    first: str
    city: str | None = None
    contract: str | None = None

    def on(self, day: date) -> Verdict:
        return verdict(
            self.item,
            accepted=date.fromisoformat(self.accepted),
            handed_over=date.fromisoformat(self.handed_over),
            on=day,
            rules=RULES,
            city=self.city,
            contract=self.contract,
        )


def builder(item: str, until: str, clause: str, city: str | None = None) -> Period:
    """Handed over soon after acceptance: the builder's period is the longest, and is all there is."""
    return Period(item, until, ART_40 + clause, Payer.BUILDER, "2020-05-14", "2020-05-30", "2020-05-14", city)


def letter(item: str, until: str, cites: str, city: str | None = None, contract: str | None = None) -> Period:
    """Handed over when every builder's period but the structure's has ended: what is left is the promise."""
    return Period(item, until, cites, Payer.DEVELOPER, "2018-03-01", "2023-06-15", "2023-06-15", city, contract)


PERIODS = [
    builder("structure", "2070-05-14", "第（一）项"),
    builder("roof-leak", "2025-05-14", "第（二）项"),
    builder("wall-leak", "2025-05-14", "第（二）项"),
    builder("wet-room-leak", "2025-05-14", "第（二）项"),
    builder("basement-leak", "2025-05-14", "第（二）项"),
    builder("heating-system", "2022-03-15", "第（三）项", city="Beijing"),
    builder("heating-system", "2022-04-20", "第（三）项", city="哈尔滨"),
    builder("cooling-system", "2021-09-30", "第（三）项"),
    builder("electrical-conduit", "2022-05-14", "第（四）项"),
    builder("pipe-leak", "2022-05-14", "第（四）项"),
    builder("pipe-blockage", "2022-05-14", "第（四）项"),
    builder("pipework", "2022-05-14", "第（四）项"),
    builder("sanitary-ware", "2022-05-14", "第（四）项"),
    builder("equipment", "2022-05-14", "第（四）项"),
    builder("plaster", "2022-05-14", "第（四）项"),
    builder("floor", "2022-05-14", "第（四）项"),
    builder("door-window", "2022-05-14", "第（四）项"),
    builder("decoration", "2022-05-14", "第（四）项"),
    letter("roof-leak", "2026-06-15", ART_5),
    letter("wall-leak", "2024-06-15", ART_5),
    letter("wet-room-leak", "2024-06-15", ART_5),
    letter("basement-leak", "2024-06-15", ART_5),
    letter("pipe-leak", "2024-06-15", ART_5),
    letter("plaster", "2024-06-15", ART_5),
    letter("floor", "2024-06-15", ART_5),
    letter("door-window", "2024-06-15", ART_5),
    letter("sanitary-ware", "2024-06-15", ART_5),
    letter("pipe-blockage", "2023-08-15", ART_5),
    letter("lamps-switches", "2023-12-15", ART_5),
    letter("heating-system", "2024-03-15", ART_5, city="Beijing"),
    letter("cooling-system", "2024-09-30", ART_5),
    letter("roof-leak", "2028-06-15", GUANGZHOU, city="Guangzhou"),
    letter("wall-leak", "2028-06-15", GUANGZHOU, city="广州"),
    letter("wet-room-leak", "2028-06-15", GUANGZHOU, city="广州市"),
    letter("basement-leak", "2028-06-15", GUANGZHOU, city="guangzhou"),
    letter("pipe-leak", "2028-06-15", GUANGZHOU, city="Guangzhou"),
    letter("floor", "2025-06-15", GUANGZHOU, city="Guangzhou"),
    letter("door-window", "2025-06-15", GUANGZHOU, city="Guangzhou"),
    letter("pipe-blockage", "2025-06-15", GUANGZHOU, city="Guangzhou"),
    letter("sanitary-ware", "2024-06-15", GUANGZHOU, city="Guangzhou"),
    letter("lamps-switches", "2023-12-15", GUANGZHOU, city="Guangzhou"),
    letter("plaster", "2024-06-15", ART_5, city="Guangzhou"),
    letter("roof-leak", "2028-06-15", SHANGHAI, city="Shanghai"),
    letter("wall-leak", "2028-06-15", SHANGHAI, city="上海"),
    letter("wet-room-leak", "2028-06-15", SHANGHAI, city="Shanghai"),
    letter("door-window", "2025-06-15", SHANGHAI, city="Shanghai"),
    letter("plaster", "2025-06-15", SHANGHAI, city="Shanghai"),
    letter("electrical-conduit", "2025-06-15", SHANGHAI, city="Shanghai"),
    letter("pipe-leak", "2025-06-15", SHANGHAI, city="Shanghai"),
    letter("equipment", "2025-06-15", SHANGHAI, city="Shanghai"),
    letter("decoration", "2025-06-15", SHANGHAI, city="Shanghai"),
    letter("floor", "2024-06-15", ART_5, city="Shanghai"),
    letter("door-window", "2026-06-15", HARBOUR, contract="Harbour Garden 2024"),
    letter("lamps-switches", "2024-12-15", HARBOUR, contract="Harbour Garden 2024"),
    letter("appliance", "2025-06-15", HARBOUR, contract="Harbour Garden 2024"),
    letter("heating-system", "2026-03-15", HARBOUR, city="北京", contract="Harbour Garden 2024"),
    letter("roof-leak", "2026-06-15", ART_5, contract="Harbour Garden 2024"),
    letter("door-window", "2024-06-15", ART_5, contract="another contract"),
]


def named(period: Period) -> str:
    return "-".join(filter(None, (period.item, period.payer, period.city, period.contract)))


@pytest.mark.parametrize("period", PERIODS, ids=named)
def test_cover_holds_from_the_first_day(period: Period) -> None:
    found = period.on(date.fromisoformat(period.first))
    assert (found.covered, found.payer, found.until) == (
        True,
        period.payer,
        date.fromisoformat(period.until),
    )
    assert period.cites in found.articles[0]


@pytest.mark.parametrize("period", PERIODS, ids=named)
def test_cover_holds_to_the_end_of_the_last_day(period: Period) -> None:
    found = period.on(date.fromisoformat(period.until))
    assert (found.covered, found.payer) == (True, period.payer)
    assert period.cites in found.articles[0]
    assert period.until in found.why_en
    assert period.until in found.why_zh


@pytest.mark.parametrize("period", PERIODS, ids=named)
def test_the_day_after_the_last_the_owner_pays(period: Period) -> None:
    found = period.on(date.fromisoformat(period.until) + timedelta(days=1))
    assert (found.covered, found.payer, found.until) == (
        False,
        Payer.OWNER,
        date.fromisoformat(period.until),
    )
    assert period.cites in found.articles[0]


BUILDER, DEVELOPER, OWNER = Payer.BUILDER, Payer.DEVELOPER, Payer.OWNER

# item, city, accepted, handed over, reported, payer, until
BOTH_CLOCKS = [
    # Builder 5 years to 2025-05-14 (art. 40(2)); letter 3 years to 2026-01-31 (art. 5(3)).
    ("roof-leak", None, "2020-05-14", "2023-01-31", "2025-05-14", BUILDER, "2026-01-31"),
    ("roof-leak", None, "2020-05-14", "2023-01-31", "2025-05-15", DEVELOPER, "2026-01-31"),
    ("roof-leak", None, "2020-05-14", "2023-01-31", "2026-01-31", DEVELOPER, "2026-01-31"),
    ("roof-leak", None, "2020-05-14", "2023-01-31", "2026-02-01", OWNER, "2026-01-31"),
    # Guangzhou lifts the letter to 5 years from handover; the builder's period stays.
    ("roof-leak", "Guangzhou", "2020-05-14", "2023-01-31", "2025-05-15", DEVELOPER, "2028-01-31"),
    ("roof-leak", "Guangzhou", "2020-05-14", "2023-01-31", "2028-02-01", OWNER, "2028-01-31"),
    # Art. 33: the letter's 1 year ends first, but the owner keeps what is left of the builder's 2.
    ("plaster", None, "2020-05-14", "2020-09-01", "2021-09-02", BUILDER, "2022-05-14"),
    ("plaster", None, "2020-05-14", "2021-09-01", "2022-05-15", DEVELOPER, "2022-09-01"),
    ("plaster", "Shanghai", "2020-05-14", "2021-09-01", "2022-09-02", DEVELOPER, "2023-09-01"),
    # Both end on the same day: the builder pays that day, nobody is left to pay the next.
    ("door-window", None, "2020-05-14", "2021-05-14", "2022-05-14", BUILDER, "2022-05-14"),
    ("door-window", None, "2020-05-14", "2021-05-14", "2022-05-15", OWNER, "2022-05-14"),
    # Two months for a blockage, swallowed by the builder's two years for drains.
    ("pipe-blockage", None, "2020-05-14", "2020-06-01", "2020-08-02", BUILDER, "2022-05-14"),
    # Lamps and switches have no statutory class: the developer's six months are all there is.
    ("lamps-switches", None, "2020-05-14", "2020-08-31", "2021-02-28", DEVELOPER, "2021-02-28"),
    ("lamps-switches", None, "2020-05-14", "2020-08-31", "2021-03-01", OWNER, "2021-02-28"),
    # Conduit is not in the national letter: after a late handover only the city can help.
    ("electrical-conduit", None, "2020-05-14", "2022-06-01", "2022-06-01", OWNER, "2022-05-14"),
    ("electrical-conduit", "Shanghai", "2020-05-14", "2022-06-01", "2024-06-01", DEVELOPER, "2024-06-01"),
    # Not yet handed over: the home is the developer's, and the same periods say who pays.
    ("plaster", None, "2020-05-14", "2023-06-01", "2022-05-14", BUILDER, "2024-06-01"),
    ("plaster", None, "2020-05-14", "2023-06-01", "2022-05-15", DEVELOPER, "2024-06-01"),
    # Builder: 2 seasons, 2020/21 and 2021/22. Letter: 1 season from a handover in mid-season, so 2021/22.
    ("heating-system", "Beijing", "2020-05-14", "2020-12-01", "2022-03-15", BUILDER, "2022-03-15"),
    ("heating-system", "Beijing", "2020-05-14", "2020-12-01", "2022-03-16", OWNER, "2022-03-15"),
    # Handed over in the second season: the letter's season is the third.
    ("heating-system", "Beijing", "2020-05-14", "2021-12-01", "2022-03-16", DEVELOPER, "2023-03-15"),
    # Accepted and handed over on the day a season begins: that season counts.
    ("heating-system", "Beijing", "2020-11-15", "2020-11-15", "2022-03-15", BUILDER, "2022-03-15"),
    # One day later it does not.
    ("heating-system", "Beijing", "2020-11-16", "2020-11-16", "2023-03-15", BUILDER, "2023-03-15"),
    # 民法典 art. 202: handed over on 29 February, one year ends with 28 February, the month's last day.
    ("plaster", None, "2018-02-01", "2020-02-29", "2020-02-29", DEVELOPER, "2021-02-28"),
    ("plaster", None, "2018-02-01", "2020-02-29", "2021-02-28", DEVELOPER, "2021-02-28"),
    ("plaster", None, "2018-02-01", "2020-02-29", "2021-03-01", OWNER, "2021-02-28"),
    # Accepted on a leap day, the builder's two years and five years end with 28 February.
    ("plaster", None, "2020-02-29", "2020-02-29", "2022-02-28", BUILDER, "2022-02-28"),
    ("plaster", None, "2020-02-29", "2020-02-29", "2022-03-01", OWNER, "2022-02-28"),
    ("roof-leak", None, "2020-02-29", "2020-02-29", "2025-02-28", BUILDER, "2025-02-28"),
    ("roof-leak", None, "2020-02-29", "2020-02-29", "2025-03-01", OWNER, "2025-02-28"),
    # Into a leap year: the corresponding day is the 28th, and the 29th is too late.
    ("plaster", None, "2022-02-28", "2022-02-28", "2024-02-28", BUILDER, "2024-02-28"),
    ("plaster", None, "2022-02-28", "2022-02-28", "2024-02-29", OWNER, "2024-02-28"),
    # Guangzhou's five years from a handover on a leap day.
    ("roof-leak", "Guangzhou", "2015-02-01", "2020-02-29", "2025-02-28", DEVELOPER, "2025-02-28"),
    ("roof-leak", "Guangzhou", "2015-02-01", "2020-02-29", "2025-03-01", OWNER, "2025-02-28"),
]


@pytest.mark.parametrize(("item", "city", "accepted", "handed_over", "on", "payer", "until"), BOTH_CLOCKS)
def test_the_builder_pays_first_then_the_developer_then_the_owner(
    item: str, city: str | None, accepted: str, handed_over: str, on: str, payer: Payer, until: str
) -> None:
    found = verdict(
        item,
        accepted=date.fromisoformat(accepted),
        handed_over=date.fromisoformat(handed_over),
        on=date.fromisoformat(on),
        rules=RULES,
        city=city,
    )
    assert (found.payer, found.until) == (payer, date.fromisoformat(until))
    assert found.covered is (payer is not OWNER)
    assert all("第" in article or "Shanghai" in article for article in found.articles)

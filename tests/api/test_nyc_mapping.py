"""The shipped New York rows, read by their mapping alone."""

import csv
import tomllib
from collections import Counter
from datetime import datetime
from importlib.resources import files
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from domain.defects import DefectKind, load_defects
from domain.tickets import Channel
from domain.triage import Tier

FOLDER = files("api") / "data" / "nyc-311"
MAPPING = tomllib.loads((FOLDER / "mapping.toml").read_text("utf-8"))
ROWS = list(csv.DictReader((FOLDER / "housing-repairs.csv").read_text("utf-8").splitlines()))
KINDS = {kind.code: kind for kind in load_defects()}


def kind_of(row: dict[str, str]) -> DefectKind:
    (code,) = [
        rule["code"]
        for rule in MAPPING["defect"]
        if all(row[column] == value for column, value in rule["when"].items())
    ]
    return KINDS[code]


def test_every_row_is_exactly_one_known_defect() -> None:
    assert len(ROWS) == 158
    assert all(kind_of(row).code for row in ROWS)


def test_every_line_of_the_mapping_is_used() -> None:
    seen = {(row["Complaint Type"], row["Descriptor"]) for row in ROWS}
    assert {tuple(rule["when"].values()) for rule in MAPPING["defect"]} == seen


def test_a_third_are_emergencies_and_a_fifth_are_minor() -> None:
    assert Counter(kind_of(row).tier for row in ROWS) == {
        Tier.EMERGENCY: 53,
        Tier.GENERAL: 72,
        Tier.MINOR: 33,
    }


@pytest.mark.parametrize(
    ("tier", "descriptors"),
    [
        (
            Tier.EMERGENCY,
            "ENTIRE BUILDING|APARTMENT ONLY|COOKING GAS|POWER OUTAGE|HEAVY FLOW|SEWAGE"
            "|CARBON MONOXIDE DETECTOR|FIRE ESCAPE",
        ),
        (
            Tier.GENERAL,
            "SLOW LEAK|DAMP SPOT|BASIN/SINK|BATHTUB/SHOWER|TOILET|LIGHTING|NO LIGHTING|ELECTRIC/GAS RANGE"
            "|REFRIGERATOR|DOOR|DOOR FRAME|WINDOW FRAME|PESTS|MOLD|VENTILATION SYSTEM|BELL/BUZZER/INTERCOM",
        ),
        (Tier.MINOR, "WALL|CEILING|CABINET|FLOOR|SIGNAGE MISSING|MAILBOX|GARBAGE/RECYCLING STORAGE"),
    ],
)
def test_urgency_follows_from_category_and_descriptor(tier: Tier, descriptors: str) -> None:
    for descriptor in descriptors.split("|"):
        tiers = {kind_of(row).tier for row in ROWS if row["Descriptor"] == descriptor}
        assert tiers == {tier}, descriptor


def test_the_usual_durations_average_forty_to_fifty_minutes() -> None:
    assert 40 <= mean(kind_of(row).duration.total_seconds() / 60 for row in ROWS) <= 50


def test_columns_channels_and_times_fit_the_file() -> None:
    columns = [c for named in MAPPING["columns"].values() for c in ([named] if isinstance(named, str) else named)]
    assert set(columns) <= ROWS[0].keys()
    channels = MAPPING["values"]["channel"]
    assert {channels[row["Open Data Channel Type"]] for row in ROWS} <= set(Channel)
    zone = ZoneInfo(MAPPING["file"]["zone"])
    times = [
        datetime.strptime(row["Created Date"], MAPPING["file"]["time_format"]).replace(tzinfo=zone) for row in ROWS
    ]
    assert {time.year for time in times} == {2017, 2018, 2019}

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main

DATES = ["--accepted", "2020-05-14", "--handed-over", "2023-01-31"]


def run(*options: str) -> Result:
    return CliRunner().invoke(main, ["warranty", *options])


def test_it_says_who_pays_until_when_and_by_which_article() -> None:
    result = run("--item", "roof-leak", *DATES, "--on", "2025-12-01")
    assert result.exit_code == 0
    lines = dict(line.split(maxsplit=1) for line in result.output.splitlines()[:3])
    assert lines == {"Covered": "yes", "Payer": "developer", "Until": "2026-01-31"}
    assert "第五条" in result.output


def test_it_answers_in_chinese_and_takes_chinese_names() -> None:
    result = run(
        "--item", "屋面渗漏", *DATES, "--on", "2025-12-01", "--city", "广州", "--lang", "zh"
    )  # fmt: skip
    assert result.exit_code == 0
    assert "承担方  开发企业" in result.output
    assert "保修至  2028-01-31" in result.output


def test_json_is_all_that_goes_to_standard_output() -> None:
    found = json.loads(run("--item", "roof-leak", *DATES, "--on", "2026-02-01", "--json").stdout)
    assert (found["covered"], found["payer"], found["until"]) == (False, "owner", "2026-01-31")


def test_without_a_day_of_report_it_speaks_of_today() -> None:
    found = json.loads(run("--item", "structure", *DATES, "--json").stdout)
    assert found["payer"] == "builder"


def test_a_missing_date_is_an_answer() -> None:
    result = run("--item", "roof-leak", "--accepted", "2020-05-14", "--on", "2021-01-01")
    assert result.exit_code == 0
    assert "unknown" in result.output
    assert "the date of handover" in result.output


def test_a_contracts_rules_come_from_a_file() -> None:
    contract = Path(__file__).parents[1] / "domain" / "contract_harbour.toml"
    found = run(
        "--item", "door-window", *DATES, "--on", "2025-12-01", "--rules", str(contract),
        "--contract", "Harbour Garden 2024", "--json",
    )  # fmt: skip
    assert json.loads(found.stdout)["until"] == "2026-01-31"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--item", "roof-leek"], "Did you mean roof-leak"),
        (["--item", "moon"], "lamps-switches"),
        (["--item", "roof-leak", "--accepted", "2021-02-29"], "2021-02-29 is not a day of the calendar"),
        (["--item", "roof-leak", "--accepted", "14/05/2020"], "is not a day of the calendar"),
        (
            ["--item", "roof-leak", "--accepted", "2024-01-01", "--handed-over", "2023-01-01"],
            "handover and report can't be before completion acceptance",
        ),
        (["--item", "roof-leak", *DATES, "--on", "2019-01-01"], "can't be before completion acceptance"),
        (["--item", "roof-leak", *DATES, "--cause", "bad luck"], "force-majeure"),
        (["--item", "structure", *DATES, "--design-life", "0"], "--design-life"),
        (["--item", "roof-leak", "--rules", "nowhere.toml"], "nowhere.toml"),
        (["--item", "structure", "--accepted", "9998-01-01", "--on", "9998-01-01"], "beyond year 9999"),
        (["--accepted", "2020-05-14"], "--item"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_in_a_sentence_with_status_2(options: list[str], said: str) -> None:
    result = run(*options)
    assert result.exit_code == 2
    assert said in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"not = [toml", b"act = 3"])
def test_a_rules_file_that_cannot_be_read_is_answered_likewise(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "rules.toml"
    broken.write_bytes(content)
    result = run("--item", "roof-leak", *DATES, "--rules", str(broken))
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)

"""What somebody can do until help comes, in plain words; and the advice where no repair is covered."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.data import read_seed


@dataclass(frozen=True)
class Advice:
    text_en: str
    text_zh: str
    source: str


def advice_for(defect: str, affirmed: Iterable[str]) -> Advice:
    """For an emergency: of the defect itself, else of the first question that was answered with yes, else to everybody.

    `affirmed` are codes of triage questions.
    """
    rows = read_seed("advice")["advice"]
    by_defect = {code: row for row in rows for code in row.get("defects", ())}
    by_answer = {row["answer"]: row for row in rows if "answer" in row}
    found = by_defect.get(defect) or next((by_answer[code] for code in affirmed if code in by_answer), None)
    row = found or next(row for row in rows if "defects" not in row and "answer" not in row)
    return Advice(row["text_en"], row["text_zh"], row["source"])

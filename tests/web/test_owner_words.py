"""The owner's pages: true to the codes that the API can send, in a style that old browsers know."""

import json
import re

from built_pages import WEB

from api.queries.owner_steps import Progress, StepKind

SOURCES = WEB / "owner" / "src"
WORDS: dict[str, list[str]] = json.loads((SOURCES / "words.json").read_text("utf-8"))
TEXT = "\n".join(file.read_text("utf-8") for file in SOURCES.rglob("*.*") if file.suffix in (".ts", ".vue"))


def test_every_step_that_can_come_has_words() -> None:
    assert {f"step.{kind}" for kind in StepKind} <= set(WORDS)
    assert {f"progress.{progress}" for progress in Progress} <= set(WORDS)


def test_the_page_uses_no_style_that_browsers_of_2019_do_not_know() -> None:
    styles = re.sub(r"/\*.*?\*/", "", (SOURCES / "look.css").read_text("utf-8"), flags=re.DOTALL)
    rows = [rule for rule in re.findall(r"\{[^}]*\}", styles) if "display: flex" in rule and "gap" in rule]
    assert rows == []
    assert not re.search(r":has\(|:is\(|:where\(|\binset:|aspect-ratio|@layer|@container|clamp\(|dvh", styles)

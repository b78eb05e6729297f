"""The phone's words are true to the codes that the contract can send."""

import json
import re
from collections.abc import Iterable
from typing import get_args

import pytest
from built_pages import WEB, build_pages

from mobile_contract.v1 import Operation, Ping, ReasonCode, RefusalReason, Relationship, Tier, VisitState, Worded

SOURCES = WEB / "phone" / "src"
WORDS: dict[str, list[str]] = json.loads((SOURCES / "words.json").read_text("utf-8"))
TEXT = "\n".join(file.read_text("utf-8") for file in SOURCES.rglob("*.*") if file.suffix in (".ts", ".vue"))
KINDS = [str(kind.__struct_config__.tag) for kind in get_args(Operation) if kind is not Ping]
FAMILIES: dict[str, Iterable[str]] = {"state": VisitState, "tier": Tier, "told.did": KINDS}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_that_can_come_has_words_and_no_other_does(family: str) -> None:
    worded = {key.removeprefix(f"{family}.") for key in WORDS if key.startswith(f"{family}.")}
    assert worded == {str(code) for code in FAMILIES[family]}


def test_the_contracts_own_words_are_made_from_it_and_not_copied() -> None:
    build_pages()
    made = (SOURCES / "generated" / "contract.ts").read_text("utf-8")
    words = json.loads(re.search(r"^export const WORDS = (.*) as const;$", made, re.MULTILINE)[1])  # type: ignore[index]
    lists = {kind.__name__: kind for kind in (ReasonCode, *Worded.__subclasses__())}
    assert words == {
        name: {str(code): {"en": code.en, "zh": code.zh} for code in kind}  # type: ignore[attr-defined]
        for name, kind in lists.items()
    }
    assert [*words["Relationship"]] == [str(code) for code in Relationship]  # in the order in which they are offered
    assert not {code.zh for code in (*ReasonCode, *RefusalReason)} & {chinese for _, chinese in WORDS.values()}

"""The site's table of words: whole in both languages, and true to the codes that the rest of Doorstep sends."""

import json
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import get_args

import pytest

from api.problems import CODES_OF_HTTP
from domain.data import read_seed
from domain.errands import ErrandState
from domain.errors import DomainError
from domain.follow_ups import Occasion
from domain.jeopardy import ClockState
from domain.jobs import VisitState
from domain.message_templates import MessageKind
from domain.messages import MessageState, Outcome, Way
from domain.photos import PhotoState
from domain.plans import PlanState
from domain.quotes import QuoteState
from domain.tickets import Channel, TicketState
from domain.triage import Tier
from domain.warranty import Payer
from mobile_contract.v1.additions import PhotoShows
from mobile_contract.v1.errors import ReasonCode, VerdictStatus
from mobile_contract.v1.operations import Operation
from scheduler.reasons import REASONS

SITE = files("api") / "site"
WORDS: dict[str, tuple[str, str]] = json.loads((SITE / "words.json").read_text("utf-8"))
SOURCES = {file.name: file.read_text("utf-8") for file in SITE.iterdir()}


def codes(kind: type[DomainError]) -> Iterable[str]:
    return [kind.code, *(code for below in kind.__subclasses__() for code in codes(below))]


FAMILIES: dict[str, Iterable[str]] = {
    "errand": ErrandState,
    "occasion": Occasion,
    "tier": Tier,
    "state": PlanState,
    "ticket": TicketState,
    "channel": Channel,
    "visit": VisitState,
    "payer": Payer,
    "message": MessageKind,
    "sent": MessageState,
    "way": Way,
    "tried": [*Outcome, "open"],
    "danger": ClockState,
    "quote": [*QuoteState, "expired"],
    "reason": REASONS,
    "skill": [row["code"] for row in read_seed("skills")["skill"]],
    "did": [kind.__struct_config__.tag for kind in get_args(Operation)],
    "photo": ["none", *(state for state in PhotoState if state is not PhotoState.READY)],
    "shows": PhotoShows,
    "why": [code for code in ReasonCode if VerdictStatus.ACCEPTED_WITH_CONFLICT in code.verdicts],
}
"""Words that are looked up by a code: the codes are all those that can come."""


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_that_can_come_has_words_and_no_other_does(family: str) -> None:
    worded = {key.partition(".")[2] for key in WORDS if key.startswith(f"{family}.")}
    assert worded == {str(code) for code in FAMILIES[family]}


def test_trades_and_certificates_are_called_as_in_the_catalogue() -> None:
    for row in read_seed("skills")["skill"]:
        assert WORDS[f"skill.{row['code']}"] == [row["name_en"], row["name_zh"]]


def test_errors_are_worded_for_codes_that_exist() -> None:
    sent = {*codes(DomainError), *CODES_OF_HTTP.values(), "temporarily_unavailable"}
    of_the_page = {"wrong", "unreachable", "other"}
    assert {key.partition(".")[2] for key in WORDS if key.startswith("error.")} <= sent | of_the_page


def test_both_languages_fill_in_the_same_gaps() -> None:
    for key, (english, chinese) in WORDS.items():
        assert english.strip(), key
        assert chinese.strip(), key
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key


def test_every_word_that_the_page_asks_for_is_there_and_every_word_there_is_asked_for() -> None:
    page = "".join(SOURCES[name] for name in SOURCES if name.endswith((".js", ".html")))
    asked = set(re.findall(r'(?:say\(|data-say=)"([\w.]+)"', page))
    assert asked <= set(WORDS)
    looked_up = set(re.findall(r"`(\w+)\.\$\{", page))
    assert set(FAMILIES) <= looked_up
    for key in WORDS:
        family, _, name = key.partition(".")
        assert (
            f'"{key}"' in page or family in FAMILIES or family == "error" or (family in looked_up and name in page)
        ), key


def test_the_page_needs_no_other_host_and_no_script_or_style_inside_its_markup() -> None:
    for name, source in SOURCES.items():
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", source), name
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*src=)", SOURCES["index.html"])

"""The tables of words of the three web apps: whole in both languages, with the same gaps, and all used."""

import json
import re
import tomllib
from typing import get_args

import pytest
from built_pages import ROOT, WEB

from api.queries.queue import Kind

DATA = ROOT / "domain" / "data"
APPS = ["board", "owner", "phone"]
TABLES: dict[str, dict[str, list[str]]] = {
    app: json.loads((WEB / app / "src" / "words.json").read_text("utf-8")) for app in APPS
}
OF_THE_OTHER_LANGUAGE = {"language.other"}  # says how the other language is called there
CHINESE = "[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]"  # its signs and its punctuation


@pytest.mark.parametrize(("app", "key"), [(app, key) for app in APPS for key in TABLES[app]])
def test_each_is_said_in_both_languages_with_the_same_gaps(app: str, key: str) -> None:
    english, chinese = TABLES[app][key]
    assert english.strip()
    assert chinese.strip()
    if key not in OF_THE_OTHER_LANGUAGE:
        assert not re.search(CHINESE, english)
        assert re.search(CHINESE, chinese)
    assert sorted(re.findall(r"\{(\w+)\}", english)) == sorted(re.findall(r"\{(\w+)\}", chinese))


@pytest.mark.parametrize("app", APPS)
def test_every_word_is_used(app: str) -> None:
    files = [file for file in (WEB / app / "src").rglob("*.*") if file.suffix in (".ts", ".vue")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    looked_up = re.findall(r"`((?:\w+\.)+)\$\{", text) + [
        f"{stem}." for stem in re.findall(r'(?:sayCode|known)\("([\w.]+)"', text)
    ]
    unused = [key for key in TABLES[app] if f'"{key}"' not in text and f"'{key}'" not in text]
    assert [key for key in unused if not key.startswith(tuple(looked_up))] == []


def test_every_kind_of_message_has_its_word_on_the_board() -> None:
    kinds = [one["code"] for one in tomllib.loads((DATA / "messages.toml").read_text("utf-8"))["kind"]]
    assert [kind for kind in kinds if f"messageKind.{kind}" not in TABLES["board"]] == []


def test_every_kind_of_work_in_the_queue_has_its_word_on_the_board() -> None:
    assert [kind for kind in get_args(Kind) if f"queueKind.{kind}" not in TABLES["board"]] == []

import re

import pytest

from domain.errors import Invalid
from domain.warranty_rules import Promise, load_rule_book

ACT = """
[[act]]
promise = "contract"
contract = "Harbour Garden"
start = "handover"
source = "sample"
[[act.rule]]
article = "annex 7"
periods = [{ item = "door-window", period = 3, unit = "years" }]
"""


def test_every_shipped_row_cites_its_article_and_its_source() -> None:
    book = load_rule_book()
    assert all(row.article and row.source for row in (*book.rules, *book.exclusions))


def test_every_item_is_named_in_both_languages_once() -> None:
    items = load_rule_book().items
    assert all(item.name_en.isascii() and re.search("[一-鿿]", item.name_zh) for item in items)
    for names in zip(*((item.code, item.name_en, item.name_zh) for item in items), strict=True):
        assert len(set(names)) == len(items)


def test_every_statutory_class_of_an_item_has_the_builders_period() -> None:
    book = load_rule_book()
    for item in book.items:
        builder = [r for r in book.applying_to(item, None, None) if r.promise is Promise.BUILDER]
        assert len(builder) == (item.statutory_class is not None)


def test_a_document_adds_its_rules_and_leaves_the_book_as_it_was() -> None:
    book = load_rule_book()
    longer = book.with_acts(ACT)
    assert len(longer.rules) == len(book.rules) + 1
    assert longer.rules[-1].contract == "Harbour Garden"


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('item = "door-window"', 'item = "dor-window"', "Did you mean door-window"),
        ('item = "door-window"', 'statutory_class = "doors"', "Unknown statutory class 'doors'"),
        ('item = "door-window", ', "", "either an item or a statutory class"),
        ("period = 3", "period = 0", "whole number from 1"),
        ("period = 3", "period = 1.5", "whole number from 1"),
        ("period = 3", "period = true", "whole number from 1"),
        ('unit = "years"', 'unit = "decades"', "decades"),
        ('unit = "years"', 'unit = "years", colour = "red"', "colour"),
        ('start = "handover"\n', "", "start"),
        ('start = "handover"', 'start = "moving-in"', "moving-in"),
        ('contract = "Harbour Garden"\n', "", "names its contract"),
        ('article = "annex 7"\n', "", "lack 'article'"),
        ("[[act.rule]]", "[[act.rules]]", "lack 'rule'"),
        ('article = "annex 7"', "article = 7", "are texts"),
        ('item = "door-window"', "item = 7", "are texts"),
        ("[[act]]", "[[pact]]", "can't be read"),
        ("[[act.rule]]", "[act.rule]", "can't be read"),
        ("[[act]]", "[[act", "can't be read"),
    ],
)
def test_a_document_with_a_mistake_is_refused_with_the_mistake(written: str, instead: str, said: str) -> None:
    assert written in ACT
    with pytest.raises(Invalid, match=re.escape(said)):
        load_rule_book().with_acts(ACT.replace(written, instead))

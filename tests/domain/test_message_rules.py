"""Quiet hours, the order of ways, and words that are whole in both languages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.message_templates import (
    MessageKind,
    Words,
    check_names,
    check_words,
    fill,
    kind_rules,
    quiet_hours,
    retries,
)
from domain.messages import MessageTry, Outcome, Way, next_way

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        (shanghai(3, 20, 59), shanghai(3, 20, 59)),
        (shanghai(3, 21), shanghai(4, 8)),
        (shanghai(3, 23, 59), shanghai(4, 8)),
        (shanghai(4, 0), shanghai(4, 8)),
        (shanghai(4, 7, 59), shanghai(4, 8)),
        (shanghai(4, 8), shanghai(4, 8)),
        (shanghai(31, 22), datetime(2026, 4, 1, 8, tzinfo=SHANGHAI)),
    ],
)
def test_from_nine_in_the_evening_until_before_eight_it_is_quiet(at: datetime, leaves: datetime) -> None:
    assert quiet_hours().over(at.astimezone(UTC), SHANGHAI) == leaves


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda past: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=past)),
    st.sampled_from(["Asia/Shanghai", "Europe/Lisbon", "America/New_York"]),
)
def test_what_leaves_is_never_early_never_in_the_quiet_and_never_held_twice(at: datetime, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    leaves = quiet_hours().over(at, zone)
    assert at <= leaves <= at + timedelta(hours=12)
    assert 8 <= leaves.astimezone(zone).hour < 21
    assert quiet_hours().over(leaves, zone) == leaves


@pytest.mark.parametrize("kind", MessageKind)
def test_the_shipped_words_pass_their_own_check_and_say_the_same_in_both_languages(kind: MessageKind) -> None:
    rules = kind_rules()[kind]
    for words in rules.words.values():
        check_words(kind, words)
    names = [{name for name in rules.names if f"{{{name}}}" in words.text} for words in rules.words.values()]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello {owner}", r"\{owner\}"),
        ("Hello {number.__class__}", r"\{number.__class__\}"),
        ("Hello {number!r:>9}", r"\{number!r:>9\}"),
        ("Hello {}", r"\{\}"),
        ("Hello {number", "brace"),
        ("Hello }", "brace"),
        ("", "1 to 500"),
        ("x" * 501, "1 to 500"),
    ],
)
def test_an_unknown_placeholder_is_refused_by_its_name(text: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        check_words(MessageKind.BOOKED, Words("subject", text))


def test_a_code_s_words_without_the_code_are_refused() -> None:
    with pytest.raises(Invalid, match=r"\{code\}"):
        check_words(MessageKind.CODE, Words("subject", "Your code"))


@given(st.text(max_size=200))
def test_no_words_break_the_check_and_none_that_pass_keep_a_brace(text: str) -> None:
    rules = kind_rules()[MessageKind.BOOKED]
    try:
        check_names(rules, "text", text)
    except Invalid:
        return
    assert not set("{}") & set(fill(text, dict.fromkeys(rules.names, "x")))


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert fill("{technician} {number}", {"technician": "{number}", "number": "R1"}) == "{number} R1"


def tried(way: Way, outcome: Outcome) -> MessageTry:
    return MessageTry(way=way, outcome=outcome)


ALL = (Way.WECHAT, Way.SMS, Way.MAIL)
ADDRESSES = {"sms": "138", "wechat": "o1", "mail": "a@example.com"}


@pytest.mark.parametrize(
    ("ways", "addresses", "before", "expected"),
    [
        (ALL, ADDRESSES, [], (Way.WECHAT, "o1")),
        (ALL, {"sms": "138"}, [], (Way.SMS, "138")),
        (ALL, ADDRESSES, [(Way.WECHAT, Outcome.REFUSED)], (Way.SMS, "138")),
        (ALL, ADDRESSES, [(Way.WECHAT, Outcome.LATER)] * 2, (Way.WECHAT, "o1")),
        (ALL, ADDRESSES, [(Way.WECHAT, Outcome.LATER)] * 3, (Way.SMS, "138")),
        (ALL, ADDRESSES, [(way, Outcome.REFUSED) for way in ALL], None),
        (ALL, {}, [], None),
        ((Way.FILE,), {"wechat": "o1"}, [], (Way.FILE, "o1")),
        ((Way.FILE,), {}, [], None),
    ],
)
def test_ways_are_tried_in_their_order_and_given_up_when_they_refuse_or_fail_thrice(
    ways: tuple[Way, ...],
    addresses: dict[str, str],
    before: list[tuple[Way, Outcome]],
    expected: tuple[Way, str] | None,
) -> None:
    assert next_way(ways, addresses, [tried(*one) for one in before], most=3) == expected


def test_it_waits_longer_each_time_and_less_where_it_is_urgent() -> None:
    waits = [retries().wait(tries, urgent=False) for tries in range(1, 6)]
    assert waits == sorted(waits)
    assert all(retries().wait(tries, urgent=True) < retries().wait(tries, urgent=False) for tries in range(1, 6))

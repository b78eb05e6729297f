"""The closed list of reasons: every one has its place, its sentences, and one meaning for the outbox."""

import msgspec
import pytest

from mobile_contract.schema import schema
from mobile_contract.v1 import (
    ENDPOINTS,
    AnotherVisitReason,
    ErrorAnswer,
    NoAccessReason,
    PauseReason,
    ReasonCode,
    RefusalReason,
    VerdictStatus,
    Worded,
)

SENT = [reason for reason in ReasonCode if reason is not ReasonCode.UNRECOGNISED]


@pytest.mark.parametrize("reason", SENT)
def test_every_reason_is_carried_by_a_verdict_or_by_a_refused_request(reason: ReasonCode) -> None:
    assert reason.verdicts or reason.http is not None
    assert not {VerdictStatus.APPLIED, VerdictStatus.DUPLICATE} & set(reason.verdicts)
    refusals = {code for endpoint in ENDPOINTS for code in endpoint.refusals}
    assert (reason in refusals) is (reason.http is not None)
    assert reason.http is None or 400 <= reason.http < 600


@pytest.mark.parametrize("reason", list(ReasonCode))
def test_every_reason_has_a_sentence_in_english_and_chinese(reason: ReasonCode) -> None:
    assert reason.en.endswith((".", "!"))
    assert reason.zh.endswith("。")
    assert reason.en.isascii()


def test_only_rejections_and_conflicts_end_an_operation() -> None:
    assert {reason for reason in ReasonCode if reason.final} == {
        ReasonCode.UNKNOWN_VISIT,
        ReasonCode.NOT_ALLOWED,
        ReasonCode.ILLEGAL_MOVE,
        ReasonCode.INVALID_OPERATION,
        ReasonCode.PAYLOAD_MISMATCH,
        ReasonCode.UNKNOWN_DEFECT,
        ReasonCode.OFF_SHIFT,
        ReasonCode.VISIT_MOVED,
        ReasonCode.VISIT_CANCELLED,
    }
    assert {status for status in VerdictStatus if not status.durable} == {VerdictStatus.RETRY}


def test_a_reason_travels_as_its_code() -> None:
    refusal = ErrorAnswer(code=ReasonCode.TOO_OLD_CLIENT, detail="1.0.0 < 1.2.0")
    assert msgspec.json.encode(refusal) == b'{"code":"too_old_client","detail":"1.0.0 < 1.2.0"}'


def test_closed_lists_of_a_technician_s_reasons_hold_exactly_what_was_promised() -> None:
    assert list(PauseReason) == [
        "parts_missing", "owner_asked", "waiting_for_colleague", "drying", "meal_break", "emergency_elsewhere",
        "end_of_shift", "unsafe", "other",
    ]  # fmt: skip
    assert list(NoAccessReason) == [
        "nobody_home", "not_let_in", "owner_postponed", "no_key", "wrong_address", "unsafe", "other",
    ]  # fmt: skip
    assert list(AnotherVisitReason) == [
        "parts_missing", "more_time", "other_trade", "second_person", "drying", "owner_asked", "end_of_shift", "unsafe",
        "other",
    ]  # fmt: skip
    assert list(RefusalReason) == [
        "not_repaired", "damage", "payment", "wait_and_see", "may_not_sign", "no_reason", "other",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", Worded.__subclasses__())
def test_every_reason_of_a_technician_has_words_of_its_own_in_both_languages(kind: type[Worded]) -> None:
    for language in ("en", "zh"):
        words = [getattr(reason, language) for reason in kind]
        assert all(words)
        assert len(set(words)) == len(words)
    assert all(reason.en.isascii() and not reason.zh.isascii() for reason in kind)


def test_only_a_defect_that_is_still_there_brings_somebody_again_after_a_refused_signature() -> None:
    assert [reason for reason in RefusalReason if not reason.repaired] == [RefusalReason.NOT_REPAIRED]


def test_the_schema_carries_the_words_of_every_code() -> None:
    for kind in (*Worded.__subclasses__(), ReasonCode):
        definition = schema()["$defs"][kind.__name__]
        assert set(definition["x-words"]) == set(definition["enum"])
    assert schema()["$defs"]["PauseReason"]["x-words"]["unsafe"] == {
        "en": "It is not safe to go on",
        "zh": "存在安全隐患",
    }

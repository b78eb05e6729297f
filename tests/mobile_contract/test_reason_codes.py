"""The closed list of reasons: every one has its place, its sentences, and one meaning for the outbox."""

import msgspec
import pytest

from mobile_contract.v1 import ENDPOINTS, ErrorAnswer, ReasonCode, VerdictStatus

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
        ReasonCode.VISIT_MOVED,
        ReasonCode.VISIT_CANCELLED,
    }
    assert {status for status in VerdictStatus if not status.durable} == {VerdictStatus.RETRY}


def test_a_reason_travels_as_its_code() -> None:
    refusal = ErrorAnswer(code=ReasonCode.TOO_OLD_CLIENT, detail="1.0.0 < 1.2.0")
    assert msgspec.json.encode(refusal) == b'{"code":"too_old_client","detail":"1.0.0 < 1.2.0"}'

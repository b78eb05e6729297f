"""Why work paused, or ended other than planned: closed lists of codes, each with its words in both languages.

A code keeps its meaning for ever. The server refuses one that it doesn't know; it is never older than the phone.
`ReasonCode` in errors.py is the other direction: why the server refuses.
"""

from enum import StrEnum
from typing import Self


class Worded(StrEnum):
    """A code with the words that a technician chooses it by."""

    en: str
    zh: str

    def __new__(cls, code: str, en: str, zh: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.en, member.zh = en, zh
        return member


class PauseReason(Worded):
    PARTS_MISSING = "parts_missing", "Parts are missing", "缺少配件"
    OWNER_ASKED = "owner_asked", "The owner asked to wait", "业主要求等待"
    WAITING_FOR_COLLEAGUE = "waiting_for_colleague", "Waiting for a colleague", "等待同事"
    DRYING = "drying", "Something must dry or set", "等待干燥或凝固"
    MEAL_BREAK = "meal_break", "A break", "休息用餐"
    EMERGENCY_ELSEWHERE = "emergency_elsewhere", "Called to an emergency", "临时支援紧急任务"
    END_OF_SHIFT = "end_of_shift", "The shift ends", "下班"
    UNSAFE = "unsafe", "It is not safe to go on", "存在安全隐患"
    OTHER = "other", "Another reason", "其他原因"


class NoAccessReason(Worded):
    NOBODY_HOME = "nobody_home", "Nobody is at home", "无人在家"
    NOT_LET_IN = "not_let_in", "The owner does not let us in", "业主拒绝入户"
    OWNER_POSTPONED = "owner_postponed", "The owner wants another day", "业主要求改期"
    NO_KEY = "no_key", "A door, lift or gate is locked", "门禁、电梯或门锁无法通过"
    WRONG_ADDRESS = "wrong_address", "The address is wrong", "地址有误"
    UNSAFE = "unsafe", "It is not safe to go in", "存在安全隐患"
    OTHER = "other", "Another reason", "其他原因"


class AnotherVisitReason(Worded):
    PARTS_MISSING = "parts_missing", "Parts are missing", "缺少配件"
    MORE_TIME = "more_time", "It takes longer than planned", "所需时间超出计划"
    OTHER_TRADE = "other_trade", "It needs another trade", "需要其他工种"
    SECOND_PERSON = "second_person", "It needs a second person", "需要两人作业"
    DRYING = "drying", "Something must dry or set", "等待干燥或凝固"
    OWNER_ASKED = "owner_asked", "The owner asked to stop", "业主要求停止"
    END_OF_SHIFT = "end_of_shift", "The shift ends", "下班"
    UNSAFE = "unsafe", "It is not safe to go on", "存在安全隐患"
    OTHER = "other", "Another reason", "其他原因"


class RefusalReason(Worded):
    NOT_REPAIRED = "not_repaired", "Says that the defect is still there", "认为问题未修好"
    DAMAGE = "damage", "Says that something was damaged", "认为造成了损坏"
    PAYMENT = "payment", "Does not agree on the payment", "对费用有异议"
    WAIT_AND_SEE = "wait_and_see", "Wants to see first whether it holds", "希望观察后再确认"
    MAY_NOT_SIGN = "may_not_sign", "Is not the owner and may not sign", "非业主本人，无权签字"
    NO_REASON = "no_reason", "Gives no reason", "未说明原因"
    OTHER = "other", "Another reason", "其他原因"

    @property
    def repaired(self) -> bool:
        """Whether the work counts as done all the same; otherwise somebody must come again."""
        return self is not RefusalReason.NOT_REPAIRED

"""What a verdict says, in English and Chinese."""

from domain.warranty_periods import Cover
from domain.warranty_rules import PeriodUnit, Promise, StartEvent

PAYER_ZH = {"builder": "施工单位", "developer": "开发企业", "owner": "业主"}
MISSING_EN = {
    "acceptance": "the date of completion acceptance",
    "handover": "the date of handover",
    "season": "the city's heating or cooling season",
    "period": "the period agreed in the contract",
    "dates": "dates that agree: handover and report can't be before completion acceptance",
}
MISSING_ZH = {
    "acceptance": "竣工验收合格日期",
    "handover": "交付日期",
    "season": "所在城市的采暖期或供冷期",
    "period": "合同约定的保修期限",
    "dates": "相互一致的日期（交付、报修不应早于竣工验收）",
}
PROMISE_EN = {
    Promise.BUILDER: "the builder's warranty",
    Promise.LETTER: "the developer's quality letter",
    Promise.CONTRACT: "the sale contract",
}
PROMISE_ZH = {
    Promise.BUILDER: "施工单位保修",
    Promise.LETTER: "《住宅质量保证书》",
    Promise.CONTRACT: "合同约定",
}
START_EN = {StartEvent.ACCEPTANCE: "completion acceptance", StartEvent.HANDOVER: "handover"}
START_ZH = {StartEvent.ACCEPTANCE: "竣工验收合格之日", StartEvent.HANDOVER: "交付之日"}
UNIT_EN = {
    PeriodUnit.YEARS: "year",
    PeriodUnit.MONTHS: "month",
    PeriodUnit.HEATING_SEASONS: "heating season",
    PeriodUnit.COOLING_SEASONS: "cooling season",
    PeriodUnit.DESIGN_LIFE: "year",
}
UNIT_ZH = {
    PeriodUnit.YEARS: "年",
    PeriodUnit.MONTHS: "个月",
    PeriodUnit.HEATING_SEASONS: "个采暖期",
    PeriodUnit.COOLING_SEASONS: "个供冷期",
    PeriodUnit.DESIGN_LIFE: "年（设计使用年限）",
}


def promise_en(cover: Cover) -> str:
    rule, plural = cover.rule, "s" if cover.period > 1 else ""
    return (
        f"{PROMISE_EN[rule.promise]} gives {cover.period} {UNIT_EN[rule.unit]}{plural} "
        f"from {START_EN[rule.start]} on {cover.start}, until {cover.last_day}"
    )


def promise_zh(cover: Cover) -> str:
    rule = cover.rule
    return (
        f"{PROMISE_ZH[rule.promise]}自{START_ZH[rule.start]}（{cover.start}）起 "
        f"{cover.period} {UNIT_ZH[rule.unit]}，至 {cover.last_day}"
    )

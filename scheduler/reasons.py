"""The closed list of reasons why a job is left out, with the sentence a dispatcher reads."""

from typing import NamedTuple


class Sentence(NamedTuple):
    en: str
    zh: str


REASONS = {
    "no_technician_with_skill": Sentence("No technician has all the skills it needs.", "没有技师具备全部所需技能。"),
    "no_valid_certificate": Sentence(
        "Nobody with the skills it needs holds a valid certificate for it.",
        "具备所需技能的技师均无有效证书。",
    ),
    "not_allowed": Sentence(
        "The technicians who have the skills are not those it names or is pinned to.",
        "具备技能的技师不在其指定或锁定的范围内。",
    ),
    "load_too_large": Sentence("No technician who may do it can carry its load.", "可派技师均无法承载其载量。"),
    "no_window_in_shift": Sentence(
        "No technician who may do it can be there in its windows, even with nothing else to do.",
        "可派技师即使全天只做此项，也无法在其时间窗内完成。",
    ),
    "related_job_unserved": Sentence(
        "It depends on a job that is left out.",
        "其所依赖的工作未能安排。",
    ),
    "kept_out_by_more_urgent": Sentence(
        "It would fit in the place of a job that costs more to leave out.",
        "它的时间被更紧急的工作占用。",
    ),
    "no_capacity_left": Sentence(
        "It fits nowhere between the jobs of any technician who may do it.",
        "可派技师的路线中均已无法插入。",
    ),
    "costs_more_than_it_is_worth": Sentence(
        "It fits, but serving it costs more than leaving it out.",
        "可以安排，但成本高于不安排的代价。",
    ),
    "out_of_time": Sentence(
        "The time to plan was over before every place for it was tried.",
        "规划时间已到，尚未逐一尝试。",
    ),
}

import re
from datetime import timedelta

from domain.data import read_seed
from domain.defects import DefectKind, load_defects, load_skills
from domain.triage import load_questions, tier_for
from domain.warranty_rules import load_rule_book

KINDS = load_defects()
SKILLS = load_skills()


def kind(code: str) -> DefectKind:
    return next(k for k in KINDS if k.code == code)


def test_the_catalogue_is_broad_and_every_code_and_name_stands_once() -> None:
    assert len(KINDS) >= 45
    for names in zip(*((k.code, k.name_en, k.name_zh) for k in KINDS), strict=True):
        assert len(set(names)) == len(KINDS)


def test_everything_has_a_chinese_name_too() -> None:
    named = [*KINDS, *SKILLS]
    assert all(re.search("[一-鿿]", row.name_zh) and row.name_en.isascii() for row in named)


def test_defects_need_only_known_skills_certificates_and_warranty_items() -> None:
    trades = {s.code for s in SKILLS if not s.is_certificate}
    certificates = {s.code for s in SKILLS if s.is_certificate}
    items = {item.code for item in load_rule_book().items}
    for k in KINDS:
        assert k.skills
        assert set(k.skills) <= trades
        assert set(k.certificates) <= certificates
        assert k.warranty_item in items


def test_every_trade_certificate_item_part_and_check_is_used_by_some_defect() -> None:
    assert {s for k in KINDS for s in (*k.skills, *k.certificates)} == {s.code for s in SKILLS}
    assert {k.warranty_item for k in KINDS} == {item.code for item in load_rule_book().items}
    assert {p["code"] for k in KINDS for p in k.parts} == set(read_seed("parts")["parts"])
    assert {c["code"] for k in KINDS for c in k.checklist} == {c["code"] for c in read_seed("checks")["check"]}


def test_each_question_that_a_defect_asks_can_change_its_tier() -> None:
    questions = load_questions()
    for k in KINDS:
        assert len(k.asks) <= 3
        for code in k.asks:
            assert any(tier_for(k, {code: answer}, questions) is not k.tier for answer in (True, False)), (
                k.code, code,
            )  # fmt: skip


def test_live_work_needs_an_electrician_gas_a_gas_fitter_and_height_its_certificate() -> None:
    assert all("cert:electrician" in k.certificates for k in KINDS if "electrical" in k.skills)
    assert all("cert:gas" in k.certificates for k in KINDS if "gas" in k.skills)
    assert {k.code for k in KINDS if "cert:height" in k.certificates} == {
        "roof-leak", "wall-leak", "facade-falling", "fire-escape",
    }  # fmt: skip


def test_an_electricians_certificate_is_valid_six_years_with_a_review_every_three() -> None:
    certificate = next(s for s in SKILLS if s.code == "cert:electrician")
    assert (certificate.valid_years, certificate.review_years) == (6, 3)
    assert "特种作业" in certificate.source


def test_every_repair_is_checked_for_conduct_first() -> None:
    conduct = ["uniform", "certificate-shown", "floor-protected", "tested-with-owner", "left-clean"]
    for k in KINDS:
        codes = [check["code"] for check in k.checklist]
        assert codes[:5] == conduct
        assert len(set(codes)) == len(codes)
        assert all(check["name_en"] and check["name_zh"] for check in k.checklist)


def test_a_defect_without_a_recipe_is_one_visit() -> None:
    (step,) = kind("toilet").steps
    assert (step.duration, step.wait, step.wait_at_most) == (timedelta(minutes=40), timedelta(), None)


def test_waterproofing_opens_up_stands_24_to_48_hours_under_water_and_is_finished() -> None:
    opened, coated, finished = kind("wet-room-leak").steps
    assert opened.wait == timedelta()
    assert coated.wait >= timedelta(hours=24)
    assert (finished.wait, finished.wait_at_most) == (timedelta(hours=24), timedelta(hours=48))
    assert "flood-test" in [check["code"] for check in kind("wet-room-leak").checklist]


def test_a_recipes_visits_take_the_defects_working_time_together_and_all_but_the_first_wait() -> None:
    for k in KINDS:
        assert sum((step.duration for step in k.steps), timedelta()) == k.duration
        first, *later = k.steps
        assert first.wait == timedelta()
        assert all(timedelta() < step.wait <= (step.wait_at_most or timedelta()) for step in later)


def test_loading_makes_new_rows_each_time_so_that_a_session_may_keep_them() -> None:
    assert load_defects()[0] is not KINDS[0]

"""How the owner's page is served: the same to everybody, kept from other sites, with nothing of a ticket in it."""

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.routes import owner_pages

BUILT = {"index.html": "<!doctype html><title>owner</title>", "assets/index-4f2a.js": "export {}"}
TOKEN = "x" * 43


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in BUILT.items():
        (tmp_path / "owner" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "owner" / name).write_text(content)
    monkeypatch.setattr(owner_pages, "BUILT", tmp_path / "owner")
    return tmp_path / "owner"


def test_every_link_is_the_one_page_and_no_cache_or_other_site_learns_it(
    site: TestClient[Litestar], built: Path
) -> None:
    answer = site.get(f"/o/{TOKEN}")
    assert (answer.status_code, answer.text) == (200, BUILT["index.html"])
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in answer.headers


def test_the_policy_lets_nothing_run_that_is_not_the_page_s_own(site: TestClient[Litestar], built: Path) -> None:
    policy = site.get(f"/o/{TOKEN}").headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy


def test_what_has_a_hash_in_its_name_is_kept_for_ever_and_a_missing_file_is_not_the_page(
    site: TestClient[Litestar], built: Path
) -> None:
    kept = site.get("/o/assets/index-4f2a.js")
    assert (kept.text, kept.headers["cache-control"]) == ("export {}", "public, max-age=31536000, immutable")
    assert site.get("/o/assets/gone-1234.js").status_code == 404


def test_before_it_is_built_the_page_says_in_both_languages_to_call(
    site: TestClient[Litestar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner_pages, "BUILT", tmp_path / "nothing")
    answer = site.get(f"/o/{TOKEN}")
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert "请致电服务中心" in answer.text
    assert "Please call the office" in answer.text

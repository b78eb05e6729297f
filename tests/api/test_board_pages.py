"""How the board is served: one page for every address below it, nothing foreign on it, and its files kept for ever."""

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.routes import board_pages

BUILT = {"index.html": "<!doctype html><title>board</title>", "assets/index-4f2a.js": "export {}"}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in BUILT.items():
        (tmp_path / "board" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "board" / name).write_text(content)
    monkeypatch.setattr(board_pages, "BUILT", tmp_path / "board")
    return tmp_path / "board"


@pytest.mark.parametrize("address", ["/board", "/board?day=2026-03-03&job=1", "/board/planning/2026-03-03"])
def test_every_address_below_it_is_the_one_page(site: TestClient[Litestar], built: Path, address: str) -> None:
    answer = site.get(address)
    assert (answer.status_code, answer.text) == (200, BUILT["index.html"])
    assert answer.headers["cache-control"] == "no-cache"


def test_the_policy_lets_nothing_run_that_is_not_the_page_s_own(site: TestClient[Litestar], built: Path) -> None:
    policy = site.get("/board").headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["worker-src"] == "'self'"
    assert "unsafe" not in policy


def test_what_has_a_hash_in_its_name_is_kept_for_ever_and_a_missing_file_is_not_the_page(
    site: TestClient[Litestar], built: Path
) -> None:
    kept = site.get("/board/assets/index-4f2a.js")
    assert (kept.text, kept.headers["cache-control"]) == ("export {}", "public, max-age=31536000, immutable")
    assert site.get("/board/assets/gone-1234.js").status_code == 404


def test_before_it_is_built_it_says_how_and_leads_to_the_plain_pages(
    site: TestClient[Litestar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_pages, "BUILT", tmp_path / "nothing")
    answer = site.get("/board")
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert "./doorstep --version" in answer.text
    assert '<a href="/">' in answer.text

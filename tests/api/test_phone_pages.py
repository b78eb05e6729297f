"""How the phone's pages are served: from where they were built, with what a browser may do with them."""

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.routes import phone_pages

BUILT = {
    "index.html": "<!doctype html><title>phone</title>",
    "sw.js": "// keeps pages",
    "manifest.webmanifest": "{}",
    "assets/index-4f2a.js": "export {}",
    "assets/index-4f2a.css": "body {}",
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in BUILT.items():
        (tmp_path / "phone" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "phone" / name).write_text(content)
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(phone_pages, "BUILT", tmp_path / "phone")
    return tmp_path / "phone"


@pytest.mark.parametrize("path", ["/phone", "/phone/", "/phone/map", "/phone/stops/0195583c-2f00/sign"])
def test_every_address_of_the_app_is_its_one_page_and_asked_for_anew(
    site: TestClient[Litestar], built: Path, path: str
) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.text) == (200, BUILT["index.html"])
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", [name for name in BUILT if name.startswith("assets/")])
def test_what_has_a_hash_in_its_name_is_kept_for_ever(site: TestClient[Litestar], built: Path, name: str) -> None:
    answer = site.get(f"/phone/{name}")
    assert (answer.status_code, answer.text) == (200, BUILT[name])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in answer.headers


def test_the_service_worker_may_look_after_the_whole_app_and_is_never_kept(
    site: TestClient[Litestar], built: Path
) -> None:
    answer = site.get("/phone/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["service-worker-allowed"] == "/phone"
    assert answer.headers["cache-control"] == "no-cache"


def test_the_policy_lets_nothing_run_that_is_not_the_app_s_own(site: TestClient[Litestar], built: Path) -> None:
    headers = site.get("/phone").headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["assets/gone-1234.js", "assets/gone", "favicon.ico", "../secret.txt", "%2e%2e/secret.txt", "a%00.js"]
)
def test_a_file_that_is_not_there_is_not_the_page(site: TestClient[Litestar], built: Path, path: str) -> None:
    answer = site.get(f"/phone/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


def test_a_new_build_is_served_without_a_new_start(site: TestClient[Litestar], built: Path) -> None:
    assert site.get("/phone").text == BUILT["index.html"]
    (built / "index.html").write_text("newer")
    assert site.get("/phone").text == "newer"


def test_before_it_is_built_the_page_says_in_both_languages_how(
    site: TestClient[Litestar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_pages, "BUILT", tmp_path / "nothing")
    answer = site.get("/phone/map")
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert answer.text.count("./doorstep --version") == answer.text.count("npm ci") == 2
    assert 'lang="zh-CN"' in answer.text

"""The first load of each face keeps to its budget, or the build fails."""

import os
from pathlib import Path

import pytest
from built_pages import npm

FACES = {"phone": ("/phone/", 350), "owner": ("/o/", 200), "board": ("/board/", 200)}


def made_up(built: Path, face: str, kilobytes: int) -> None:
    """A page whose first load has so many kilobytes that can't be compressed, and 600 more that come later."""
    assets = built / face / "assets"
    assets.mkdir(parents=True)
    base = FACES[face][0]
    (assets.parent / "index.html").write_text(f'<script type="module" src="{base}assets/a.js"></script>')
    (assets / "a.js").write_text('import"./b.js";const map=()=>import("./later.js");')
    (assets / "b.js").write_bytes(os.urandom(kilobytes * 1024))
    (assets / "later.js").write_bytes(os.urandom(600 * 1024))


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("fits", [True, False])
def test_a_first_load_over_its_budget_fails_the_build_whatever_comes_later(
    tmp_path: Path, face: str, fits: bool
) -> None:
    for other in FACES:
        made_up(tmp_path, other, FACES[other][1] + (-20 if fits or other != face else 20))
    judged = npm("run", "budget", WEB_OUT=str(tmp_path))
    assert (judged.returncode == 0) is fits, judged.stdout + judged.stderr
    assert f"{FACES[face][0]}assets/b.js" in judged.stdout
    assert "later.js" not in judged.stdout


def test_the_faces_as_they_are_keep_to_their_budgets() -> None:
    judged = npm("run", "budget")
    assert judged.returncode == 0, judged.stdout
    for face, (_, budget) in FACES.items():
        assert f"First load of the {face}" in judged.stdout
        assert f"of {budget} KB gzip" in judged.stdout

"""docs/add-a-planning-rule.md, followed step by step in a copy: every snippet fits today's code, and the rule works."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/add-a-planning-rule.md").read_text(encoding="utf-8")
STEP = re.compile(r"`([\w./]+\.py)`:\n\n```(python|diff)\n(.*?)```", re.DOTALL)


def follow(page: str, copy: Path) -> None:
    for path, kind, snippet in STEP.findall(page):
        file = copy / path
        if kind == "python":
            assert not file.exists(), f"{path} is there already"
            file.write_text(snippet, encoding="utf-8")
        else:
            lines = snippet.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            after = "".join(line[1:] for line in lines if line[0] in " +")
            code = file.read_text(encoding="utf-8")
            assert code.count(before) == 1, f"{path} has changed: the page expects there\n{before}"
            file.write_text(code.replace(before, after), encoding="utf-8")


def outcome(copy: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(copy), *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(copy), str(copy / "tests" / "scheduler")])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


def test_the_worked_example_works(tmp_path: Path) -> None:
    for folder in ("scheduler", "tests/scheduler"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    rule = "tests/scheduler/test_rule_avoided.py"
    judge, search = PAGE.split("## 4. The search")

    follow(judge, tmp_path)
    told = outcome(tmp_path, rule)
    assert "1 failed, 2 passed" in told, told

    follow(search, tmp_path)
    told = outcome(tmp_path, rule, "tests/scheduler/test_reasons.py", "tests/scheduler/test_rule_pins.py")
    assert re.search(r"^\d+ passed", told, re.MULTILINE), told

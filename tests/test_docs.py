"""Documentation that fails when it lies: links, names, commands and tables are held against the code."""

import re
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from litestar.exceptions import HTTPException
from litestar.testing import RequestFactory

from api import problems
from api.cli import COMMANDS, main
from api.settings import Settings
from domain.errors import DomainError

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ROOMS = ("domain", "scheduler", "mobile_contract", "api")
HOSTS = {"127.0.0.1", "localhost", "maps.local", "keepachangelog.com", "semver.org", "tus.io"}
"""Addresses that a page may name: any other is somebody's machine, or needs a look."""
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp)/")
LEFT_OVER = re.compile(r"\b(?:TODO|FIXME|TBD|lorem ipsum)\b", re.IGNORECASE)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def words_of(page: str | Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def table(page: str, first: str) -> list[list[str]]:
    """The rows of all tables whose first heading is `first`, cells without backticks."""
    found = re.findall(rf"^\| {first} \|.*\n\|[-|]+\n((?:\|.*\n)+)", words_of(page), re.MULTILINE)
    assert found, f"{page} has no table of {first}"
    lines = [line for rows in found for line in rows.splitlines()]
    return [[cell.strip().strip("`") for cell in line[1:-1].split("|")] for line in lines]


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", words_of(page)):
        if "://" not in link:
            path, _, heading = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{link} leads nowhere"
            assert not heading or heading in anchors(target), f"{link}: there is no such heading"


def anchors(page: Path) -> set[str]:
    """As they are made from headings."""
    headings = re.findall(r"^#+ (.+)$", words_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_another() -> None:
    linked = set()
    for page in PAGES:
        for link in re.findall(r"\]\(([^)\s#]+)[^)]*\)", words_of(page)):
            linked.add((page.parent / link).resolve())
    linked |= {page for page in PAGES if page.parent in linked}
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in linked] == ["README.md"]


@every_page
def test_every_file_and_folder_that_a_page_names_is_there(page: Path) -> None:
    made_here = set(re.findall(r"`([\w./]+)`:\n\n```python", words_of(page)))
    for name in set(re.findall(r"`([\w.-]+/[\w./-]*)`", words_of(page))) - made_here:
        if name.split("/")[0] in (*ROOMS, "tests", "bench", "docs"):
            assert (ROOT / name).exists(), f"there is no {name}"


@every_page
def test_no_page_names_a_machine_s_path_an_unknown_address_or_work_left_over(page: Path) -> None:
    assert MACHINE_PATH.findall(words_of(page)) == []
    assert LEFT_OVER.findall(words_of(page)) == []
    assert set(re.findall(r"https?://([\w.-]+\w)", words_of(page))) <= HOSTS


def commands_in(page: Path) -> Iterator[str]:
    """What stands after `doorstep` in code, such as "phone arrive 1"."""
    blocks = re.findall(r"```\w*\n(.*?)```", words_of(page), re.DOTALL)
    for block in blocks:
        yield from re.findall(r"^\s*(?:\./|doorstep/)?doorstep +([^#\n]+)", block, re.MULTILINE)
    yield from re.findall(r"`(?:\./)?doorstep ([^`\n]+)`", re.sub(r"```.*?```", "", words_of(page), flags=re.DOTALL))


@every_page
def test_every_command_that_a_page_shows_is_one_with_the_options_it_shows(page: Path) -> None:
    for line in commands_in(page):
        first, *rest = line.split()
        if first in ("test", "faults", "COMMAND"):  # the launcher's own; any
            continue
        context = click.Context(main)
        command: Any = main.get_command(context, first)
        assert command, f"there is no doorstep {first}"
        options = {"--help", *(name for option in command.params for name in option.opts)}
        if isinstance(command, click.Group):
            below = next((command.commands[word] for word in rest if word in command.commands), None)
            assert below or not [word for word in rest if word.islower()], f"there is no doorstep {line}"
            options |= {name for option in below.params for name in option.opts} if below else set()
        assert {word for word in rest if word.startswith("--")} <= options, line


def test_the_readme_tells_of_every_command() -> None:
    told = {name.split()[1] for row in table("README.md", "command") for name in row[0].split("`, `")}
    assert told == set(COMMANDS)


def test_the_settings_are_those_of_the_code() -> None:
    told = [tuple(row) for row in table("docs/settings.md", "variable")]
    real = [(one.metadata["variable"], str(one.default), one.metadata["about"]) for one in fields(Settings)]
    assert told[: len(real)] == real


def test_every_variable_of_doorstep_s_own_is_explained_and_every_explained_one_is_read() -> None:
    sources = [*ROOT.glob("api/**/*.py"), ROOT / "Dockerfile", ROOT / "docker-compose.yml"]
    used = {name for source in sources for name in re.findall(r"\bDOORSTEP_[A-Z_]+\b", words_of(source))}
    assert set(re.findall(r"\bDOORSTEP_[A-Z_]+\b", words_of("docs/settings.md"))) == used


def descendants(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def test_the_error_codes_are_those_of_the_code() -> None:
    real = {code: str(status) for status, code in problems.CODES_OF_HTTP.items()}
    for kind in descendants(DomainError):
        status = str(next(problems.STATUS[parent] for parent in kind.__mro__ if parent in problems.STATUS))
        assert real.setdefault(kind.code, status) == status
    request = RequestFactory().get("/")
    for other in (problems.of_database(request, OSError()), problems.of_anything(request, OSError())):
        real[other.content.code] = str(other.status_code)
    real[problems.of_http(request, HTTPException(status_code=418)).content.code] = "any other"
    assert {row[0]: row[1] for row in table("docs/errors.md", "code")} == real


def test_every_folder_of_a_room_is_in_where_things_live() -> None:
    files = [file.relative_to(ROOT) for room in ROOMS for file in (ROOT / room).rglob("*") if file.is_file()]
    folders = {f"{above}/" for file in files if "__pycache__" not in file.parts for above in list(file.parents)[:-1]}
    told = [row[0] for row in table("docs/where-things-live.md", "folder")]
    assert sorted(name for name in told if name.startswith(ROOMS)) == sorted(folders)


def test_every_word_of_the_glossary_is_in_the_code() -> None:
    for *_, name in table("docs/glossary.md", "word"):
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute) or import_module(name), name


@every_page
def test_pages_say_the_field_s_words(page: Path) -> None:
    others = [other for row in table("docs/glossary.md", "say") for other in row[1].split(", ")]
    words = re.sub(r"^\| say \|.*(?:\n\|.*)+", "", words_of(page), flags=re.MULTILINE)
    assert [other for other in others if re.search(rf"\b{other}s?\b", words, re.IGNORECASE)] == []


def test_decisions_are_numbered_and_say_what_they_cost_and_what_was_rejected() -> None:
    pages = sorted(ROOT.glob("docs/decisions/*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert words_of(page).startswith(f"# {page.name[:4]} ")
        for part in ("**Decision.**", "**What it costs.**", "**Rejected.**"):
            assert words_of(page).count(part) == 1, f"{page.name}: {part}"


def test_the_hooks_before_a_commit_run_what_the_lock_file_pins_and_fetch_no_repository() -> None:
    repositories = yaml.safe_load(words_of(".pre-commit-config.yaml"))["repos"]
    assert [one["repo"] for one in repositories] == ["local"]
    tools = [hook["entry"].removeprefix("uv run --locked ").split()[0] for hook in repositories[0]["hooks"]]
    assert tools == ["ruff", "ruff", "mypy", "lint-imports"]

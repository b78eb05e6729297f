"""`./doorstep` on a computer without uv: a real installation, of a tiny project in place of the big one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from checkouts import Checkout, KernelCheckout, WebCheckout

ROOT = Path(__file__).parents[1]

# What the script itself calls, and so all that a computer must have beside Python.
TOOLS = ["sh", "cat", "chmod", "dirname", "id", "mkdir", "mv", "readlink", "rm", "tail"]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PATH with the least there can be: these tools, no Python and no uv."""
    folder = tmp_path_factory.mktemp("tools")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("python")
    (folder / "python3").symlink_to(Path(sys.executable).resolve())
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, tools: Path, python: Path) -> Checkout:
    """Installed from nothing, in a folder with a space in its name, called from another one."""
    checkout = Checkout(tmp_path_factory.mktemp("launcher") / "my checkout", tools, python)
    code, said, complained = checkout.run("solve", "my problem.json", cwd=tools)
    if code == 1 and "could not install uv" in complained:
        tried = (checkout.folder / ".uv" / "install.log").read_text()
        if "NewConnectionError" in tried or "name resolution" in tried:
            pytest.skip("the package registry can't be reached")
    assert code == 7, complained
    assert said.rstrip().endswith(f"{tools} ['solve', 'my problem.json']")
    return checkout


@pytest.fixture
def fresh(tmp_path: Path, checkout: Checkout, tools: Path) -> Checkout:
    """Another checkout, with the uv of the first one on its PATH."""
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv").symlink_to(checkout.folder / ".uv" / "uv")
    return Checkout(tmp_path / "checkout", tmp_path / "uv", tools, *checkout.path)


def test_without_uv_it_gets_one_into_a_folder_of_its_own(checkout: Checkout) -> None:
    made = {path.name for path in checkout.folder.iterdir()} - {"src", "pyproject.toml", "uv.lock", "doorstep"}
    assert made == {".uv", ".venv"}
    assert {path.name for path in (checkout.folder / ".uv").iterdir()} == {"uv", "install.log"}
    assert {path.name for path in checkout.home.iterdir()} <= {".cache"}


def test_the_second_run_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    uv = checkout.folder / ".uv" / "uv"
    before = uv.stat().st_mtime_ns
    code, _, complained = checkout.run()
    assert (code, complained) == (7, "")
    assert uv.stat().st_mtime_ns == before


def test_a_recent_uv_on_the_path_is_used(fresh: Checkout) -> None:
    assert fresh.run()[0] == 7
    assert not (fresh.folder / ".uv" / "uv").exists()


def test_a_uv_that_is_too_old_is_not_used(checkout: Checkout, tmp_path: Path) -> None:
    old = tmp_path / "uv"
    old.write_text("#!/bin/sh\necho uv 0.7.22\n")
    old.chmod(0o755)
    code, _, complained = checkout.run(PATH=os.pathsep.join(map(str, [tmp_path, *checkout.path])))
    assert (code, complained) == (7, "")


def test_a_link_to_it_works_and_so_does_a_moved_checkout(fresh: Checkout, tmp_path: Path) -> None:
    assert fresh.run()[0] == 7
    fresh.folder = fresh.folder.rename(tmp_path / "moved checkout")
    assert fresh.run()[0] == 7
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "doorstep").symlink_to("../moved checkout/doorstep")
    fresh.folder = tmp_path / "bin"
    assert fresh.run()[0] == 7
    assert [path.name for path in fresh.folder.iterdir()] == ["doorstep"]


def test_a_home_folder_that_cannot_be_written_to_is_no_obstacle(fresh: Checkout) -> None:
    code, _, complained = fresh.run(HOME="/dev/null")
    assert code == 7, complained
    assert (fresh.folder / ".uv" / "cache").is_dir()


def test_an_environment_elsewhere_is_respected(fresh: Checkout, tmp_path: Path) -> None:
    assert fresh.run(UV_PROJECT_ENVIRONMENT=str(tmp_path / "elsewhere"))[0] == 7
    assert (tmp_path / "elsewhere" / "pyvenv.cfg").exists()
    assert not (fresh.folder / ".venv").exists()


@pytest.mark.parametrize("lost", ["lib", "pyvenv.cfg"])
def test_an_installation_that_was_cut_short_is_repaired(fresh: Checkout, lost: str) -> None:
    assert fresh.run()[0] == 7
    ended = subprocess.Popen(["true"])
    ended.wait()
    (fresh.folder / ".uv" / "installing").write_text(f"{ended.pid}\n")
    if lost == "lib":
        [package] = (fresh.folder / ".venv").glob("lib/python*/site-packages/*doorstep*.pth")
        package.unlink()
    else:
        (fresh.folder / ".venv" / lost).unlink()
        (fresh.folder / ".venv" / "bin" / "python").unlink()
    code, _, complained = fresh.run()
    assert code == 7, complained
    assert not (fresh.folder / ".uv" / "installing").exists()
    assert fresh.run()[2] == ""


def test_a_lock_file_that_does_not_fit_is_an_error_and_not_rewritten(fresh: Checkout) -> None:
    before = (fresh.folder / "uv.lock").read_text()
    project = fresh.folder / "pyproject.toml"
    project.write_text(project.read_text().replace('version = "1"', 'version = "1"\ndependencies = ["click"]'))
    code, _, complained = fresh.run()
    assert code == 1
    assert "lockfile" in complained
    assert (fresh.folder / "uv.lock").read_text() == before


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, -signal.SIGINT)])
def test_signals_reach_the_program_and_nothing_stays_behind(checkout: Checkout, sign: int, status: int) -> None:
    process = checkout.start("wait")
    assert process.stdout
    pid = int(process.stdout.readline().split()[0])
    assert pid == process.pid  # the script has become the program: there is nobody to pass a signal on
    process.send_signal(sign)
    began = time.monotonic()
    process.communicate(timeout=20)
    assert process.returncode == status
    assert time.monotonic() - began < 5


def test_with_nothing_to_install_it_says_what_it_takes(tmp_path: Path, tools: Path) -> None:
    bare = Checkout(tmp_path / "checkout", tools)
    code, said, complained = bare.run("demo")
    assert (code, said) == (1, "")
    assert "Python 3.11 or newer with venv or pip (Debian: apt-get install python3-venv), or curl" in complained
    assert not list(bare.folder.glob(".uv/new.*"))


@pytest.fixture
def with_kernel(tmp_path: Path, fresh: Checkout) -> KernelCheckout:
    compilers, makers = tmp_path / "compilers", tmp_path / "makers"
    for folder, names in ((compilers, ["c++", "as", "ld", "ar", "ranlib"]), (makers, ["cmake", "ninja"])):
        folder.mkdir()
        for name in names:
            if found := shutil.which(name):
                (folder / name).symlink_to(found)
            elif folder is compilers:
                pytest.skip(f"there is no {name} here to build a kernel with")
    return KernelCheckout(tmp_path / "with kernel", compilers, makers, *fresh.path)


def test_the_kernel_is_built_with_the_compiler_that_is_there_and_anew_when_its_source_changes(
    with_kernel: KernelCheckout,
) -> None:
    code, complained = with_kernel.build(compiler=True)
    assert code == 7, complained
    assert "building the search kernel with c++" in complained
    first = with_kernel.built
    assert first
    assert with_kernel.build(compiler=True) == (7, "")
    assert with_kernel.build(compiler=False) == (7, "")  # what is built is built
    (with_kernel.native / "kernel.cpp").write_text("int two() { return 2; }\n")
    assert with_kernel.build(compiler=True)[0] == 7
    assert with_kernel.built > first


def test_without_a_compiler_one_is_fetched(with_kernel: KernelCheckout) -> None:
    with_kernel.let_zig_be_fetched()
    code, complained = with_kernel.build(compiler=False)
    assert code == 7, complained
    assert "here is no C++20 compiler, so one is fetched" in complained
    assert with_kernel.built, (with_kernel.folder / ".uv" / "kernel.log").read_text()
    assert with_kernel.build(compiler=False) == (7, "")


def test_with_no_compiler_to_be_had_it_says_so_once_and_tries_again_when_there_is_one(
    with_kernel: KernelCheckout,
) -> None:
    code, complained = with_kernel.build(compiler=False)
    assert code == 7, complained
    assert "goes without its search kernel: here is no C++20 compiler" in complained
    assert with_kernel.build(compiler=False) == (7, "")
    assert not with_kernel.built
    assert with_kernel.build(compiler=True)[0] == 7
    assert with_kernel.built
    assert not (with_kernel.folder / ".uv" / "no-kernel").exists()


def test_a_kernel_that_does_not_compile_is_shown_and_no_old_one_stays(with_kernel: KernelCheckout) -> None:
    source = with_kernel.native / "kernel.cpp"
    assert with_kernel.build(compiler=True)[0] == 7
    source.write_text("int one() { return one and only; }\n")
    code, complained = with_kernel.build(compiler=True)
    assert code == 7
    assert "kernel.cpp:1" in complained
    assert "goes without its search kernel: it could not be built" in complained
    assert not with_kernel.built
    assert with_kernel.build(compiler=True) == (7, "")
    source.write_text("int one() { return 1; }\n")
    assert with_kernel.build(compiler=True)[0] == 7
    assert with_kernel.built


@pytest.fixture
def with_web(tmp_path: Path, fresh: Checkout) -> WebCheckout:
    nodes = tmp_path / "nodes"
    nodes.mkdir()
    for name in ("node", "npm"):
        found = shutil.which(name)
        if not found:
            pytest.skip("there is no Node.js here to build pages with")
        (nodes / name).symlink_to(Path(found).resolve())
    return WebCheckout(tmp_path / "with web", nodes, *fresh.path)


def test_the_pages_are_built_once_and_anew_when_their_sources_change(with_web: WebCheckout) -> None:
    code, complained = with_web.build(node=True)
    assert (code, with_web.built) == (7, "one"), complained
    assert "building the pages in web/" in complained
    assert with_web.build(node=True) == (7, "")
    assert with_web.build(node=False) == (7, "")  # what is built is built
    with_web.let_pages_say("two")
    assert "installing" not in with_web.build(node=True)[1]
    assert with_web.built == "two"
    assert [path.name for path in with_web.web.glob("dist*")] == ["dist"]


def test_without_node_it_says_so_once_and_builds_when_there_is_one(with_web: WebCheckout) -> None:
    code, complained = with_web.build(node=False)
    assert code == 7
    assert "Doorstep goes without the pages of these sources" in complained
    assert "here is no recent Node.js (Debian: apt-get install nodejs npm), and none could be fetched" in complained
    assert with_web.build(node=False) == (7, "")
    assert with_web.built == ""
    assert with_web.build(node=True)[0] == 7
    assert with_web.built == "one"


def test_pages_that_do_not_build_are_shown_and_the_old_ones_stay(with_web: WebCheckout) -> None:
    assert with_web.build(node=True)[0] == 7
    (with_web.web / "make.mjs").write_text("throw new Error('a page is missing');")
    code, complained = with_web.build(node=True)
    assert code == 7
    assert "a page is missing" in complained
    assert with_web.built == "one"
    assert with_web.build(node=True) == (7, "")
    with_web.let_pages_say("three")
    assert with_web.build(node=True)[0] == 7
    assert with_web.built == "three"


def test_building_the_pages_can_be_turned_off(with_web: WebCheckout) -> None:
    code, complained = with_web.build(node=True, DOORSTEP_WEB="off")
    assert code == 7
    assert "the pages in web/" not in complained
    assert with_web.built == ""


def test_ci_runs_the_whole_checking_from_any_folder() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines == ["#!/usr/bin/env bash", 'cd "$(dirname "$0")/.." && exec ./doorstep test']
    assert os.access(ROOT / "doorstep", os.X_OK)

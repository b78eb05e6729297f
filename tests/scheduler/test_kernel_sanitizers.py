"""The kernel's sources without Python, under the compiler's sanitizers: what a crash would show too late, or never."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SANITIZERS = "address;undefined"
REPORTS = ("Sanitizer", "runtime error:")
"""Words of a report; without one, standard error is the program's own."""

PROBE = "int main(int arguments, char **) { return new int[1]{arguments} == nullptr; }"
PROBE_OPTIONS = ("-std=c++20", "-fsanitize=" + SANITIZERS.replace(";", ","), "-x", "c++", "-")


def compiler_with_sanitizers(folder: Path) -> str | None:
    """The first one whose program also runs here: some containers don't let a sanitizer have its memory."""
    for name in filter(None, [os.environ.get("CXX"), "c++", "g++", "clang++"]):
        if (compiler := shutil.which(name)) and makes_a_program_that_runs(compiler, folder / "probe"):
            return compiler
    return None


def makes_a_program_that_runs(compiler: str, probe: Path) -> bool:
    if subprocess.run([compiler, *PROBE_OPTIONS, "-o", probe], input=PROBE.encode(), capture_output=True).returncode:
        return False
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # it leaks, so that its `new` is not optimized away
    return subprocess.run([probe], env=environment, capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def kernel_check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kernel_check")
    compiler = compiler_with_sanitizers(folder)
    if compiler is None:
        pytest.skip("no C++ compiler here has the address and undefined-behaviour sanitizers")
    scripts = Path(sysconfig.get_path("scripts"))
    configure = [
        *("cmake", "-S", ROOT / "scheduler/native", "-B", folder, "-G", "Ninja"),
        f"-DCMAKE_MAKE_PROGRAM={scripts / 'ninja'}",
        f"-DCMAKE_CXX_COMPILER={compiler}",
        f"-DDOORSTEP_SANITIZE={SANITIZERS}",
    ]
    for command in (configure, ["cmake", "--build", folder, "--parallel", "2"]):
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "kernel_check"


@pytest.mark.parametrize(("first", "last"), [(1, 9), (10, 10), (11, 19)], ids=["small", "large", "small again"])
def test_searches_are_right_and_give_no_sanitizer_anything_to_report(kernel_check: Path, first: int, last: int) -> None:
    """Of days made up from these seeds; each is judged anew by the program itself."""
    done = subprocess.run([kernel_check, str(first), str(last)], capture_output=True, text=True, timeout=120)
    assert not [line for line in done.stderr.splitlines() if any(word in line for word in REPORTS)], done.stderr
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("1",), ("2", "1"), ("0", "1"), ("1", "x"), ("1", "2", "3")], ids=str)
def test_other_arguments_than_two_seeds_are_refused(kernel_check: Path, arguments: tuple[str, ...]) -> None:
    done = subprocess.run([kernel_check, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "kernel_check FIRST LAST: two seeds above 0, the smaller one first\n")

"""Tiny projects in place of the big one, for `./doorstep` to install for real."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]

PROJECT = """\
[project]
name = "doorstep"
version = "1"
requires-python = ">=3.11"
scripts = { doorstep = "tiny:main" }
[build-system]
requires = ["uv_build"]
build-backend = "uv_build"
[tool.uv.build-backend]
module-name = "tiny"
"""

# The same with a kernel in C++, and a package in place of the 100 MB of Zig: it calls the compiler that the PATH lacks.
KERNEL_PROJECT = """\
[project]
name = "doorstep"
version = "1"
requires-python = ">=3.11"
scripts = { doorstep = "tiny:main" }
[dependency-groups]
compiler = ["ziglang"]
[build-system]
requires = ["scikit-build-core==1.1.2"]
build-backend = "scikit_build_core.build"
[tool.scikit-build]
cmake.source-dir = "scheduler/native"
wheel.packages = ["src/tiny"]
[[tool.scikit-build.overrides]]
if.env.DOORSTEP_KERNEL = "^off$"
wheel.cmake = false
[tool.uv]
cache-keys = [{ file = "scheduler/native/*.cpp" }]
sources = { ziglang = { path = "zig" } }
"""

KERNEL_LOCK = """\
version = 1
requires-python = ">=3.11"

[[package]]
name = "doorstep"
version = "1"
source = { editable = "." }

[package.dev-dependencies]
compiler = [{ name = "ziglang" }]

[package.metadata.requires-dev]
compiler = [{ name = "ziglang", directory = "zig" }]

[[package]]
name = "ziglang"
version = "1"
source = { directory = "zig" }
"""

KERNEL = """\
cmake_minimum_required(VERSION 3.18...4.4)
project(kernel LANGUAGES CXX)
add_library(_kernel MODULE kernel.cpp)
set_target_properties(_kernel PROPERTIES PREFIX "" SUFFIX ".so" CXX_STANDARD 20)
install(TARGETS _kernel LIBRARY DESTINATION ${CMAKE_CURRENT_SOURCE_DIR})
"""

ZIG_PROJECT = """\
[project]
name = "ziglang"
version = "1"
requires-python = ">=3.11"
[build-system]
requires = ["uv_build"]
build-backend = "uv_build"
"""

ZIG = """\
import os, sys

tools = {tools!r}
tool, *arguments = sys.argv[1:]
os.environ["PATH"] += os.pathsep + os.path.dirname(tools[tool])
os.execv(tools[tool], [tools[tool], *(argument for argument in arguments if argument != "-mcpu=baseline")])
"""

MAKE = """\
import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync(`${process.env.WEB_OUT}/phone`, { recursive: true });
writeFileSync(`${process.env.WEB_OUT}/phone/index.html`, "WHAT");
"""

PROGRAM = """\
import os, sys, time

def main():
    print(os.getpid(), os.getcwd(), sys.argv[1:], flush=True)
    if "wait" in sys.argv:
        time.sleep(60)
    sys.exit(7)
"""


class Checkout:
    def __init__(self, folder: Path, *path: Path) -> None:
        self.folder = folder
        self.path = path
        self.home = folder.parent / "home"
        (folder / "src" / "tiny").mkdir(parents=True)
        (folder / "pyproject.toml").write_text(PROJECT)
        (folder / "src" / "tiny" / "__init__.py").write_text(PROGRAM)
        (folder / "uv.lock").write_text(
            'version = 1\nrequires-python = ">=3.11"\n\n'
            '[[package]]\nname = "doorstep"\nversion = "1"\nsource = { editable = "." }\n'
        )
        shutil.copy(ROOT / "doorstep", folder)
        self.home.mkdir(exist_ok=True)

    def start(self, *args: str, cwd: Path | None = None, **environment: str) -> "subprocess.Popen[str]":
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV", "XDG_"))
        }
        kept.pop("CXX", None)
        kept |= {"PATH": os.pathsep.join(map(str, self.path)), "HOME": str(self.home), "DOORSTEP_KERNEL": "off"}
        kept |= environment
        return subprocess.Popen(
            [self.folder / "doorstep", *args],
            env=kept,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str, cwd: Path | None = None, **environment: str) -> tuple[int, str, str]:
        process = self.start(*args, cwd=cwd, **environment)
        said, complained = process.communicate(timeout=60)
        return process.returncode, said, complained


class KernelCheckout(Checkout):
    """A project with a kernel to build. `compilers` is a folder for the PATH that has one."""

    def __init__(self, folder: Path, compilers: Path, *path: Path) -> None:
        super().__init__(folder, *path)
        self.compilers = compilers
        self.native = folder / "scheduler" / "native"
        self.native.mkdir(parents=True)
        (self.native / "CMakeLists.txt").write_text(KERNEL)
        (self.native / "kernel.cpp").write_text("int one() { return 1; }\n")
        (folder / "pyproject.toml").write_text(KERNEL_PROJECT)
        (folder / "uv.lock").write_text(KERNEL_LOCK)
        (folder / "zig").mkdir()
        (folder / "zig" / "pyproject.toml").write_text(ZIG_PROJECT)

    def let_zig_be_fetched(self) -> None:
        package = self.folder / "zig" / "src" / "ziglang"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        tools = {tool: shutil.which(tool) for tool in ("c++", "ar", "ranlib")}
        (package / "__main__.py").write_text(ZIG.format(tools=tools))

    def build(self, *args: str, compiler: bool) -> tuple[int, str]:
        path = [self.compilers, *self.path] if compiler else self.path
        code, _, complained = self.run(*args, PATH=os.pathsep.join(map(str, path)), DOORSTEP_KERNEL="")
        return code, complained

    @property
    def built(self) -> int:
        """Which build of the kernel is there; 0 for none."""
        kernel = self.native / "_kernel.so"
        return kernel.stat().st_mtime_ns if kernel.exists() else 0


class WebCheckout(Checkout):
    """A project with pages to build. `nodes` is a folder for the PATH that has Node and npm."""

    def __init__(self, folder: Path, nodes: Path, *path: Path) -> None:
        super().__init__(folder, *path)
        self.nodes = nodes
        self.web = folder / "web"
        self.web.mkdir()
        shutil.copy(ROOT / "web" / "build.py", self.web)
        (self.web / "package.json").write_text('{"name": "tiny", "scripts": {"build": "node make.mjs"}}')
        (self.web / "package-lock.json").write_text('{"name": "tiny", "lockfileVersion": 3, "packages": {"": {}}}')
        self.let_pages_say("one")

    def let_pages_say(self, what: str) -> None:
        (self.web / "make.mjs").write_text(MAKE.replace("WHAT", what))

    def build(self, *, node: bool, **environment: str) -> tuple[int, str]:
        path = [self.nodes, *self.path] if node else self.path
        code, _, complained = self.run(PATH=os.pathsep.join(map(str, path)), **environment)
        return code, complained

    @property
    def built(self) -> str:
        """What the pages say; nothing before there are any."""
        page = self.web / "dist" / "phone" / "index.html"
        return page.read_text() if page.exists() else ""

"""The phone's sources by their own tools: types against the contract's schema, and units."""

import json
import struct

import pytest
from built_pages import WEB, npm


def test_the_types_hold_against_the_contract_as_it_is_now() -> None:
    checked = npm("run", "check")
    assert checked.returncode == 0, checked.stdout[-4000:]


def test_the_units_keep_what_they_promise() -> None:
    tested = npm("test")
    assert tested.returncode == 0, (tested.stdout + tested.stderr)[-4000:]


@pytest.mark.parametrize(
    ("name", "pixels"),
    [("icon-192", 192), ("icon-512", 512), ("icon-maskable-512", 512), ("apple-touch-icon", 180)],
)
def test_an_icon_is_as_large_as_it_is_said_to_be(name: str, pixels: int) -> None:
    content = (WEB / "phone" / "public" / f"{name}.png").read_bytes()
    assert struct.unpack(">8s8x2I", content[:24]) == (b"\x89PNG\r\n\x1a\n", pixels, pixels)
    if name.startswith("icon"):
        assert f'{{ src: "{name}.png", sizes: "{pixels}x{pixels}"' in (WEB / "phone" / "vite.config.ts").read_text()


def test_the_lock_file_names_no_registry_and_pins_every_package_with_its_hash() -> None:
    text = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved": "http' not in text
    packages = json.loads(text)["packages"]
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    assert packages[""]["dependencies"] == wanted["dependencies"]
    assert packages[""]["devDependencies"] == wanted["devDependencies"]
    assert [name for name, one in packages.items() if name and "integrity" not in one and not one.get("inBundle")] == []

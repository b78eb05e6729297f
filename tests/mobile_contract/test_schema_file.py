"""The committed schema is the code's own, and breaks no phone that is in the field."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from mobile_contract.compatibility import breaks
from mobile_contract.schema import CURRENT, FROZEN, schema, text
from mobile_contract.schema import __main__ as command


def test_the_committed_schema_is_what_the_code_says() -> None:
    assert CURRENT.read_text("utf-8") == text(schema()), "run: python -m mobile_contract.schema"


def test_the_code_breaks_nothing_that_phones_were_built_against() -> None:
    assert breaks(json.loads(FROZEN.read_text("utf-8")), schema()) == []


def test_the_schema_is_valid_json_schema_with_every_reference_in_it() -> None:
    jsonschema_rs.meta.validate(schema())
    for name in schema()["$defs"]:
        jsonschema_rs.Draft202012Validator({**schema(), "$ref": f"#/$defs/{name}"})


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    current, frozen = tmp_path / "v1.json", tmp_path / "v1.frozen.json"
    monkeypatch.setattr(command, "CURRENT", current)
    monkeypatch.setattr(command, "FROZEN", frozen)
    return current, frozen


def test_the_command_writes_what_is_committed(files: tuple[Path, Path]) -> None:
    current, frozen = files
    assert command.main([]) == 0
    assert current.read_bytes() == CURRENT.read_bytes()
    assert not frozen.exists()
    assert command.main(["--freeze"]) == 0
    assert frozen.read_bytes() == current.read_bytes()


def test_the_command_freezes_nothing_that_breaks_a_phone(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    current, frozen = files
    promised = schema()
    promised["$defs"]["Stop"]["properties"]["parking"] = {"type": "string"}
    frozen.write_text(text(promised), "utf-8")
    assert command.main(["--freeze"]) == 1
    assert "Stop.parking" in capsys.readouterr().err
    assert not current.exists()
    assert json.loads(frozen.read_text("utf-8")) == promised

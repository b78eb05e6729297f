"""The keys that seal: made once, nobody else's to read, and old ones stay known."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.adapters.seal_keys import kept, make, newest_or_made, public_pem, read_public, seal_folder
from api.cli import main
from api.settings import SettingsError
from domain.errors import Invalid
from domain.seals import public_of


def public(folder: Path) -> list[str]:
    return [public_of(key).hex() for key in kept(folder)]


def test_a_key_is_made_once_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    first = newest_or_made(folder)
    assert public_of(newest_or_made(folder)) == public_of(first)
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_processes_that_start_together_end_up_with_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: newest_or_made(tmp_path / "seal"), range(8)))
    assert public_of(newest_or_made(tmp_path / "seal")).hex() == public(tmp_path / "seal")[-1]


def test_a_new_key_seals_and_the_old_one_stays_known(tmp_path: Path) -> None:
    old, new = newest_or_made(tmp_path), make(tmp_path)
    assert public_of(newest_or_made(tmp_path)) == public_of(new)
    assert public(tmp_path) == [public_of(old).hex(), public_of(new).hex()]


def test_what_is_printed_is_what_verify_reads(tmp_path: Path) -> None:
    keys = [make(tmp_path), make(tmp_path)]
    printed = "".join(public_pem(key) for key in keys)
    assert read_public(printed.encode()) == {public_of(key).hex() for key in keys}


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    make(tmp_path)
    next(tmp_path.iterdir()).chmod(0o640)
    with pytest.raises(SettingsError, match="can be read by others"):
        newest_or_made(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SettingsError, match=r"mine\.key is no Ed25519 key"):
        newest_or_made(tmp_path)


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="DOORSTEP_SEAL_KEYS"):
        newest_or_made(tmp_path / "file" / "seal")


@pytest.mark.parametrize("data", [b"", b"\xff" * 40, b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"])
def test_what_holds_no_public_key_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="public key"):
        read_public(data)


def test_the_folder_is_beside_the_data_unless_it_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path))
    assert seal_folder("") == tmp_path / "seal"
    assert seal_folder(str(tmp_path / "elsewhere")) == tmp_path / "elsewhere"


def command(folder: Path, word: str) -> Result:
    return CliRunner().invoke(main, ["seal-key", word], env={"DOORSTEP_SEAL_KEYS": str(folder)})


def test_the_command_makes_keys_and_prints_their_public_halves(tmp_path: Path) -> None:
    assert len(read_public(command(tmp_path, "public").output.encode())) == 1
    assert "seals from the next start" in command(tmp_path, "new").output
    assert read_public(command(tmp_path, "public").output.encode()) == set(public(tmp_path))
    assert "PRIVATE" not in command(tmp_path, "public").output

"""`doorstep verify` answers for any file: genuine, altered and where, or no sign-off at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed_samples import KEY, OTHER_KEY, a_content, a_sealed

from api.adapters.seal_keys import public_pem
from api.adapters.sealed_pdf import page_and_seal, sealed_pdf
from api.cli import main
from domain.canonical import canonical
from domain.seals import page_seal, public_of, seal

RECORD = canonical(a_sealed())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the public key, and the sign-off as a record and as a page."""
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "ours.pem").write_text(public_pem(KEY))
    (folder / "other.pem").write_text(public_pem(OTHER_KEY))
    (folder / "good.json").write_bytes(RECORD)
    (folder / "good.pdf").write_bytes(sealed_pdf(RECORD.decode(), {}, KEY))
    return folder


def verify(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, words)])


@pytest.mark.parametrize("name", ["good.json", "good.pdf"])
def test_a_genuine_file_is_told_with_what_it_says(folder: Path, name: str) -> None:
    result = verify(folder / name, "--key", folder / "ours.pem")
    assert result.exit_code == 0, result.output
    assert "Genuine" in result.output
    assert "R000017" in result.output
    assert "王𠮷" in result.output
    assert "the phone showed the one that the server has" in result.output


@pytest.mark.parametrize("name", ["good.json", "good.pdf"])
def test_without_a_key_it_says_that_nobody_knows_whose_seal_it_is(folder: Path, name: str) -> None:
    result = verify(folder / name)
    assert result.exit_code == 3
    assert "Whose key that is was not checked" in result.output


@pytest.mark.parametrize("name", ["good.json", "good.pdf"])
def test_another_key_is_told(folder: Path, name: str) -> None:
    result = verify(folder / name, "--key", folder / "other.pem")
    assert result.exit_code == 1
    assert "somebody else made this seal" in result.output


def test_several_keys_may_be_given_and_a_key_may_be_hex(folder: Path) -> None:
    (folder / "hex.txt").write_text(public_of(KEY).hex())
    assert verify(folder / "good.json", "--key", folder / "other.pem", "--key", folder / "hex.txt").exit_code == 0


def altered(folder: Path, **changes: Any) -> Path:
    path = folder / "altered.json"
    path.write_bytes(canonical(a_sealed() | changes))
    return path


def test_what_was_altered_is_said_in_plain_words(folder: Path) -> None:
    path = altered(folder, accepted=False, signer=a_content()["signer"] | {"name": "Somebody"})
    result = verify(path, "--key", folder / "ours.pem")
    assert result.exit_code == 1
    assert "Changed: whether the owner accepted or refused (accepted)." in result.output
    assert "Changed: who signed (signer.name)." in result.output
    assert "Somebody" not in result.output


def test_it_speaks_chinese(folder: Path) -> None:
    assert "真实" in verify(folder / "good.json", "--key", folder / "ours.pem", "--lang", "zh").output
    assert "被改动：业主接受或拒绝（accepted）。" in verify(altered(folder, accepted=False), "--lang", "zh").output


def test_a_page_that_was_changed_is_told_from_its_record_which_was_not(folder: Path) -> None:
    page, _ = page_and_seal((folder / "good.pdf").read_bytes())
    (folder / "changed.pdf").write_bytes((folder / "good.pdf").read_bytes().replace(b"%PDF-1.", b"%PDF-2."))
    (folder / "unsealed.pdf").write_bytes(page)
    for name in ("changed.pdf", "unsealed.pdf"):
        result = verify(folder / name, "--key", folder / "ours.pem")
        assert result.exit_code == 1
        assert "The page is not as it was made" in result.output
        assert "The record inside was not altered" in result.output


def test_a_page_around_our_record_that_somebody_else_made_is_told(folder: Path) -> None:
    page, _ = page_and_seal((folder / "good.pdf").read_bytes())
    (folder / "forged.pdf").write_bytes(page + b"more" + page_seal(page + b"more", OTHER_KEY))
    result = verify(folder / "forged.pdf", "--key", folder / "ours.pem")
    assert result.exit_code == 1
    assert "somebody else made this seal" in result.output


def test_a_page_with_two_records_is_refused(folder: Path) -> None:
    second = canonical(seal(a_content() | {"photos": []}, OTHER_KEY))
    (folder / "two.pdf").write_bytes(b"stream\n" + second + b"\nendstream\n" + (folder / "good.pdf").read_bytes())
    result = verify(folder / "two.pdf")
    assert (result.exit_code, "2 different sealed sign-offs" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no sealed sign-off in it"),
        (b"hello", "no sealed sign-off in it"),
        (b"%PDF-1.7\n%%EOF\n", "no sealed sign-off in it"),
        (b"{", "It is no JSON"),
        (b"{}", "There is no seal in it"),
        (b'{"a":1.5}', "no whole number"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_a_file_without_a_sign_off_is_refused_in_a_sentence(folder: Path, content: bytes, said: str) -> None:
    (folder / "bad").write_bytes(content)
    result = verify(folder / "bad")
    assert result.exit_code == 2
    assert said in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("words", [("nowhere.json",), (".",)])
def test_a_file_that_can_not_be_read_likewise(words: tuple[str, ...]) -> None:
    result = verify(*words)
    assert result.exit_code == 2
    assert "can't be read" in result.output


@pytest.mark.parametrize("content", ["", "no key", "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n"])
def test_a_key_that_is_none_likewise(folder: Path, content: str) -> None:
    (folder / "bad.pem").write_text(content)
    result = verify(folder / "good.json", "--key", folder / "bad.pem")
    assert result.exit_code == 2
    assert "public key" in result.output


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(junk=st.binary(max_size=300), around=st.sampled_from([b"", b"{", b"%PDF-1.7 stream\n", RECORD, RECORD[:900]]))
def test_no_bytes_bring_a_traceback(folder: Path, junk: bytes, around: bytes) -> None:
    (folder / "any").write_bytes(around + junk)
    result = verify(folder / "any")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code in (1, 2) or around + junk in (RECORD, RECORD + b"\n")


def test_a_name_that_would_write_on_the_terminal_is_shown_harmless(folder: Path) -> None:
    record = json.loads(RECORD)
    record["\x1b[2Jgenuine"] = 1
    (folder / "escape.json").write_bytes(canonical(record))
    result = verify(folder / "escape.json")
    assert result.exit_code == 1
    assert "\x1b" not in result.output

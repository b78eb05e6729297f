"""Whose phone it is, and that changing hands never strands or mixes work."""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from conforming_office import Fault, Office, Running

from mobile_contract.client import Phone, Refused, StillUnsent, StorageError, Unreachable
from mobile_contract.v1 import ReasonCode


def test_a_code_pairs_one_phone_once(office: Office, running_office: Running, tmp_path: Path) -> None:
    with Phone(tmp_path / "one", running_office.url) as one, Phone(tmp_path / "two", running_office.url) as two:
        assert one.identity is None
        answer = one.pair("PAIR-1", "Redmi Note")
        assert one.identity == answer
        assert answer.technician_name == "陈伟"
        for code in ("PAIR-1", "nonsense"):
            with pytest.raises(Refused) as refusal:
                two.pair(code, "Stolen")
            assert refusal.value.reason is ReasonCode.PAIRING_CODE_REFUSED
        assert two.identity is None


def test_an_unpaired_phone_says_so_and_records_all_the_same(
    office: Office, running_office: Running, tmp_path: Path
) -> None:
    with Phone(tmp_path, running_office.url) as phone:
        phone.arrive(uuid4())
        for call in (phone.send, phone.sync):
            with pytest.raises(Refused) as refusal:
                call()
            assert refusal.value.reason is ReasonCode.NOT_PAIRED
        assert phone.unsent == 1


def test_without_a_network_pairing_says_unreachable(tmp_path: Path) -> None:
    with Phone(tmp_path, "http://127.0.0.1:9") as phone, pytest.raises(Unreachable):
        phone.pair("PAIR-1", "Redmi Note")


def test_a_revoked_phone_paired_again_sends_what_it_kept(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.arrive(visit)
    identity = phone.identity
    assert identity is not None
    office.revoked.add(identity.token)
    with pytest.raises(Refused):
        phone.send()
    office.codes["PAIR-2"] = (identity.technician_id, identity.technician_name)
    phone.pair("PAIR-2", "Redmi Note")
    phone.send()
    assert (phone.unsent, len(office.effects)) == (0, 1)


def test_a_phone_with_unsent_work_does_not_become_another_technicians(phone: Phone, office: Office) -> None:
    phone.arrive(office.plan(1)[0])
    before = phone.identity
    office.codes["PAIR-2"] = (UUID(int=5), "李娜")
    with pytest.raises(StillUnsent, match="陈伟"):
        phone.pair("PAIR-2", "Redmi Note")
    assert phone.identity == before
    phone.send()
    office.codes["PAIR-3"] = (UUID(int=5), "李娜")
    phone.sync()
    assert phone.pair("PAIR-3", "Redmi Note").technician_name == "李娜"
    assert phone.stops() == []


def test_signing_out_waits_until_everything_is_sent(phone: Phone, office: Office) -> None:
    phone.arrive(office.plan(1)[0])
    with pytest.raises(StillUnsent, match="1 records"):
        phone.sign_out()
    phone.send()
    phone.sign_out()
    assert phone.identity is None
    with pytest.raises(Refused):
        phone.sync()


def test_the_file_with_the_token_is_its_users_own(phone: Phone, tmp_path: Path) -> None:
    for path in [tmp_path / "phone", *(tmp_path / "phone").iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_two_processes_do_not_share_a_phone(phone: Phone, running_office: Running, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from mobile_contract.client import Phone, StorageError\n"
        "try: Phone(Path(sys.argv[1]), sys.argv[2])\n"
        "except StorageError as error: print(error)"
    )
    second = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "phone"), running_office.url],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "locked" in second.stdout


def test_a_damaged_file_a_newer_one_and_a_folder_that_is_none_are_clear_errors(tmp_path: Path) -> None:
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "phone.sqlite3").write_bytes(b"not a database, " * 500)
    with pytest.raises(StorageError, match="not a database"):
        Phone(tmp_path / "damaged", "http://127.0.0.1:9")
    Phone(tmp_path / "newer", "http://127.0.0.1:9").close()
    with sqlite3.connect(tmp_path / "newer" / "phone.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError, match="layout 99"):
        Phone(tmp_path / "newer", "http://127.0.0.1:9")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="can't be opened"):
        Phone(tmp_path / "file", "http://127.0.0.1:9")


def test_a_full_disk_refuses_new_work_and_keeps_the_old(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    (pages,) = phone._storage._connection.execute("PRAGMA page_count").fetchone()
    phone._storage._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    recorded = []
    with pytest.raises(StorageError, match=r"full\. Nothing was changed"):
        recorded.extend(phone.arrive(visit) for _ in range(1000))
    assert 0 < len(recorded) == phone.unsent
    phone._storage._connection.execute("PRAGMA max_page_count = 100000")
    recorded.append(phone.arrive(visit))
    phone.send()
    assert [operation.op_id for operation in office.effects] == recorded
    assert [operation.device_seq for operation in office.effects] == list(range(1, len(recorded) + 1))


def test_a_dropped_pairing_answer_leaves_the_phone_as_it_was(
    office: Office, running_office: Running, tmp_path: Path
) -> None:
    with Phone(tmp_path, running_office.url) as phone:
        office.faults.append(Fault.DROP_AFTER)
        with pytest.raises(Unreachable):
            phone.pair("PAIR-1", "Redmi Note")
        assert phone.identity is None
        office.codes["PAIR-2"] = (UUID(int=5), "李娜")
        assert phone.pair("PAIR-2", "Redmi Note").technician_name == "李娜"

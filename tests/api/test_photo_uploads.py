"""A phone's photos arrive in pieces, once, and whole; what goes wrong says so and leaves nothing behind."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from camera import PATH, Camera, hash_of
from litestar import Litestar
from litestar.testing import TestClient
from pictures import noise, picture, saved
from town import Desk, Pocket, Town

from api.actions import photo_upkeep
from api.adapters.photos import parts
from api.adapters.photos.folder import PhotoFolder
from api.app import create_app
from api.settings import Settings

PHOTO = saved(noise(300, 200, 7), quality=95)
DIGEST = hash_of(PHOTO)


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


@pytest.fixture
def camera(town: Town, dora: Desk) -> Camera:
    return Camera(dora.client, Pocket(dora, town.technicians[0]).headers)


@pytest.fixture
def folder(tmp_path: Path) -> PhotoFolder:
    return PhotoFolder(tmp_path / "photos")


def rows(town: Town, what: str = "state, size") -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(f"SELECT {what} FROM photos ORDER BY begun_at".encode()).fetchall()


def files(folder: PhotoFolder) -> list[Path]:
    return [path for path in folder.root.rglob("*") if path.is_file()]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_photo_sent_in_pieces_is_received_byte_for_byte(town: Town, camera: Camera, folder: PhotoFolder) -> None:
    answer = camera.announce(DIGEST, len(PHOTO))
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{PATH}/{DIGEST}")
    assert answer.headers["Upload-Offset"] == "0"
    for at in range(0, len(PHOTO), 10_000):
        assert camera.offset(DIGEST) == at
        answer = camera.send(DIGEST, at, PHOTO[at : at + 10_000])
        assert (answer.status_code, answer.headers["Tus-Resumable"]) == (204, "1.0.0")
    looked = camera.look(DIGEST)
    assert looked.headers["Upload-Offset"] == looked.headers["Upload-Length"] == str(len(PHOTO))
    assert (looked.headers["Photo-State"], looked.headers["Cache-Control"]) == ("received", "no-store")
    assert rows(town) == [("received", len(PHOTO))]
    assert folder.original(DIGEST).read_bytes() == PHOTO
    assert files(folder) == [folder.original(DIGEST)]


def test_a_request_that_waited_while_another_received_the_photo_sees_it_received(
    town: Town, camera: Camera, folder: PhotoFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera.announce(DIGEST, len(PHOTO))
    camera.send(DIGEST, 0, PHOTO[:-1])
    hold = parts.held

    @contextmanager
    def held_after_another(folder: PhotoFolder, path: Path) -> Iterator[parts.Part]:
        path.write_bytes(PHOTO)
        folder.keep(path, folder.original(DIGEST))
        with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
            connection.execute("UPDATE photos SET state = 'received', received_at = now()")
        path.unlink()
        with hold(folder, path) as part:
            yield part

    monkeypatch.setattr(parts, "held", held_after_another)
    answer = camera.send(DIGEST, len(PHOTO) - 1, PHOTO[-1:])
    assert answer.status_code == 409
    assert f"{len(PHOTO)} bytes of this photo are here" in answer.json()["detail"]
    assert files(folder) == [folder.original(DIGEST)]


def test_an_arrival_stands_in_the_audit_trail(town: Town, camera: Camera) -> None:
    camera.upload(PHOTO)
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        query = "SELECT data FROM audit_entries WHERE action = 'photo.received' ORDER BY seq DESC LIMIT 1"
        assert connection.execute(query).fetchone() == ({"sha256": DIGEST, "size": len(PHOTO)},)


def test_announced_twice_it_is_one_upload_that_goes_on_where_it_was(town: Town, camera: Camera) -> None:
    camera.announce(DIGEST, len(PHOTO))
    camera.send(DIGEST, 0, PHOTO[:5000])
    again = camera.announce(DIGEST, len(PHOTO))
    assert (again.status_code, again.headers["Upload-Offset"]) == (200, "5000")
    camera.send(DIGEST, 5000, PHOTO[5000:])
    there = camera.announce(DIGEST, len(PHOTO))
    assert (there.status_code, there.headers["Upload-Offset"]) == (200, str(len(PHOTO)))
    assert there.headers["Photo-State"] == "received"
    assert camera.send(DIGEST, len(PHOTO), b"").status_code == 204
    assert len(rows(town)) == 1


def test_announced_again_with_another_size_it_is_refused(camera: Camera) -> None:
    camera.announce(DIGEST, len(PHOTO))
    assert code(camera.announce(DIGEST, len(PHOTO) + 1)) == (409, "conflict")


@pytest.mark.parametrize("offset", [0, 4999, 5001, 10**15])
def test_bytes_that_do_not_follow_those_that_are_here_are_refused(camera: Camera, offset: int) -> None:
    camera.announce(DIGEST, len(PHOTO))
    camera.send(DIGEST, 0, PHOTO[:5000])
    refused = camera.send(DIGEST, offset, PHOTO[:100])
    assert code(refused) == (409, "wrong_offset")
    assert "5000 bytes" in refused.json()["detail"]
    assert camera.offset(DIGEST) == 5000


def test_two_requests_at_once_can_not_mix_their_bytes(town: Town, camera: Camera, folder: PhotoFolder) -> None:
    camera.announce(DIGEST, len(PHOTO))
    ((upload,),) = rows(town, "id")
    with parts.held(folder, folder.part(upload)):
        refused = camera.send(DIGEST, 0, PHOTO)
        assert code(refused) == (423, "upload_busy")
        assert refused.headers["Retry-After"] == "2"
        assert code(camera.drop(DIGEST)) == (423, "upload_busy")
        assert camera.offset(DIGEST) == 0
    assert camera.send(DIGEST, 0, PHOTO).status_code == 204


def test_what_is_not_as_its_hash_says_is_dropped_and_may_come_again(
    town: Town, camera: Camera, folder: PhotoFolder
) -> None:
    damaged = PHOTO[:-1] + bytes([PHOTO[-1] ^ 1])
    camera.announce(DIGEST, len(PHOTO))
    assert code(camera.send(DIGEST, 0, damaged)) == (422, "hash_mismatch")
    assert camera.look(DIGEST).status_code == 404
    assert (rows(town), files(folder)) == ([], [])
    assert camera.upload(PHOTO) == DIGEST


def test_more_than_was_announced_is_refused_and_nothing_of_it_is_kept(camera: Camera) -> None:
    camera.announce(DIGEST, len(PHOTO))
    camera.send(DIGEST, 0, PHOTO[:5000])
    assert code(camera.send(DIGEST, 5000, PHOTO[5000:] + b"!")) == (413, "request_too_large")
    assert camera.offset(DIGEST) == 5000
    assert camera.send(DIGEST, 5000, PHOTO[5000:]).status_code == 204


def test_an_upload_may_be_given_up_but_not_a_photo_that_has_arrived(
    town: Town, camera: Camera, folder: PhotoFolder
) -> None:
    camera.announce(DIGEST, len(PHOTO))
    camera.send(DIGEST, 0, PHOTO[:5000])
    assert camera.drop(DIGEST).status_code == 204
    assert (rows(town), files(folder)) == ([], [])
    assert camera.look(DIGEST).status_code == camera.drop(DIGEST).status_code == 404
    camera.upload(PHOTO)
    assert code(camera.drop(DIGEST)) == (409, "illegal_move")
    assert folder.original(DIGEST).exists()


def test_nobody_gets_at_another_technician_s_photo_by_its_hash(
    town: Town, dora: Desk, camera: Camera, folder: PhotoFolder
) -> None:
    camera.upload(PHOTO)
    other = Camera(dora.client, Pocket(dora, town.technicians[1]).headers)
    assert other.look(DIGEST).status_code == other.drop(DIGEST).status_code == 404
    assert code(other.send(DIGEST, 0, PHOTO)) == (404, "not_found")
    other.upload(PHOTO)
    assert len(rows(town)) == 2
    assert files(folder) == [folder.original(DIGEST)]


def test_a_phone_without_a_token_sends_nothing(town: Town, dora: Desk) -> None:
    dora.client.cookies.clear()
    stranger = Camera(dora.client, {"Doorstep-Client": "1.0.0"})
    assert code(stranger.announce(DIGEST, len(PHOTO))) == (401, "not_paired")
    assert code(stranger.send(DIGEST, 0, PHOTO)) == (401, "not_paired")
    assert rows(town) == []


def test_a_client_that_does_not_speak_this_tus_is_told_what_is_spoken(camera: Camera) -> None:
    told = camera.client.options(PATH)
    assert told.status_code == 204
    assert (told.headers["Tus-Version"], told.headers["Tus-Max-Size"]) == ("1.0.0", str(Settings().photo_bytes))
    assert told.headers["Tus-Extension"] == "creation,termination,expiration"
    camera.headers["Tus-Resumable"] = "0.2.2"
    refused = camera.announce(DIGEST, len(PHOTO))
    assert (refused.status_code, refused.headers["Tus-Version"]) == (412, "1.0.0")


def test_an_announcement_that_makes_no_sense_is_refused(town: Town, camera: Camera) -> None:
    assert code(camera.announce("0" * 63, 10)) == (422, "invalid")
    assert code(camera.announce(DIGEST.upper(), 10)) == (422, "invalid")
    assert code(camera.announce(DIGEST, 0)) == (400, "malformed_request")
    assert code(camera.announce(DIGEST, -5)) == (400, "malformed_request")
    for metadata in ("", "sha256", "sha256 ?", "sha256 /w==", "name YQ==", ",,,"):
        told = camera.headers | {"Upload-Length": "10", "Upload-Metadata": metadata}
        assert code(camera.client.post(PATH, headers=told)) == (422, "invalid")
    assert rows(town) == []


def test_bytes_of_another_kind_are_refused(camera: Camera) -> None:
    camera.announce(DIGEST, len(PHOTO))
    told = camera.headers | {"Upload-Offset": "0", "Content-Type": "image/jpeg"}
    refused = camera.client.patch(f"{PATH}/{DIGEST}", content=PHOTO, headers=told)
    assert code(refused) == (415, "unsupported_media_type")


def test_a_whole_part_whose_request_was_killed_is_received_by_the_next_look(
    town: Town, camera: Camera, folder: PhotoFolder
) -> None:
    camera.announce(DIGEST, len(PHOTO))
    ((upload,),) = rows(town, "id")
    folder.ready(folder.parts)
    folder.part(upload).write_bytes(PHOTO)
    looked = camera.look(DIGEST)
    assert (looked.headers["Upload-Offset"], looked.headers["Photo-State"]) == (str(len(PHOTO)), "received")
    assert files(folder) == [folder.original(DIGEST)]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A write past it fails as on a full disk: with an error of the operating system, in the middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_nothing_of_the_request_is_kept(camera: Camera, folder: PhotoFolder) -> None:
    camera.announce(DIGEST, len(PHOTO))
    camera.send(DIGEST, 0, PHOTO[:5000])
    with files_of_at_most(len(PHOTO) - 1):
        refused = camera.send(DIGEST, 5000, PHOTO[5000:])
        assert code(refused) == (507, "can_not_store")
        assert camera.offset(DIGEST) == 5000
        assert [path.stat().st_size for path in files(folder)] == [5000]
    assert camera.send(DIGEST, 5000, PHOTO[5000:]).status_code == 204
    assert folder.original(DIGEST).read_bytes() == PHOTO


def test_a_folder_that_can_not_be_made_is_said(camera: Camera, folder: PhotoFolder) -> None:
    folder.root.write_text("a file stands here")
    camera.announce(DIGEST, len(PHOTO))
    assert code(camera.send(DIGEST, 0, PHOTO)) == (507, "can_not_store")
    folder.root.unlink()
    assert camera.send(DIGEST, 0, PHOTO).status_code == 204


@pytest.fixture
def strict(town: Town, redis_url: str, tmp_path: Path) -> Iterator[TestClient[Litestar]]:
    """A site whose limits are soon reached."""
    settings = Settings(
        database_url=town.database_url,
        redis_url=redis_url,
        photos=str(tmp_path / "photos"),
        photo_bytes=100_000,
        photo_bytes_a_day=200_000,
    )
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


def test_a_photo_and_a_phone_s_day_have_their_limits(town: Town, strict: TestClient[Litestar]) -> None:
    desk = Desk(strict, "dora")
    camera = Camera(strict, Pocket(desk, town.technicians[0]).headers)
    too_large = camera.announce("a" * 64, 100_001)
    assert code(too_large) == (413, "request_too_large")
    assert "100000 bytes" in too_large.json()["detail"]
    assert camera.announce("a" * 64, 100_000).status_code == 201
    assert camera.announce("b" * 64, 1).status_code == 201  # counts as 65,536
    assert code(camera.announce("c" * 64, 1)) == (429, "too_many_requests")
    assert camera.announce("a" * 64, 100_000).status_code == 200
    another = Camera(strict, Pocket(desk, town.technicians[0]).headers)
    assert another.announce("c" * 64, 1).status_code == 201
    begin_earlier(town, hours=25)
    assert camera.announce("d" * 64, 100_000).status_code == 201


def begin_earlier(town: Town, **by: int) -> None:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE photos SET begun_at = begun_at - %s", [timedelta(**by)])


def test_what_nobody_finishes_is_swept_and_what_goes_on_is_not(town: Town, camera: Camera, folder: PhotoFolder) -> None:
    old, new, whole = (saved(picture(40 + number, 40)) for number in range(3))
    camera.upload(whole)
    camera.announce(hash_of(old), len(old))
    camera.send(hash_of(old), 0, old[:100])
    begin_earlier(town, days=15)
    camera.announce(hash_of(new), len(new))
    camera.send(hash_of(new), 0, new[:100])
    (kept,) = [photo for photo, digest in rows(town, "id, sha256") if digest == hash_of(new)]
    hours_ago = time.time() - 7200
    stray, scratch, fresh = folder.parts / sha256(b"").hexdigest(), folder.scratches / "half", folder.parts / "fresh"
    scratch.mkdir(parents=True)
    (scratch / "shown").write_bytes(b"half a copy")
    stray.write_bytes(b"nobody's")
    fresh.write_bytes(b"just begun")
    for path in (stray, scratch, folder.part(kept)):
        os.utime(path, (hours_ago, hours_ago))
    town.run(lambda database: photo_upkeep.sweep(database, folder, datetime.now(UTC)))
    assert sorted(rows(town, "sha256")) == sorted([(hash_of(new),), (hash_of(whole),)])
    assert sorted(files(folder)) == sorted([folder.part(kept), fresh, folder.original(hash_of(whole))])
    assert not scratch.exists()
    assert camera.look(hash_of(old)).status_code == 404
    assert camera.offset(hash_of(new)) == 100


def test_an_upload_that_is_just_going_on_is_not_swept(town: Town, camera: Camera, folder: PhotoFolder) -> None:
    camera.announce(DIGEST, len(PHOTO))
    camera.send(DIGEST, 0, PHOTO[:5000])
    begin_earlier(town, days=15)
    ((upload,),) = rows(town, "id")
    with parts.held(folder, folder.part(upload)):
        town.run(lambda database: photo_upkeep.sweep(database, folder, datetime.now(UTC)))
    assert camera.send(DIGEST, 5000, PHOTO[5000:]).status_code == 204

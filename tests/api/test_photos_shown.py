"""The desk sees copies of the photos of its own visits: upright, without metadata, and nothing but JPEG."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from camera import Camera, hash_of
from litestar.testing import TestClient
from pictures import EVIL, GPS, HOSTILE, exif, noise, picture, saved
from PIL import Image
from town import HASH, Desk, Pocket, Town

from api.actions import photo_upkeep
from api.adapters.photos import copies
from api.adapters.photos.decoder import MAX_PIXELS, MEMORY_BYTES
from api.adapters.photos.folder import PhotoFolder
from api.adapters.servers import Servers
from api.app import create_app
from api.settings import Settings
from domain.people import Role, Staff
from domain.places import Territory


def sign(pocket: Pocket, visit_id: str, photos: list[str]) -> None:
    steps = [pocket.operation("arrive", visit_id), pocket.operation("start", visit_id)]
    verdicts = pocket.send(*steps, pocket.complete(visit_id, photos=photos))
    assert [verdict["status"] for verdict in verdicts] == ["applied"] * 3


def copy_all(town: Town, folder: PhotoFolder) -> int:
    made = 0
    while town.run(lambda database: database.write(photo_upkeep.copy_next, folder)):
        made += 1
    return made


def rows(town: Town, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(query.encode()).fetchall()


@dataclass
class Seen:
    """What came of one hostile upload: the answers to sending it, and to both ways of looking at it."""

    answers: list[Any]
    digest: str
    state: str
    why: str
    photo: Any
    thumbnail: Any


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> PhotoFolder:
    return PhotoFolder(tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def desk(town: Town, servers: Servers, folder: PhotoFolder) -> Iterator[Desk]:
    """Dora, at a site that lasts for all tests of this file."""
    settings = Settings(database_url=town.database_url, redis_url=servers.redis_url, photos=str(folder.root))
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield Desk(client, "dora")


@pytest.fixture(scope="module")
def pocket(town: Town, desk: Desk) -> Pocket:
    """Of a technician with at least two of three visits."""
    for house in (1, 2, 3):
        town.report("light-fitting", where=house)
    town.publish()
    return max((Pocket(desk, one) for one in town.technicians), key=lambda pocket: len(pocket.stops()))


@pytest.fixture(scope="module")
def visits(pocket: Pocket) -> list[str]:
    return [stop["visit_id"] for stop in pocket.stops()]


@pytest.fixture(scope="module")
def good(town: Town, desk: Desk, pocket: Pocket, visits: list[str], folder: PhotoFolder) -> str:
    """The hash of a photo that was taken with the camera on its side, and named by a sign-off."""
    digest = Camera(desk.client, pocket.headers).upload(saved(picture(640, 480), exif=exif(orientation=6)))
    assert desk.get(f"/api/v1/photos/{digest}").status_code == 404
    assert copy_all(town, folder) == 1
    assert desk.get(f"/api/v1/photos/{digest}").status_code == 404  # no sign-off names it
    sign(pocket, visits[0], [digest])
    return digest


@pytest.fixture(scope="module")
def seen(town: Town, desk: Desk, pocket: Pocket, visits: list[str], folder: PhotoFolder, good: str) -> dict[str, Seen]:
    """All hostile pictures, sent, signed for, decoded and asked for."""
    camera = Camera(desk.client, pocket.headers)
    sent: dict[str, tuple[str, list[Any]]] = {}
    for name, hostile in HOSTILE.items():
        content = hostile.make()
        digest = hash_of(content)
        sent[name] = (digest, [camera.announce(digest, len(content)), camera.send(digest, 0, content)])
    sign(pocket, visits[1], [digest for digest, _ in sent.values()])
    assert copy_all(town, folder) == len(HOSTILE)
    stored = {digest: (state, why) for digest, state, why in rows(town, "SELECT sha256, state, why FROM photos")}
    return {
        name: Seen(
            [*answers, camera.look(digest)],
            digest,
            *stored[digest],
            desk.get(f"/api/v1/photos/{digest}"),
            desk.get(f"/api/v1/photos/{digest}/thumbnail"),
        )
        for name, (digest, answers) in sent.items()
    }


def test_a_photo_is_shown_upright_without_its_metadata_and_as_a_jpeg(desk: Desk, good: str, town: Town) -> None:
    answer = desk.get(f"/api/v1/photos/{good}")
    assert answer.status_code == 200
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (480, 640))
        top, bottom = shown.getpixel((240, 10)), shown.getpixel((240, 630))
        assert top[0] > 200 > 50 > top[2]  # its left half was red
        assert bottom[2] > 200 > 50 > bottom[0]
        assert not shown.getexif()
    assert GPS.encode() not in answer.content
    ((width, height, stored),) = rows(town, f"SELECT width, height, stored_sha256 FROM photos WHERE sha256 = '{good}'")
    assert (width, height, stored) == (480, 640, hash_of(answer.content))


def test_its_headers_let_a_browser_show_it_keep_it_and_do_nothing_else_with_it(desk: Desk, good: str) -> None:
    headers = desk.client.get(f"/api/v1/photos/{good}", headers={"Accept-Encoding": "gzip"}).headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == f'attachment; filename="{good[:16]}.jpg"'
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Content-Encoding" not in headers


def test_a_thumbnail_fits_into_320_pixels(desk: Desk, good: str) -> None:
    answer = desk.get(f"/api/v1/photos/{good}/thumbnail")
    assert answer.headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as thumbnail:
        assert thumbnail.size == (240, 320)


def test_only_who_may_see_the_visit_sees_its_photo(town: Town, desk: Desk, good: str, pocket: Pocket) -> None:
    async def hire(session: Any) -> None:
        elsewhere = await session.get_one(Territory, town.elsewhere_id)
        session.add(
            Staff(username="elsa", name="Elsa", role=Role.DISPATCHER, password_hash=HASH, territories=[elsewhere])
        )

    town.write(hire)
    for path in (f"/api/v1/photos/{good}", f"/api/v1/photos/{good}/thumbnail"):
        statuses = []
        for name in ("mia", "elsa", "dora"):
            statuses.append(Desk(desk.client, name).get(path).status_code)
        assert statuses == [200, 404, 200]
        desk.client.cookies.clear()
        assert desk.get(path).status_code == 401
        assert desk.client.get(path, headers=pocket.headers).status_code == 403
        Desk(desk.client, "dora")


def test_who_names_the_hash_of_another_s_photo_in_a_sign_off_shows_nothing(town: Town, desk: Desk, good: str) -> None:
    mine = owner_of(town, good)
    (other,) = [one for one in town.technicians if one != mine]
    for owner, status in ((other, 404), (mine, 200)):
        with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
            connection.execute("UPDATE photos SET technician_id = %s WHERE sha256 = %s", [owner, good])
        assert desk.get(f"/api/v1/photos/{good}").status_code == status


def owner_of(town: Town, digest: str) -> Any:
    ((technician,),) = rows(town, f"SELECT technician_id FROM photos WHERE sha256 = '{digest}'")
    return technician


def test_a_hash_that_is_none_is_refused(desk: Desk) -> None:
    assert desk.get("/api/v1/photos/..%2f..%2fetc%2fpasswd").status_code in (400, 404)
    assert desk.get("/api/v1/photos/" + "A" * 64).status_code == 400
    assert desk.get("/api/v1/photos/" + "a" * 64).status_code == 404


def test_there_are_at_least_forty_different_hostile_uploads(seen: dict[str, Seen]) -> None:
    assert len({found.digest for found in seen.values()}) == len(HOSTILE) >= 40


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_upload_meets_no_server_error_and_is_never_served_as_anything_active(
    name: str, seen: dict[str, Seen]
) -> None:
    hostile, found = HOSTILE[name], seen[name]
    assert [answer.status_code for answer in found.answers] == [201, 204, 200]
    assert found.answers[-1].headers["Photo-State"] == found.state
    assert found.state == ("ready" if hostile.shown else "unreadable"), found.why
    for answer in (found.photo, found.thumbnail):
        if not hostile.shown:
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert answer.headers["Content-Type"].startswith("application/problem+json")
            continue
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert EVIL not in answer.content
        assert GPS.encode() not in answer.content
        assert not any(sign in answer.content for sign in (b"<html", b"<svg", b"<?php", b"PK\x03\x04", b"xmp", b"Exif"))
        with Image.open(io.BytesIO(answer.content)) as shown:
            shown.load()
            assert shown.format == "JPEG"
            assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    if not hostile.shown:
        assert found.why


def decoded(content: bytes, folder: Path) -> dict[str, Any]:
    """What the decoder says of it; its exit status where it could say nothing."""
    original = folder / "original"
    original.write_bytes(content)
    command = [sys.executable, "-I", str(copies.DECODER), str(original), str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return json.loads(done.stdout) if done.stdout else {"status": done.returncode, "peak_bytes": 0}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_takes_no_more_memory_than_its_decoder_has(name: str, tmp_path: Path) -> None:
    said = decoded(HOSTILE[name].make(), tmp_path)
    assert 0 < said["peak_bytes"] <= MEMORY_BYTES, said
    assert ("width" in said) is HOSTILE[name].shown


def test_the_largest_photo_that_is_allowed_is_decoded_within_the_cap(tmp_path: Path) -> None:
    said = decoded(saved(picture(5000, MAX_PIXELS // 5000), exif=exif(orientation=8)), tmp_path)
    assert (said["width"], said["height"]) == (MAX_PIXELS // 5000, 5000), said
    assert said["peak_bytes"] <= MEMORY_BYTES


def test_the_decoder_can_not_take_more_memory_than_it_has(tmp_path: Path) -> None:
    script = "import runpy, sys; limits = runpy.run_path(sys.argv[1]); limits['confine']();"
    script += "bytearray(limits['MEMORY_BYTES'])"
    command = [sys.executable, "-I", "-c", script, str(copies.DECODER)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=tmp_path)
    assert b"MemoryError" in done.stderr


def test_a_decoder_that_takes_too_long_is_killed_and_the_photo_is_unreadable(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = tmp_path / "original"
    original.write_bytes(saved(noise(900, 900, 1)))
    monkeypatch.setattr(copies, "PATIENCE_S", 0.01)
    with pytest.raises(copies.Unreadable, match="longer than"):
        town.run(lambda _: copies.make_copies(original, tmp_path))
    commands = [child.cmdline() for child in psutil.Process().children(recursive=True) if child.is_running()]
    assert not [command for command in commands if str(copies.DECODER) in command]

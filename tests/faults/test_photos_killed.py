"""kill -9 and broken connections amid a photo: what was acknowledged is there, and it arrives whole, once."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import httpx
import psutil
import psycopg
import pytest
from camera import Camera, hash_of
from pictures import noise, saved
from real_processes import Process, Site, until
from town import Town

from api.actions import accounts

SEED = 20_261_123
PHOTO = saved(noise(1200, 900, SEED), quality=95)
DIGEST = hash_of(PHOTO)


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


@pytest.fixture
def site(town: Town, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, town.database_url, redis_url) as site:
        yield site


@pytest.fixture
def camera(town: Town, site: Site) -> Iterator[Camera]:
    code, _ = town.write(accounts.pairing_code, town.technicians[0])
    body = {"code": code, "device_name": "test", "client_version": "1.0.0"}
    with httpx.Client(base_url=site.address, timeout=20) as client:
        token = client.post("/mobile/v1/pair", json=body).json()["token"]
        yield Camera(client, {"Authorization": f"Bearer {token}", "Doorstep-Client": "1.0.0"})


def states(town: Town) -> list[str]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return [row[0] for row in connection.execute("SELECT state FROM photos").fetchall()]


def original(tmp_path: Path) -> bytes:
    (found,) = [path for path in (tmp_path / "photos" / "originals").rglob("*") if path.is_file()]
    return found.read_bytes()


def slowly(content: bytes, seconds: float) -> Iterator[bytes]:
    """In 40 pieces."""
    size = len(content) // 40 + 1
    for at in range(0, len(content), size):
        time.sleep(seconds / 40)
        yield content[at : at + size]


def test_an_api_killed_amid_photos_loses_no_acknowledged_byte_and_the_rest_follows(
    town: Town, site: Site, camera: Camera, tmp_path: Path
) -> None:
    chance = Random(SEED)
    assert camera.announce(DIGEST, len(PHOTO)).status_code == 201
    acknowledged = 0
    for _ in range(6):
        piece = PHOTO[acknowledged : acknowledged + len(PHOTO) // 12]
        acknowledged = int(camera.send(DIGEST, acknowledged, piece).headers["Upload-Offset"])

        def cut(at: int = acknowledged) -> None:
            with pytest.raises(httpx.TransportError):
                camera.send(DIGEST, at, slowly(PHOTO[at:], 5))

        sending = threading.Thread(target=cut)
        sending.start()
        time.sleep(chance.uniform(0.05, 0.6))
        site.kill()
        sending.join()
        site.start_again()
        offset = camera.offset(DIGEST)
        assert acknowledged <= offset < len(PHOTO), f"seed {SEED}"
        acknowledged = offset
    assert camera.send(DIGEST, acknowledged, PHOTO[acknowledged:]).status_code == 204
    assert states(town) == ["received"]
    assert original(tmp_path) == PHOTO
    assert not list((tmp_path / "photos" / "parts").iterdir())


def test_what_came_before_a_connection_broke_is_kept(town: Town, camera: Camera, tmp_path: Path) -> None:
    camera.announce(DIGEST, len(PHOTO))

    def breaking() -> Iterator[bytes]:
        yield PHOTO[:200_000]
        time.sleep(0.5)
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        camera.send(DIGEST, 0, breaking())
    until(lambda: camera.offset(DIGEST) == 200_000, 10)

    def goes_on() -> bool:
        return camera.send(DIGEST, 200_000, PHOTO[200_000:]).status_code == 204

    until(goes_on, 10)  # not before the server has seen that the first one is gone
    assert original(tmp_path) == PHOTO


def test_a_refusal_leaves_the_connection_as_it_was(camera: Camera) -> None:
    opened: list[str] = []

    def noted(name: str, _: object) -> None:
        opened.extend([name] if name == "connection.connect_tcp.started" else [])

    camera.announce(DIGEST, len(PHOTO))
    for _ in range(5):
        digests = ("f" * 64, DIGEST)
        for digest in digests:
            camera.client.head(f"/mobile/v1/photos/{digest}", headers=camera.headers, extensions={"trace": noted})
        assert camera.send(DIGEST, 7, PHOTO[:60_000]).status_code == 409
    assert opened == []


def test_many_requests_at_once_on_one_photo_can_not_damage_it(town: Town, camera: Camera, tmp_path: Path) -> None:
    camera.announce(DIGEST, len(PHOTO))
    chance = Random(SEED)
    seen: list[int] = []

    def push(seed: int) -> None:
        mine = Random(seed)
        with httpx.Client(base_url=camera.client.base_url, timeout=20) as client:
            other = Camera(client, camera.headers)
            while True:
                with suppress(httpx.TransportError):  # as a phone does: ask again
                    looked = other.look(DIGEST)
                    if looked.status_code in (423, 503):  # 503 where six at once are too many for the machine
                        continue
                    at = int(looked.headers["Upload-Offset"])
                    if at == len(PHOTO):
                        return
                    answer = other.send(DIGEST, at, PHOTO[at : at + mine.randrange(1, 60_000)])
                    seen.append(answer.status_code)

    pushing = [threading.Thread(target=push, args=(chance.random(),)) for _ in range(6)]
    for thread in pushing:
        thread.start()
    for thread in pushing:
        thread.join(60)
    assert set(seen) <= {204, 409, 423, 503}
    assert 204 in seen
    assert states(town) == ["received"]
    assert original(tmp_path) == PHOTO


def test_a_worker_killed_while_it_copies_leaves_the_work_to_the_next(
    town: Town, redis_url: str, camera: Camera, tmp_path: Path
) -> None:
    for number in range(6):
        camera.upload(saved(noise(1600, 1200, number), quality=95))
    with Process("worker", tmp_path, town.database_url, redis_url) as worker:
        until(lambda: "ready" in states(town), 30, worker.log.read_text)
        main = psutil.Process(worker.popen.pid)
        decoders = main.children(recursive=True)
        os.kill(worker.popen.pid, 9)
        worker.popen.wait()
        until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in decoders), 10)
        assert "received" in states(town)
        worker.start()
        until(lambda: set(states(town)) == {"ready"}, 60, worker.log.read_text)
    shown = [path for path in (tmp_path / "photos" / "shown").rglob("*") if path.is_file()]
    assert len(shown) == 6

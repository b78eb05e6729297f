"""What the operator and the monitoring ask."""

import re
from pathlib import Path

import httpx
import psycopg
from litestar import Litestar
from litestar.testing import TestClient
from real_processes import Site
from town import Town

from api.app import create_app
from api.settings import Settings


def test_alive_and_ready(site: TestClient[Litestar]) -> None:
    assert site.get("/health").json() == {"status": "alive"}
    assert site.get("/ready").json() == {"database": "answers", "redis": "answers"}


def test_a_database_of_another_version_is_not_ready(site: TestClient[Litestar], town: Town) -> None:
    with psycopg.connect(town.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = version_num || 'x'")
        try:
            answer = site.get("/ready")
        finally:
            connection.execute("UPDATE alembic_version SET version_num = left(version_num, -1)")
    assert answer.status_code == 503
    assert "doorstep migrate" in answer.json()["detail"]


def test_who_is_alive_is_told_without_the_database_also_to_somebody_signed_in(tmp_path: Path) -> None:
    lost = Settings(
        database_url="postgresql://127.0.0.1:1/lost", redis_url="redis://127.0.0.1:1", seal_keys=str(tmp_path / "seal")
    )
    with TestClient(create_app(lost), base_url="http://127.0.0.1", cookies={"doorstep_session": "x"}) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/").status_code == 200
        answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")


def test_metrics_add_up_over_all_processes_and_carry_no_ids(town: Town, redis_url: str, tmp_path: Path) -> None:
    with Site(tmp_path, town.database_url, redis_url) as site:
        for _ in range(40):
            httpx.get(f"{site.address}/health")
        told = httpx.get(f"{site.address}/metrics").text
    counted = re.findall(r'doorstep_request_seconds_count\{method="GET",route="health",status="200"\} ([\d.]+)', told)
    assert [float(number) for number in counted] == [40.0]


def test_a_csrf_token_of_one_process_is_good_in_the_others(town: Town, redis_url: str, tmp_path: Path) -> None:
    with Site(tmp_path, town.database_url, redis_url) as site:
        for _ in range(12):  # each over a connection of its own, so that both processes are met
            token = httpx.get(f"{site.address}/health").cookies["doorstep_csrf"]
            answer = httpx.post(
                f"{site.address}/api/v1/sign-in",
                json={"username": "nobody", "password": "x"},
                headers={"X-CSRF-Token": token, "Cookie": f"doorstep_csrf={token}"},
            )
            assert answer.status_code in (401, 429), answer.text


def test_the_log_tells_routes_and_times_and_nothing_private(town: Town, redis_url: str, tmp_path: Path) -> None:
    with Site(tmp_path, town.database_url, redis_url) as site:
        httpx.get(f"{site.address}/api/v1/tickets?after=13812340000", headers={"Cookie": "doorstep_session=secret"})
        body = {"code": "ABCDEFGH", "device_name": "a phone", "client_version": "1.0.0"}
        httpx.post(f"{site.address}/mobile/v1/pair", json=body)
        httpx.get(f"{site.address}/o/{'t' * 43}")
        httpx.post(f"{site.address}/api/v1/owner/open", json={"token": "t" * 43})
        log = site.log.read_text()
    assert '"route": "list_tickets"' in log
    assert '"route": "owner_page"' in log
    for private in ("13812340000", "secret", "ABCDEFGH", "a phone", "t" * 43):
        assert private not in log

"""The API's description is valid, committed, and true: generated requests meet no server error and no lie."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import SkipTest

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from real_processes import Site
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from town import PASSWORD, Town

from api.actions import accounts
from api.cli.openapi import document

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_the_committed_document_is_the_app_s() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == document(), "run: doorstep openapi > docs/openapi.json"


def test_the_document_is_valid_openapi_3_1() -> None:
    told = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert told["openapi"].startswith("3.1")
    validate(told)


@pytest.fixture(scope="module")
def running(town: Town, servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), town.database_url, servers.redis_url) as site:
        yield site


@pytest.fixture(scope="module")
def desk_headers(running: Site) -> dict[str, str]:
    with httpx.Client(base_url=running.address) as client:
        client.get("/health")
        token = client.cookies["doorstep_csrf"]
        body = {"username": "mia", "password": PASSWORD}
        client.post("/api/v1/sign-in", json=body, headers={"X-CSRF-Token": token}).raise_for_status()
        session = client.cookies["doorstep_session"]
    return {"Cookie": f"doorstep_csrf={token}; doorstep_session={session}", "X-CSRF-Token": token}


@pytest.fixture(scope="module")
def phone_headers(running: Site, town: Town) -> dict[str, str]:
    for house in range(1, 4):
        town.report(where=house)
    town.publish()
    code, _ = town.write(accounts.pairing_code, town.technicians[0])
    body = {"code": code, "device_name": "generated", "client_version": "1.0.0"}
    token = httpx.post(f"{running.address}/mobile/v1/pair", json=body).json()["token"]
    return {"Authorization": f"Bearer {token}", "Doorstep-Client": "1.0.0"}


@pytest.fixture(scope="module")
def owner_headers(running: Site, town: Town, desk_headers: dict[str, str]) -> dict[str, str]:
    ticket = f"{running.address}/api/v1/tickets/{town.report(where=4)}"
    token = httpx.post(f"{ticket}/owner-links", headers=desk_headers).json()["url"].rpartition("/")[2]
    opened = httpx.post(f"{running.address}/api/v1/owner/open", json={"token": token})
    return {"Owner-Session": opened.json()["session"]}


@pytest.fixture(scope="module")
def described(running: Site) -> Any:
    return schemathesis.openapi.from_url(f"{running.address}/api/openapi.json")


def operations() -> list[tuple[str, str]]:
    paths = json.loads(COMMITTED.read_text(encoding="utf-8"))["paths"]
    return [(path, method) for path, methods in paths.items() for method in methods if path != "/api/v1/sign-out"]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("path", "method"), operations())
def test_generated_requests_meet_no_server_error_and_no_undescribed_answer(
    path: str,
    method: str,
    mode: GenerationMode,
    described: Any,
    desk_headers: dict[str, str],
    phone_headers: dict[str, str],
    owner_headers: dict[str, str],
) -> None:
    headers = phone_headers if path.startswith("/mobile") else desk_headers
    headers = owner_headers if path.startswith("/api/v1/owner/") else headers

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def every(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        every()
    except (Unsatisfiable, SkipTest):
        assert mode is GenerationMode.NEGATIVE  # there is nothing to say wrongly to a route that takes nothing

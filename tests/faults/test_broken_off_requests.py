"""Requests that end before their time: the client's doing is not counted as ours, and our refusals are heard."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from real_processes import Site, until
from town import Town

HALF = b"""POST /mobile/v1/pair HTTP/1.1\r
Host: x\r
Content-Type: application/json\r
Content-Length: 99\r
\r
{"code": "7K"""

LONG = b"""POST /mobile/v1/operations HTTP/1.1\r
Host: x\r
Doorstep-Client: 1.0.0\r
Authorization: Bearer of-a-phone-that-nobody-knows\r
Content-Length: 400000\r
\r
"""


@pytest.fixture
def site(town: Town, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, town.database_url, redis_url) as site:
        yield site


def connected(site: Site) -> socket.socket:
    there = urlsplit(site.address)
    return socket.create_connection((there.hostname, there.port), timeout=15)


def test_a_refusal_is_heard_by_a_phone_that_is_still_sending_and_its_connection_goes_on(site: Site) -> None:
    with connected(site) as connection:
        for _ in range(2):
            connection.sendall(LONG)
            for _ in range(4):
                time.sleep(0.2)  # the server has made up its mind by then
                connection.sendall(b"x" * 100_000)
            answer = connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 401 ")
            assert b"not_paired" in answer


def test_a_refused_client_that_sends_no_more_has_its_answer_in_time(site: Site) -> None:
    with connected(site) as connection:
        connection.sendall(LONG)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401 ")


def test_a_request_that_breaks_off_is_logged_as_its_client_s_leaving(site: Site) -> None:
    with connected(site) as connection:
        connection.sendall(HALF)
    lines: list[dict[str, object]] = []

    def told() -> bool:
        lines[:] = [json.loads(line) for line in site.log.read_text().splitlines() if '"pair"' in line]
        return bool(lines)

    until(told, 10, site.log.read_text)
    assert [line["status"] for line in lines] == [499]

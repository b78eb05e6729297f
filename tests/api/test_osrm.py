"""The road server's client against a real local server that answers as OSRM does, or misbehaves."""

import asyncio
import json
import math
import re
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.adapters import osrm
from api.adapters.osrm import Osrm
from api.db.road_times import NO_ROAD, UNKNOWN, RoadTable

PLACES = np.array([[4115000 + 10 * i, -861000 - 7 * i * i] for i in range(30)], dtype=np.int64)


def seconds_between(a, b):
    """A made-up road network: it knows its way by the coordinates alone, and back takes longer."""
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) * (2 if a[1] < b[1] else 1)


def asked(path):
    coordinates, sources, destinations = re.fullmatch(
        r"/table/v1/driving/([^?]*)\?annotations=duration,distance&generate_hints=false"
        r"&sources=([\d;]*)&destinations=([\d;]*)",
        path,
    ).groups()
    places = [tuple(round(float(part) * 1e5) for part in pair.split(",")[::-1]) for pair in coordinates.split(";")]
    return [[places[int(index)] for index in chosen.split(";")] for chosen in (sources, destinations)]


def table(path, max_table_size=10**9):
    sources, destinations = asked(path)
    if len(sources) * len(destinations) > max_table_size**2:
        return 400, {"code": "TooBig", "message": "Too many table coordinates"}
    durations = [[seconds_between(a, b) for b in destinations] for a in sources]
    return 200, {
        "code": "Ok",
        "durations": durations,
        "distances": [[10 * s for s in row] for row in durations],
        "sources": [{"distance": 3.2}] * len(sources),
        "destinations": [{"distance": 3.2}] * len(destinations),
        "data_version": "porto-1",
    }


@contextmanager
def server(answer):
    """`answer(path) -> (status, JSON or bytes)`; yields the URL and the list of paths that were asked."""
    paths = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            status, body = answer(self.path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}", paths
        finally:
            http.shutdown()
            thread.join()


def filled(url, places=PLACES, known=None):
    async def fill():
        async with Osrm(url) as road_server:
            result = known or RoadTable.between(places)
            return result, await road_server.fill(result), road_server.data_version

    return asyncio.run(fill())


def expected(places=PLACES):
    return np.array([[seconds_between(tuple(a), tuple(b)) for b in places] for a in places])


def test_every_drive_is_asked_and_written_where_it_belongs():
    with server(table) as (url, paths):
        result, failure, version = filled(url)
    assert failure is None
    assert version == "porto-1"
    assert len(paths) == 1
    assert (result.durations == expected()).all()
    assert (result.distances == 10 * expected()).all()


@pytest.mark.parametrize("side", [2, 4, 29])
def test_pieces_give_the_same_as_one_request(side, monkeypatch):
    monkeypatch.setattr(osrm, "TILE_SIDE", side)
    with server(table) as (url, paths):
        result, failure, _ = filled(url)
    assert failure is None
    assert len(paths) == math.ceil(30 / side) ** 2
    assert (result.durations == expected()).all()


@pytest.mark.parametrize("refusal", [413, 414, 431, "TooBig", "hang up"])
def test_a_server_that_takes_less_at_once_is_asked_in_smaller_pieces(refusal):
    places = np.array([[i, i * i % 977] for i in range(150)], dtype=np.int64)

    def picky(path):
        if refusal == "TooBig":
            return table(path, max_table_size=40)
        if len(asked(path)[0]) <= 40:
            return table(path)
        if refusal == "hang up":
            raise ConnectionAbortedError
        return refusal, b"too long"

    with server(picky) as (url, _):
        result, failure, _ = filled(url, places)
    assert failure is None
    assert (result.durations == expected(places)).all()


def test_a_server_that_takes_nothing_at_once_fails_after_a_few_tries():
    with server(lambda path: (414, b"")) as (url, paths):
        result, failure, _ = filled(url)
    assert "refuses even" in failure
    assert len(paths) < 10
    assert (result.durations[~np.eye(30, dtype=bool)] == UNKNOWN).all()


@given(new=st.sets(st.integers(0, 11), max_size=6))
@settings(max_examples=25, deadline=None)
def test_only_what_is_new_is_asked_for(new):
    places = PLACES[:12]
    known = RoadTable(places, expected(places), 10 * expected(places))
    for place in new:
        known.durations[place, :] = known.durations[:, place] = UNKNOWN
        known.durations[place, place] = 0
    with server(table) as (url, paths):
        result, failure, _ = filled(url, known=known)
    assert failure is None
    assert (result.durations == expected(places)).all()
    assert sum(len(sources) * len(ends) for sources, ends in map(asked, paths)) <= 2 * 12 * len(new)


def test_null_is_no_road_and_so_is_a_place_far_off_the_map():
    def with_gaps(path):
        status, answer = table(path)
        answer["durations"][0][1] = None
        answer["distances"][1][2] = None
        answer["sources"][3] = {"distance": 5_000.0}
        return status, answer

    with server(with_gaps) as (url, _):
        result, failure, _ = filled(url)
    assert failure is None
    assert result.durations[0, 1] == result.distances[0, 1] == NO_ROAD
    assert result.durations[1, 2] == result.distances[1, 2] == NO_ROAD
    assert (np.delete(result.durations[3], 3) == NO_ROAD).all()
    assert (np.diag(result.durations) == 0).all()
    assert (result.durations == NO_ROAD).sum() == 2 + 29


def test_seconds_and_metres_are_rounded_up():
    def precise(path):
        status, answer = table(path)
        answer["durations"][0][1], answer["distances"][0][1] = 61.1, 500.01
        return status, answer

    with server(precise) as (url, _):
        result, _, _ = filled(url)
    assert (result.durations[0, 1], result.distances[0, 1]) == (62, 501)


def spoiled(**parts):
    def answer(path):
        status, body = table(path)
        return status, body | parts

    return answer


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda path: (200, b"<html>maintenance</html>"), "malformed"),
        (lambda path: (200, b"\xff\xfe"), "malformed"),
        (lambda path: (502, b"<html>bad gateway</html>"), "HTTP 502"),
        (lambda path: (302, b""), "HTTP 302"),
        (
            lambda path: (400, {"code": "InvalidQuery", "message": "Query string malformed"}),
            "Query string malformed",
        ),
        (lambda path: (200, {"code": "Ok"}), "not a table of 30 × 30"),
        (spoiled(durations=[[1, 2], [3]]), "not a table of 30 × 30"),
        (spoiled(durations=[[-1.0] * 30] * 30), "can't be"),
        (spoiled(distances=[[1e300] * 30] * 30), "can't be"),
        (spoiled(durations=[["1"] * 30] * 30), "malformed"),
        (spoiled(sources=[]), "leaves out"),
    ],
)
def test_a_bad_answer_is_named_and_leaves_the_drives_unknown(answer, why):
    with server(answer) as (url, _):
        result, failure, _ = filled(url)
    assert why in failure
    assert (result.durations[~np.eye(30, dtype=bool)] == UNKNOWN).all()


def test_what_was_answered_before_a_failure_stays(monkeypatch):
    monkeypatch.setattr(osrm, "TILE_SIDE", 10)
    answers = iter(range(9))

    with server(lambda path: table(path) if next(answers) < 4 else (500, b"")) as (url, _):
        result, failure, _ = filled(url)
    assert "HTTP 500" in failure
    answered = result.durations != UNKNOWN
    assert 400 <= answered.sum() <= 500
    assert (result.durations[answered] == expected()[answered]).all()


def test_a_slow_server_is_given_up(monkeypatch):
    monkeypatch.setattr(osrm, "ANSWER_S", 0.2)

    def slow(path):
        time.sleep(0.6)
        return table(path)

    with server(slow) as (url, _):
        _, failure, _ = filled(url)
    assert failure == "it did not answer within 0.2 s"


def test_a_server_that_trickles_is_given_up_in_the_end(monkeypatch):
    monkeypatch.setattr(osrm, "DEADLINE_S", 0.3)
    monkeypatch.setattr(osrm, "TILE_SIDE", 5)

    def trickling(path):
        time.sleep(0.1)
        return table(path)

    with server(trickling) as (url, _):
        result, failure, _ = filled(url)
    assert failure == "it was not done within 0.3 s"
    assert (result.durations == UNKNOWN).any()


def test_nobody_listening_is_said():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        _, failure, _ = filled(f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert failure == "it could not be reached"


@pytest.mark.parametrize(
    "url",
    [
        "localhost:5000",
        "ftp://127.0.0.1",
        "",
        "http://[::1",
        "http://127.0.0.1:99999999",
        "http://a\x00b",
    ],
)
def test_an_address_that_is_none_is_said(url):
    _, failure, _ = filled(url)
    assert "address" in failure

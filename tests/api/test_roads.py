"""Travel times by road: a real OSRM on a real map of Porto, and the cache in a real database."""

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from api.adapters import osrm, road_network
from api.adapters.roads import travel_matrix
from api.cli import main
from api.db.engine import Database
from api.db.road_times import MAX_AGE, RoadTimes
from scheduler.travel import WORKDAY, GreatCircle

PORTO = Path(__file__).parents[3] / "shared" / "data" / "roads" / "porto.osm.pbf"
needs_porto = pytest.mark.skipif(not PORTO.is_file(), reason="the map of Porto is not here")

CENTRE = [(float(lat), float(lon)) for lat in np.linspace(41.148, 41.163, 5) for lon in np.linspace(-8.63, -8.60, 6)]
FOZ, BEIJING = (41.1580, -8.6750), (39.9042, 116.4074)


@pytest.fixture
def in_database(database_url):
    """Runs `action(session)` in a transaction of its own, on a database that has seen no roads yet."""

    async def transaction(action):
        database = Database(database_url)
        try:
            return await database.write(action)
        finally:
            await database.close()

    def run(action):
        return asyncio.run(transaction(action))

    run(lambda session: session.execute(delete(RoadTimes)))
    return run


@pytest.fixture
def ask(in_database):
    def ask(points, url, departure_s=None):
        return in_database(
            lambda session: travel_matrix(points, session=session, osrm_url=url, departure_s=departure_s)
        )

    return ask


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose road network was built by the command, as a person would."""
    home = tmp_path_factory.mktemp("home")
    built = doorstep(home, "roads", "build", str(PORTO))
    assert built.exit_code == 0, built.output
    assert "Reading the roads of porto.osm.pbf" in built.output
    return home


def doorstep(home, *arguments):
    return CliRunner().invoke(main, arguments, env={"DOORSTEP_HOME": str(home)})


@contextmanager
def real_osrm(home):
    network = road_network.in_use(home / "roads")
    with road_network.serving(network, home / "roads", port=0) as (url, process):
        yield url, process


@pytest.fixture(scope="module")
def porto(home):
    with real_osrm(home) as (url, _):
        yield url


@contextmanager
def counting(url):
    """A proxy in front of a road server; yields its URL and the number of coordinates of each request."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path.split("?")[0].count(","))
            answer = httpx.get(url + self.path, timeout=30, trust_env=False)
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}", asked
        finally:
            http.shutdown()
            thread.join()


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@needs_porto
def test_roads_are_longer_than_straight_lines_and_not_absurdly_so(ask, porto):
    roads = ask(CENTRE, porto)
    assert roads.provider == "osrm"
    assert roads.warnings == []
    _, straight = GreatCircle(detour=1).matrix(CENTRE)
    apart = straight > 0
    # A place is moved to the next road first: up to 100 m at either end.
    assert (roads.distances[apart] >= straight[apart] - 200).all()
    assert 1.1 < np.median(roads.distances[apart] / straight[apart]) < 2
    kmh = roads.distances[apart] / roads.durations[apart] * 3.6
    assert 10 < np.median(kmh) < 60
    assert (np.diag(roads.durations) == 0).all()


@needs_porto
def test_one_way_streets_make_there_and_back_differ(ask, porto):
    roads = ask(CENTRE, porto)
    assert (roads.distances != roads.distances.T).mean() > 0.5


@needs_porto
def test_pieces_give_the_same_as_one_request(ask, porto, monkeypatch):
    with counting(porto) as (url, asked):
        whole = ask(CENTRE, url)
        assert asked == [60]
    monkeypatch.setattr(osrm, "TILE_SIDE", 7)
    with counting(porto) as (url, asked):
        pieces = ask(CENTRE, url)
        assert len(asked) == 25
    assert (pieces.durations == whole.durations).all()
    assert (pieces.distances == whole.distances).all()


@needs_porto
def test_a_real_server_that_takes_fewer_places_at_once_gives_the_same(ask, porto, home, monkeypatch):
    whole = ask(CENTRE, porto)
    monkeypatch.setattr(road_network, "MOST_PLACES", 25)
    with real_osrm(home) as (url, _):
        assert httpx.get(f"{url}/table/v1/driving/" + ";".join(["-8.61,41.15"] * 26)).json()["code"] == "TooBig"
        pieces = ask(CENTRE, url)
    assert pieces.warnings == []
    assert (pieces.durations == whole.durations).all()


@needs_porto
def test_what_was_asked_once_is_never_asked_again(ask, porto):
    with counting(porto) as (url, asked):
        first = ask(CENTRE, url)
        asked.clear()
        again = ask(list(reversed(CENTRE)), url)
        assert asked == []
    assert again.provider == "osrm"
    assert again.warnings == []
    assert (again.durations == first.durations[::-1, ::-1]).all()
    assert (again.distances == first.distances[::-1, ::-1]).all()


@needs_porto
def test_one_new_place_is_asked_for_alone(ask, porto):
    fresh = ask([*CENTRE, FOZ], porto)
    with counting(porto) as (url, asked):
        ask(CENTRE, url)
        asked.clear()
        more = ask([*CENTRE, FOZ], url)
        assert sorted(asked) == [31, 31]
    assert (more.durations == fresh.durations).all()


@needs_porto
def test_a_stopped_server_leaves_estimates_and_says_so(ask, home):
    with real_osrm(home) as (url, _):
        by_road = ask(CENTRE[:5], url)
    points = [*CENTRE[:5], FOZ]
    after = ask(points, url)
    estimates = GreatCircle(speed_kmh=WORKDAY).matrix(points)
    assert (after.durations[:5, :5] == by_road.durations).all()
    assert (after.durations[5] == estimates[0][5]).all()
    assert (after.distances[:, 5] == estimates[1][:, 5]).all()
    assert after.provider == "osrm"
    assert after.warnings == ["10 of 36 travel times are estimates: the road server failed (it could not be reached)."]


def test_without_a_server_every_time_is_an_estimate_and_says_so(ask):
    roads = ask(CENTRE, f"http://127.0.0.1:{closed_port()}")
    durations, distances = GreatCircle(speed_kmh=WORKDAY).matrix(CENTRE)
    assert roads.provider == "great_circle"
    assert (roads.durations == durations).all()
    assert (roads.distances == distances).all()
    assert roads.warnings == [
        "870 of 900 travel times are estimates: the road server failed (it could not be reached)."
    ]


def test_without_a_road_network_every_time_is_an_estimate_and_says_so(ask):
    roads = ask(CENTRE, None)
    assert roads.provider == "great_circle"
    assert "DOORSTEP_OSRM_URL" in roads.warnings[0]
    assert (roads.durations == GreatCircle(speed_kmh=WORKDAY).matrix(CENTRE)[0]).all()


@needs_porto
def test_a_place_off_the_map_is_estimated_and_counted(ask, porto):
    points = [*CENTRE[:3], BEIJING]
    for _ in ("asked", "cached"):
        roads = ask(points, porto)
        assert roads.warnings == ["6 of 16 travel times are estimates: the road network has no way there."]
        assert (roads.distances[3] == GreatCircle().matrix(points)[1][3]).all()
        assert roads.provider == "osrm"


@needs_porto
def test_places_at_the_same_coordinates_are_asked_once_and_no_drive_apart(ask, porto):
    with counting(porto) as (url, asked):
        roads = ask([CENTRE[0], CENTRE[7], CENTRE[0]], url)
        assert asked == [4]
    assert roads.durations[0, 2] == roads.distances[2, 0] == 0
    assert (roads.durations[0] == roads.durations[2]).all()


@needs_porto
def test_rush_hour_lengthens_road_times_but_not_the_roads(ask, porto):
    mean, evening = ask(CENTRE, porto), ask(CENTRE, porto, departure_s=18 * 3600)
    assert (evening.durations == np.ceil(mean.durations / WORKDAY.by_hour[18])).all()
    assert (evening.distances == mean.distances).all()


@pytest.mark.parametrize("points", [[], [CENTRE[0]]])
def test_fewer_than_two_places_ask_nobody(ask, points):
    roads = ask(points, f"http://127.0.0.1:{closed_port()}")
    assert roads.durations.tolist() == [[0]] * len(points)
    assert roads.warnings == []


def test_a_point_that_is_not_on_the_earth_is_refused(ask):
    with pytest.raises(ValueError, match=r"points\[1\]"):
        ask([CENTRE[0], (41.0, 181.0)], None)


@contextmanager
def made_up(seconds):
    """A road server on which every drive takes `seconds[0]`; the map's version is the same number."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            rows, columns = (self.path.split(f"{name}=")[1].split("&")[0].count(";") + 1
                             for name in ("sources", "destinations"))  # fmt: skip
            drives = [[seconds[0]] * columns] * rows
            ends = {"sources": [{"distance": 0}] * rows, "destinations": [{"distance": 0}] * columns}
            answer = {"code": "Ok", "durations": drives, "distances": drives, "data_version": str(seconds[0])}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer | ends).encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}"
        finally:
            http.shutdown()
            thread.join()


def test_a_new_map_behind_the_same_address_replaces_every_cached_time(ask):
    seconds = [60]
    with made_up(seconds) as url:
        assert ask(CENTRE[:4], url).durations[0, 1] == 60
        seconds[0] = 90
        assert ask(CENTRE[:4], url).durations[0, 1] == 60
        renewed = ask(CENTRE[:5], url).durations
        assert (renewed[~np.eye(5, dtype=bool)] == 90).all()
        assert (ask(CENTRE[:4], url).durations[~np.eye(4, dtype=bool)] == 90).all()


def test_times_older_than_a_month_are_asked_again(ask, in_database):
    seconds = [60]
    with made_up(seconds) as url:
        ask(CENTRE[:3], url)
        aged = RoadTimes.asked_at - MAX_AGE - timedelta(minutes=1)
        in_database(lambda session: session.execute(update(RoadTimes).values(asked_at=aged)))
        seconds[0] = 90
        assert ask(CENTRE[:3], url).durations[0, 1] == 90
        assert ask(CENTRE[:3], url).durations[0, 1] == 90
    assert in_database(lambda session: session.scalar(select(func.count()).select_from(RoadTimes))) == 3


def test_two_networks_do_not_share_their_times(ask):
    with made_up([60]) as slow, made_up([30]) as fast:
        assert ask(CENTRE[:3], slow).durations[0, 1] == 60
        assert ask(CENTRE[:3], fast).durations[0, 1] == 30

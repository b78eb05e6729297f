"""Geocoding against a real local server that answers as AMap, Baidu and Nominatim do, or is broken."""

import asyncio
import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from api.adapters import geocoding
from api.adapters.geocoders import PROVIDERS, Geocoder, from_bd09, from_gcj02
from api.adapters.geocoding import Location, NotLocated, locate
from api.db.engine import Database
from api.db.geocode_cache import MISS_KEPT, GeocodeCache

ADDRESS = "朝阳区阜通东大街6号方恒国际3号楼2单元1501"
AMAP = {
    "status": "1",
    "info": "OK",
    "infocode": "10000",
    "count": "1",
    "geocodes": [
        {
            "formatted_address": "北京市朝阳区阜通东大街6号",
            "city": "北京市",
            "district": "朝阳区",
            "location": "116.482086,39.990496",
            "level": "门牌号",
        }
    ],
}
BAIDU = {
    "status": 0,
    "result": {
        "location": {"lng": 116.48867, "lat": 39.99632},
        "precise": 1,
        "confidence": 80,
        "level": "门址",
    },
}
NOMINATIM = [
    {
        "lat": "41.1496",
        "lon": "-8.6110",
        "display_name": "Rua de Santa Catarina 100, Porto, Portugal",
        "place_rank": 30,
    }
]
ANSWERS = {"amap": AMAP, "baidu": BAIDU, "nominatim": NOMINATIM}


@pytest.fixture
def in_database(database_url):
    """Runs `action(session)` in a transaction of its own, on a database that has seen no address yet."""

    async def transaction(action):
        database = Database(database_url)
        try:
            return await database.write(action)
        finally:
            await database.close()

    def run(action):
        return asyncio.run(transaction(action))

    run(lambda session: session.execute(delete(GeocodeCache)))
    return run


@pytest.fixture
def find(in_database):
    def find(geocoder, address=ADDRESS, city="北京"):
        return in_database(lambda session: locate(address, city, session=session, geocoder=geocoder))

    return find


@contextmanager
def service(provider, answer, status=200):
    """A geocoder of one's own that always gives this answer, and the questions it was asked."""
    questions = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlsplit(self.path)
            questions.append({"path": url.path} | {key: value[0] for key, value in parse_qs(url.query).items()})
            questions[-1]["agent"] = self.headers["User-Agent"]
            body = answer() if callable(answer) else answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        try:
            domain = f"127.0.0.1:{http.server_port}"
            yield Geocoder(provider, key="k3y", domain=domain, scheme="http"), questions
        finally:
            http.shutdown()
            thread.join()


def metres(a, b):
    return prcoords.Coords(*a).distance(prcoords.Coords(*b))


def test_amap_is_asked_in_its_own_words_and_its_shift_is_undone(find):
    with service("amap", AMAP) as (geocoder, questions):
        found = find(geocoder)
    assert questions[0] | {"agent": ""} == {
        "path": "/v3/geocode/geo",
        "key": "k3y",
        "address": ADDRESS,
        "city": "北京",
        "output": "JSON",
        "agent": "",
    }
    assert found.said == "北京市朝阳区阜通东大街6号"
    assert 400 < metres((found.lat, found.lon), (39.990496, 116.482086)) < 700
    assert metres(prcoords.wgs_gcj((found.lat, found.lon)), (39.990496, 116.482086)) < 0.1


def test_baidu_is_asked_in_its_own_words_and_both_shifts_are_undone(find):
    with service("baidu", BAIDU) as (geocoder, questions):
        found = find(geocoder)
    assert questions[0]["path"] == "/geocoding/v3/"
    assert (questions[0]["ak"], questions[0]["address"], questions[0]["city"]) == ("k3y", ADDRESS, "北京")
    assert 700 < metres((found.lat, found.lon), (39.99632, 116.48867)) < 2000
    assert metres(prcoords.wgs_bd((found.lat, found.lon)), (39.99632, 116.48867)) < 0.5


def test_nominatim_is_asked_in_its_own_words_and_says_wgs84(find):
    with service("nominatim", NOMINATIM) as (geocoder, questions):
        found = find(geocoder, "Rua de Santa Catarina 100", "Porto")
    assert questions[0]["path"] == "/search"
    assert questions[0]["q"] == "Rua de Santa Catarina 100, Porto"
    assert questions[0]["agent"].startswith("doorstep/")
    assert found == Location(41.1496, -8.611, "Rua de Santa Catarina 100, Porto, Portugal")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_address_is_asked_once_however_it_is_typed(find, provider):
    with service(provider, ANSWERS[provider]) as (geocoder, questions):
        first = find(geocoder, "Fu Tong Dong Da Jie 6")
        assert find(geocoder, "  fu tong  DONG da jie ６ ") == first
        assert isinstance(first, Location)
        assert len(questions) == 1
        find(geocoder, "Fu Tong Dong Da Jie 6", "上海")
        assert len(questions) == 2


@pytest.mark.parametrize(
    ("provider", "nothing"),
    [
        ("amap", {"status": "1", "infocode": "10000", "info": "OK", "count": "0", "geocodes": []}),
        ("baidu", {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}),
        ("nominatim", []),
    ],
)
def test_an_address_that_is_not_on_the_map_is_asked_again_after_a_week(find, in_database, provider, nothing):
    with service(provider, nothing) as (geocoder, questions):
        assert find(geocoder) == NotLocated("The address is not on the map.", again=False)
        assert find(geocoder) == NotLocated("The address is not on the map.", again=False)
        assert len(questions) == 1
        aged = GeocodeCache.at - MISS_KEPT - timedelta(minutes=1)
        in_database(lambda session: session.execute(update(GeocodeCache).values(at=aged)))
        find(geocoder)
        assert len(questions) == 2


@pytest.mark.parametrize(
    ("provider", "area"),
    [
        ("amap", AMAP | {"geocodes": [AMAP["geocodes"][0] | {"level": "区县"}]}),
        ("baidu", BAIDU | {"result": BAIDU["result"] | {"level": "城市"}}),
        ("nominatim", [NOMINATIM[0] | {"place_rank": 16}]),
    ],
)
def test_the_middle_of_a_district_is_no_location(find, provider, area):
    with service(provider, area) as (geocoder, _):
        found = find(geocoder)
    assert isinstance(found, NotLocated)
    assert "Only the area was found" in found.reason


@pytest.mark.parametrize(
    ("provider", "answer", "why"),
    [
        ("amap", {"status": "0", "info": "USER_DAILY_QUERY_OVER_LIMIT", "infocode": "10044"}, "OVER_LIMIT"),
        ("amap", {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}, "refuses the key"),
        ("amap", {"status": "0", "info": "ENGINE_RESPONSE_DATA_ERROR", "infocode": "30001"}, "30001"),
        ("baidu", {"status": 302, "message": "天配额超限，限制访问"}, "Quota"),
        ("baidu", {"status": 200, "message": "APP不存在，AK有误请检查再重试"}, "refuses the key"),
        ("baidu", {"status": 1, "msg": "Internal Service Error"}, "Internal server error"),
    ],
)
def test_a_refusal_is_named_and_may_be_asked_again(find, provider, answer, why):
    with service(provider, answer) as (geocoder, questions):
        for _ in range(2):
            found = find(geocoder)
            assert isinstance(found, NotLocated)
            assert found.again
            assert why in found.reason
            assert "k3y" not in found.reason
        assert len(questions) == 2


def test_a_question_that_the_provider_calls_wrong_is_not_asked_again(find):
    with service("amap", {"status": "0", "info": "INVALID_PARAMS", "infocode": "20000"}) as (geocoder, _):
        found = find(geocoder)
    assert not found.again
    assert "refuses the address" in found.reason


GARBAGE = [
    b"<html>",
    b"\xff\xfe\x00",
    b"",
    b"null",
    b"7",
    b"[]",
    b"{}",
    b"[7]",
    {"status": "1", "geocodes": [{"location": "x", "formatted_address": "", "level": "门牌号"}]},
    {"status": "1", "geocodes": [{"location": "NaN,NaN", "formatted_address": "", "level": "门牌号"}]},
    {"status": "1", "geocodes": {}},
    {"status": "1", "geocodes": None},
    {"status": 0, "result": {"location": {"lat": None, "lng": 1}, "level": "门址"}},
    {"status": 0, "result": {"location": {"lat": 9999, "lng": 1}, "level": "门址"}},
    {"status": "zero"},
    [{"lat": "north", "lon": "1", "display_name": "?", "place_rank": 30}],
    [{"lat": "1", "lon": "1", "place_rank": "many"}],
]


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_garbage_is_never_a_place(find, provider, garbage):
    with service(provider, garbage) as (geocoder, _):
        assert isinstance(find(geocoder), NotLocated)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_http_error_is_never_a_place(find, provider, status):
    with service(provider, ANSWERS[provider], status) as (geocoder, _):
        found = find(geocoder)
    assert isinstance(found, NotLocated)
    assert str(status) in found.reason


def test_a_slow_geocoder_is_given_up(find, monkeypatch):
    monkeypatch.setattr(geocoding, "TIMEOUT_S", 0.2)
    with service("amap", lambda: time.sleep(0.6) or AMAP) as (geocoder, _):
        assert find(geocoder) == NotLocated("The geocoder amap failed: no answer within 0.2 s.", again=True)


def test_nobody_listening_is_said(find):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        domain = f"127.0.0.1:{closed.getsockname()[1]}"
        found = find(Geocoder("nominatim", domain=domain, scheme="http"))
    assert found == NotLocated("The geocoder nominatim failed: it could not be reached.", again=True)


def test_a_ticket_without_an_address_or_a_geocoder_waits_for_a_location(find):
    assert find(Geocoder("nominatim"), "  ") == NotLocated("There is no address.", again=False)
    assert find(None) == NotLocated("No geocoder is set.", again=True)


def test_a_public_name_that_leads_to_a_private_address_is_not_followed(find, monkeypatch):
    """A local name stands here for the provider's public one, as a poisoned resolver would have it."""
    with service("amap", AMAP) as (own, questions):
        public = Geocoder("amap", key="k3y", scheme="http")
        monkeypatch.setattr("api.adapters.amap.DOMAIN", own.domain)
        found = find(public)
        assert questions == []
    assert "private address, 127.0.0.1" in found.reason
    assert found.again


def test_calls_to_a_public_provider_are_paced(in_database, monkeypatch):
    """On a server of one's own there is no pause; on the public one there is, for all callers together."""
    geocoding._paced.cache_clear()
    monkeypatch.setattr("api.adapters.amap.DOMAIN", "127.0.0.1:1")

    async def several(session):
        began = time.monotonic()
        geocoder = Geocoder("amap", key="k3y")
        for number in range(4):
            await locate(f"阜通东大街{number}号", "北京", session=session, geocoder=geocoder)
        return time.monotonic() - began

    assert in_database(several) >= 3 / PROVIDERS["amap"].per_second * 0.95
    geocoding._paced.cache_clear()


# Pairs published with the conversion's open-source implementations (googollee/eviltransform, MIT).
KNOWN = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs84", "gcj02"), KNOWN)
def test_known_shifts_are_undone_to_the_metre(wgs84, gcj02):
    assert 300 < metres(wgs84, gcj02) < 700
    assert metres(from_gcj02(gcj02), wgs84) < 1


@given(st.floats(22, 45), st.floats(85, 125))
def test_a_shift_there_and_back_ends_within_a_metre(lat, lon):
    assert metres(from_gcj02(prcoords.wgs_gcj((lat, lon))), (lat, lon)) < 1
    assert metres(from_bd09(prcoords.wgs_bd((lat, lon))), (lat, lon)) < 1


@pytest.mark.parametrize("place", [(41.15, -8.61), (48.85, 2.35), (-33.87, 151.21), (0.0, 0.0)])
def test_outside_china_nothing_is_shifted(place):
    assert from_gcj02(place) == place
    assert from_bd09(place) == place


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"provider": "google"}, "must be one of amap, baidu, nominatim"),
        ({"provider": "amap"}, "needs a key"),
        ({"provider": "nominatim", "scheme": "file"}, "http or https"),
    ],
)
def test_a_geocoder_that_can_not_be_is_refused(given, why):
    with pytest.raises(ValueError, match=why):
        Geocoder(**given)


def test_two_callers_at_once_keep_one_answer(in_database, database_url):
    async def both(geocoder):
        async def once(session):
            return await locate(ADDRESS, "北京", session=session, geocoder=geocoder)

        database = Database(database_url)
        try:
            return await asyncio.gather(database.write(once), database.write(once))
        finally:
            await database.close()

    with service("amap", lambda: time.sleep(0.1) or AMAP) as (geocoder, questions):
        first, second = asyncio.run(both(geocoder))
    assert len(questions) == 2
    assert first == second
    assert in_database(lambda session: session.scalar(select(func.count()).select_from(GeocodeCache))) == 1

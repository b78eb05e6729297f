"""An OSRM server's `/table` service: road times between many places, in pieces that the server accepts."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import httpx
import msgspec
import numpy as np
from numpy.typing import NDArray

from api.db.road_times import NO_ROAD, UNKNOWN, RoadTable

TILE_SIDE = 400  # origins and destinations a request: 28 s for 2,200 places where tiles of 100 took 61 s
SMALLEST_SIDE = 10
AT_ONCE = 2  # requests; a road server has a thread a core, and more would only queue there
CONNECT_S, ANSWER_S, DEADLINE_S = 3, 30, 180
MAX_SNAP_M = 1_000  # a home further than this from any road is not on this map (OSRM would snap it to its edge)
TOO_LARGE = {413, 414, 431}  # how proxies in front of the server refuse a long URL
MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Tile:
    """Rows × columns of a table, asked in one request."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]

    def cut(self, side: int) -> Iterator["Tile"]:
        """Pieces of at most `side` rows and `side` columns."""
        for top in range(0, self.rows.size, side):
            for left in range(0, self.columns.size, side):
                yield Tile(self.rows[top : top + side], self.columns[left : left + side])


class Waypoint(msgspec.Struct):
    distance: float  # metres from the place that was asked to the road it was snapped to


class TableAnswer(msgspec.Struct):
    """The part of OSRM's answer that is used (http://project-osrm.org/docs/v26.5.0/api/#table-service)."""

    code: str
    message: str = ""
    durations: list[list[float | None]] = []
    distances: list[list[float | None]] = []
    sources: list[Waypoint] = []
    destinations: list[Waypoint] = []
    data_version: str = ""


class TooLarge(Exception):
    """The server takes fewer places in one request."""


class Unusable(Exception):
    """The server's answer is no road table; the message says why, for the dispatcher."""


class Osrm:
    """One road server. Use as `async with`; `data_version` is what its last answer said of its map."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.network = f"{self.url} driving"
        self.data_version: str | None = None
        self._side = TILE_SIDE
        # The road server is the company's own: a proxy for the internet must not come between.
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), trust_env=False)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.aclose()

    async def fill(self, table: RoadTable) -> str | None:
        """Ask for every UNKNOWN drive and write the answers into `table`; what went wrong, or None.

        A failure ends the asking; the drives answered before it stay.
        """
        if not _is_http(self.url):
            return f"{self.url!r} is not an http:// or https:// address"
        failure: str | None = None
        tiles = list(_unknown(table))

        async def ask_in_turn() -> None:
            nonlocal failure
            while tiles and failure is None:
                tile = tiles.pop()
                if max(tile.rows.size, tile.columns.size) > self._side:
                    tiles.extend(tile.cut(self._side))
                    continue
                try:
                    await self._ask(tile, table)
                except TooLarge:
                    self._side = min(self._side, max(tile.rows.size, tile.columns.size) // 2)
                    tiles.append(tile)
                    if self._side < SMALLEST_SIDE:
                        failure = f"it refuses even {2 * self._side} places at once"
                except (Unusable, httpx.HTTPError, httpx.InvalidURL) as error:
                    failure = _cause(error)

        try:
            async with asyncio.timeout(DEADLINE_S):
                await asyncio.gather(*(ask_in_turn() for _ in range(AT_ONCE)))
        except TimeoutError:
            failure = f"it was not done within {DEADLINE_S} s"
        return failure

    async def _ask(self, tile: Tile, table: RoadTable) -> None:
        places = np.concatenate((table.places[tile.rows], table.places[tile.columns])) / 1e5
        split, end = tile.rows.size, len(places)
        coordinates = ";".join(f"{lon:.5f},{lat:.5f}" for lat, lon in places)
        sources = ";".join(map(str, range(split)))
        destinations = ";".join(map(str, range(split, end)))
        try:
            response = await self._client.get(
                f"{self.url}/table/v1/driving/{coordinates}?annotations=duration,distance&generate_hints=false"
                f"&sources={sources}&destinations={destinations}"
            )
        except httpx.RemoteProtocolError as error:  # OSRM hangs up on a request line that is too long for it
            raise TooLarge from error
        if response.status_code in TOO_LARGE:
            raise TooLarge
        answer = _decoded(response)
        shape = (tile.rows.size, tile.columns.size)
        durations, distances = _whole(answer.durations, shape), _whole(answer.distances, shape)
        from_afar, to_afar = _off_the_map(answer.sources), _off_the_map(answer.destinations)
        if (from_afar.size, to_afar.size) != shape:
            raise Unusable("its answer leaves out where it found the places")
        no_road = (durations == NO_ROAD) | (distances == NO_ROAD) | from_afar[:, None] | to_afar
        cells = np.ix_(tile.rows, tile.columns)
        table.durations[cells] = np.where(no_road, NO_ROAD, durations)
        table.distances[cells] = np.where(no_road, NO_ROAD, distances)
        np.fill_diagonal(table.durations, 0)
        np.fill_diagonal(table.distances, 0)
        self.data_version = answer.data_version


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that don't close, a port past 65535
        return False


def _unknown(table: RoadTable) -> Iterator[Tile]:
    """Two rectangles that cover every UNKNOWN drive: from new places to all, and from old to new ones."""
    unknown = table.durations == UNKNOWN
    new = unknown.mean(axis=1) > 0.5
    for rows in (np.flatnonzero(new), np.flatnonzero(~new & unknown.any(axis=1))):
        columns = np.flatnonzero(unknown[rows].any(axis=0))
        if columns.size:
            yield Tile(rows, columns)


def _decoded(response: httpx.Response) -> TableAnswer:
    try:
        answer = msgspec.json.decode(response.content, type=TableAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if response.status_code != httpx.codes.OK:
            raise Unusable(f"it answered HTTP {response.status_code}") from error
        raise Unusable(f"its answer is malformed ({error})") from error
    if answer.code == "TooBig":
        raise TooLarge
    if answer.code != "Ok" or response.status_code != httpx.codes.OK:
        raise Unusable(f"it answered HTTP {response.status_code}, {answer.code}: {answer.message}")
    return answer


def _whole(rows: list[list[float | None]], shape: tuple[int, int]) -> NDArray[np.int64]:
    """Whole seconds or metres, rounded up like every travel time; null becomes NO_ROAD."""
    if len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
        raise Unusable(f"its answer is not a table of {shape[0]} × {shape[1]}")
    table = np.ceil(np.array(rows, dtype=np.float64))
    if np.any(table < 0) or np.any(table > MOST):
        raise Unusable("its answer has times or distances that can't be")
    return np.where(np.isnan(table), NO_ROAD, table).astype(np.int64)


def _off_the_map(waypoints: list[Waypoint]) -> NDArray[np.bool_]:
    return np.array([waypoint.distance > MAX_SNAP_M for waypoint in waypoints], dtype=np.bool_)


def _cause(error: Exception) -> str:
    match error:
        case httpx.ConnectTimeout():
            return f"it could not be reached within {CONNECT_S} s"
        case httpx.TimeoutException():
            return f"it did not answer within {ANSWER_S} s"
        case httpx.ConnectError():
            return "it could not be reached"
        case httpx.InvalidURL():
            return f"its address can't be used: {error}"
        case _:
            return str(error) or type(error).__name__

"""Pages that Node built from `web/`, as the routes of each face serve them."""

from functools import lru_cache
from pathlib import Path

from litestar import Response
from litestar.exceptions import NotFoundException

from api.map_tiles import MapTiles

DIST = Path(__file__).parents[2] / "web" / "dist"
KINDS = {
    "css": "text/css",
    "html": "text/html",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}


def pages(built: Path) -> dict[str, bytes]:
    """Every built file by its name; none before they are built. A new build counts at once."""
    try:
        return read(built, (built / "index.html").stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=3)
def read(folder: Path, built_at: int) -> dict[str, bytes]:
    """`built_at`, nanoseconds, tells one build from another."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def file_or_page(built: dict[str, bytes], path: Path, headers: dict[str, str]) -> Response[bytes]:
    """A built file; for any other address without a file's ending the pages themselves, which know where they are."""
    name = path.as_posix().strip("/.")
    if name not in built:
        if path.suffix or name.startswith("assets/"):
            raise NotFoundException("There is no such file. The page is older than the server: reload it.")
        name = "index.html"
    # The names of assets hold a hash of their content: another content is another name.
    caching = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    return answer(built[name], name.rpartition(".")[2], caching, headers)


def allowing(policy: str, tiles: MapTiles | None) -> dict[str, str]:
    """The header with the content policy, of a page with a map."""
    return {"Content-Security-Policy": tiles.allowed_by(policy) if tiles else policy}


def answer(content: bytes, ending: str, caching: str, headers: dict[str, str], status: int = 200) -> Response[bytes]:
    kind = KINDS.get(ending, "application/octet-stream")
    return Response(content, status_code=status, media_type=kind, headers=headers | {"Cache-Control": caching})

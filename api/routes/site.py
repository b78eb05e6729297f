"""The site's pages: plain files that any browser reads; what they show comes from the same API as everything."""

from functools import cache
from importlib.resources import files

from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

KINDS = {"json": "application/json", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def page(name: str) -> bytes:
    file = files("api") / "site" / name
    if "/" in name or name.startswith(".") or not file.is_file():
        raise NotFoundException("There is no such page.")
    return file.read_bytes()


@get("/", name="site", media_type=MediaType.HTML, include_in_schema=False)
async def site() -> bytes:
    return page("index.html")


@get("/site/{name:str}", name="site_file", include_in_schema=False)
async def site_file(name: FromPath[str]) -> Response[bytes]:
    content = page(name)
    return Response(content, media_type=KINDS.get(name.rpartition(".")[2], "application/octet-stream"))


routes = [site, site_file]

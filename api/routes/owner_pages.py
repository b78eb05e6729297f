"""The owner's page, as Node built it from `web/owner`. To GET it tells nothing and changes nothing, whatever the token:
only its script, asked by the owner, opens the link."""

from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from api.routes.built_pages import DIST, answer, file_or_page, pages

BUILT = DIST / "owner"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# The address is the key: it must not reach other sites, search engines or a shared cache.
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
NOT_BUILT = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Doorstep</title>
<h1>页面暂时无法打开</h1>
<p>您的报修不受影响，请致电服务中心。</p>
<h1 lang="en">This page can't be opened just now</h1>
<p lang="en">Your ticket is safe. Please call the office.</p>
</html>
"""


@get(["/o", "/o/{path:path}"], name="owner_page", include_in_schema=False)
async def owner_page(path: FromPath[Path] = Path()) -> Response[bytes]:
    if not (built := pages(BUILT)):
        return answer(NOT_BUILT.encode(), "html", "no-store", HEADERS, status=503)
    return file_or_page(built, path, HEADERS)


routes = [owner_page]

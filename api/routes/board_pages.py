"""The dispatcher's board, as Node built it from `web/board`; what it shows comes through the API as for everybody."""

from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from api.routes.built_pages import DIST, allowing, answer, file_or_page, pages
from api.routes.given import GivenSettings

BUILT = DIST / "board"
# `data:` are the signs within the map's styles.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {"Referrer-Policy": "same-origin"}
NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Doorstep</title>
<h1>The board is not built yet</h1>
<p>Nothing is lost, and <a href="/">the plain pages</a> work. Whoever runs Doorstep builds the board with
<code>./doorstep --version</code> in the checkout, which says what is lacking, or with
<code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>; it takes Node.js 20.19 or newer.</p>
<h1 lang="zh-CN">调度台尚未构建</h1>
<p lang="zh-CN">数据不会丢失，<a href="/">普通页面</a>仍可使用。请管理员在代码目录中运行
<code>./doorstep --version</code>（会提示缺少什么），或在 <code>web/</code> 中运行
<code>npm ci &amp;&amp; npm run build</code>（需要 Node.js 20.19 或更新版本）。</p>
</html>
"""


@get(["/board", "/board/{path:path}"], name="board_page", include_in_schema=False)
async def board_page(settings: GivenSettings, path: FromPath[Path] = Path()) -> Response[bytes]:
    headers = HEADERS | allowing(POLICY, settings.map_tiles())
    if not (built := pages(BUILT)):
        return answer(NOT_BUILT.encode(), "html", "no-store", headers, status=503)
    return file_or_page(built, path, headers)


routes = [board_page]

"""The technician's pages, as Node built them from `web/phone`; what they show comes through `mobile_contract`."""

from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from api.routes.built_pages import DIST, allowing, answer, file_or_page, pages
from api.routes.given import GivenSettings

BUILT = DIST / "phone"
# `blob:` are photos before they are sent, `data:` the signs within the map's styles.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Doorstep</title>
<h1>The phone's pages are not built yet</h1>
<p>Nothing is lost: what a phone has recorded stays on it. Whoever runs Doorstep builds them with
<code>./doorstep --version</code> in the checkout, which says what is lacking, or with
<code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>; it takes Node.js 20.19 or newer.</p>
<h1 lang="zh-CN">手机页面尚未构建</h1>
<p lang="zh-CN">手机上的记录不会丢失。请管理员在代码目录中运行 <code>./doorstep --version</code>（会提示缺少什么），
或在 <code>web/</code> 中运行 <code>npm ci &amp;&amp; npm run build</code>（需要 Node.js 20.19 或更新版本）。</p>
</html>
"""


HEADERS = {"Service-Worker-Allowed": "/phone"}


@get(["/phone", "/phone/{path:path}"], name="phone_page", include_in_schema=False)
async def phone_page(settings: GivenSettings, path: FromPath[Path] = Path()) -> Response[bytes]:
    headers = HEADERS | allowing(POLICY, settings.map_tiles())
    if not (built := pages(BUILT)):
        return answer(NOT_BUILT.encode(), "html", "no-store", headers, status=503)
    return file_or_page(built, path, headers)


routes = [phone_page]

"""An owner reports in real Chromium, at 390 pixels: pictures, questions, a photo, and at once the verdict and times."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from looks import looked_at
from PIL import Image
from playwright.sync_api import Browser, expect
from sqlalchemy.ext.asyncio import AsyncSession
from test_owner_journey import LOOKS, Scheme, heading, owners_phone, tap
from town import Town
from town_site import Office, serving

from api.actions.home_links import make_home_link
from api.adapters.servers import Servers
from api.auth import Person
from domain.owner_links import OPENED_LASTS
from domain.people import Role
from domain.tickets import Ticket


@pytest.fixture(scope="module")
def office(
    town: Town, links: dict[str, str], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def links(town: Town) -> dict[str, str]:
    """By language. Made before a browser runs, which keeps a loop of its own."""
    return {locale: home_link(town, town.report(where=1 + index)) for index, (locale, _) in enumerate(LOOKS)}


def home_link(town: Town, ticket_id: UUID) -> str:
    async def make(session: AsyncSession) -> str:
        ticket = await session.get_one(Ticket, ticket_id)
        desk = Person(ticket.id, "Mia", Role.MANAGER, None)
        return (await make_home_link(session, ticket.home_id, OPENED_LASTS, desk))[1]

    return town.write(make)


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (2400, 1800), "steelblue").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_an_owner_reports_with_pictures_and_is_told_at_once_what_to_do_and_who_pays(
    browser: Browser, office: Office, links: dict[str, str], tmp_path: Path, locale: str, scheme: Scheme
) -> None:
    folder, name = tmp_path, f"report-{locale}"
    with owners_phone(browser, office, f"/o/report/{links[locale]}", locale, scheme) as page:
        looked_at(page, f"{name}-door", folder)
        tap(page, "Begin", "开始报修")
        heading(page, "Where is it broken?", "哪里坏了？")
        looked_at(page, f"{name}-rooms", folder)
        tap(page, "Kitchen", "厨房")
        heading(page, "What is broken?", "什么坏了？")
        looked_at(page, f"{name}-things", folder)
        tap(page, "Water pipe", "水管")
        tap(page, "Slow leak from a pipe", "管道渗漏")
        heading(page, "So that we know how urgent it is", "帮助我们判断紧急程度")
        page.locator("label.choice").first.click()  # yes: water is running
        looked_at(page, f"{name}-questions", folder)
        tap(page, "Go on", "继续")
        heading(page, "Show us, and we come prepared", "请拍照，方便我们带好工具")
        chosen, sent = ("已选 1 张照片", "已上传 1 张") if locale == "zh-CN" else ("Photos chosen: 1", "1 sent")
        page.locator("input[type=file]").set_input_files(
            {"name": "leak.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        )
        expect(page.get_by_text(chosen)).to_be_visible()
        page.locator("#phone").fill("13912345678")
        looked_at(page, f"{name}-tell", folder)
        tap(page, "Report it", "提交报修")
        heading(page, "We have your report", "已收到报修")
        expect(page.locator(".urgent")).to_be_visible()
        expect(page.locator(".urgent")).to_contain_text("总水阀" if locale == "zh-CN" else "main water valve")
        expect(page.get_by_text(sent)).to_be_visible()
        looked_at(page, f"{name}-verdict", folder)
        tap(page, "Choose a time", "选择时间")
        expect(page.locator("button.time").first).to_be_visible()
        looked_at(page, f"{name}-times", folder)

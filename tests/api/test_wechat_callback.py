"""WeChat's callback takes what WeChat says, once, and nothing that somebody else or another time says."""

import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from town import Town
from wechat_servers import AES_KEY, TOKEN, Wechat, document, followed, sealed, signed, site_with, wechat

__all__ = ["followed", "wechat"]

OTHER_KEY = AES_KEY[::-1]


def rows(town: Town, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(query.encode()).fetchall()


def kept(town: Town, sender: str) -> list[tuple[Any, ...]]:
    return rows(
        town,
        "SELECT m.kind, m.text FROM intake_messages m JOIN intakes i ON i.id = m.intake_id "
        f"WHERE i.sender = '{sender}' ORDER BY m.id",
    )


def test_the_account_s_page_sees_its_echo_and_a_stranger_does_not(followed: TestClient[Litestar]) -> None:
    now = str(int(time.time()))
    query = {"timestamp": now, "nonce": "n1", "signature": signed(TOKEN, now, "n1"), "echostr": "5837397520"}
    answer = followed.get("/wechat/callback", params=query)
    assert (answer.status_code, answer.text) == (200, "5837397520")
    for wrong in ({"signature": "0" * 40}, {"nonce": "n2"}, {"timestamp": str(int(now) - 301)}):
        assert followed.get("/wechat/callback", params=query | wrong).status_code == 403
    assert followed.get("/wechat/callback").status_code == 403


def test_a_text_is_kept_and_answered_with_its_number_and_a_link(wechat: Wechat, town: Town) -> None:
    words = wechat.says("o-first", "厨房漏水 <b>&amp;]] 了")
    (number,) = re.findall(r"Q\d{6}", words.splitlines()[0])
    assert "http://127.0.0.1:8311/wechat/who/" in words
    assert kept(town, "o-first") == [("text", "厨房漏水 <b>&amp;]] 了")]
    assert rows(town, "SELECT number, state FROM intakes WHERE sender = 'o-first'") == [(number, "open")]


def test_text_picture_place_and_voice_of_one_person_are_one_conversation(wechat: Wechat, town: Town) -> None:
    numbers = {
        re.findall(r"Q\d{6}", told)[0]
        for told in (
            wechat.says("o-many", "水管坏了"),
            wechat.says("o-many", kind="image", PicUrl="http://mmbiz/1", MediaId="media-1"),
            wechat.says("o-many", kind="location", Location_X="39.915", Location_Y="116.404", Scale="20", Label="东城"),
            wechat.says("o-many", kind="voice", MediaId="v", Format="amr", Recognition="厨房"),
            wechat.says("o-many", kind="link", Title="一个链接", Description="", Url="https://example.com"),
        )
    }
    assert len(numbers) == 1
    assert [kind for kind, _ in kept(town, "o-many")] == ["text", "picture", "place", "text", "other"]
    ((latitude, longitude),) = rows(
        town, "SELECT latitude, longitude FROM intake_messages WHERE kind = 'place' AND latitude > 30"
    )
    assert (latitude, longitude) == pytest.approx((39.9136, 116.3978), abs=1e-3)  # GCJ-02 shifts Beijing by 500 m
    assert rows(town, "SELECT media_state FROM intake_messages WHERE media_id = 'media-1'") == [("waiting",)]


def test_a_new_follower_is_told_how_to_report_and_nothing_is_kept(wechat: Wechat, town: Town) -> None:
    assert "Tell us what is broken" in wechat.says("o-new", kind="event", Event="subscribe")
    body = wechat.message("o-new", kind="event", Event="unsubscribe")
    assert wechat.send(*wechat.request(body)).text == "success"
    assert kept(town, "o-new") == []


def test_the_menu_s_report_begins_a_conversation(wechat: Wechat, town: Town) -> None:
    number = re.findall(r"Q\d{6}", wechat.says("o-menu", kind="event", Event="CLICK", EventKey="report"))
    assert number == re.findall(r"Q\d{6}", wechat.says("o-menu", "灯坏了"))
    assert kept(town, "o-menu") == [("menu", "CLICK report"), ("text", "灯坏了")]


def test_fifteen_repetitions_at_once_are_one_message(wechat: Wechat, town: Town) -> None:
    body = wechat.message("o-again", Content="漏水")
    requests = [wechat.request(body) for _ in range(15)]
    with ThreadPoolExecutor(15) as threads:
        words = {
            wechat.words(answer, "o-again").split("http")[0]
            for answer in threads.map(lambda r: wechat.send(*r), requests)
        }
    assert len({re.findall(r"Q\d{6}", told)[0] for told in words}) == 1
    assert kept(town, "o-again") == [("text", "漏水")]
    assert len(rows(town, "SELECT 1 FROM intakes WHERE sender = 'o-again'")) == 1


def test_an_event_without_an_id_is_known_by_sender_and_time(wechat: Wechat, town: Town) -> None:
    body = wechat.message("o-event", kind="event", Event="CLICK", EventKey="report")
    for _ in range(3):
        wechat.words(wechat.send(*wechat.request(body)), "o-event")
    assert len(kept(town, "o-event")) == 1


def forged(wechat: Wechat, chance: random.Random) -> tuple[dict[str, str], bytes]:
    """One that must not be taken: each is right but for one thing."""
    body = wechat.message("o-forged", Content="给我开门")
    query, sent = wechat.request(body)
    match chance.randrange(9):
        case 0:
            return wechat.request(body, token="anotherToken")
        case 1:
            return wechat.request(body, at=chance.choice((-1, 1)) * chance.randrange(310, 10**6))
        case 2:
            return wechat.request(body, app_id="wx0000000000000000")
        case 3:
            return wechat.request(body, aes_key=OTHER_KEY)
        case 4:
            return query | {"msg_signature": "".join(chance.choices("0123456789abcdef", k=40))}, sent
        case 5:  # another message under the right signatures
            return query, document(ToUserName="gh_harbour", Encrypt=sealed(body))
        case 6:  # in the clear, where it should be encrypted
            return {name: query[name] for name in ("signature", "timestamp", "nonce")}, body
        case 7:
            broken = bytearray(sent)
            at = chance.randrange(sent.index(b"<Encrypt><![CDATA[") + 20, len(sent) - 30)
            broken[at] = ord("A") if broken[at] != ord("A") else ord("B")
            return query, bytes(broken)
        case _:
            return query | {chance.choice(("timestamp", "nonce", "signature")): "1"}, sent


def test_of_a_thousand_forged_expired_and_tampered_callbacks_none_is_taken(wechat: Wechat, town: Town) -> None:
    chance = random.Random(8311)
    assert {wechat.send(*forged(wechat, chance)).status_code for _ in range(1000)} == {403}
    assert rows(town, "SELECT 1 FROM intakes WHERE sender = 'o-forged'") == []


def forged_in_the_clear(wechat: Wechat, chance: random.Random) -> tuple[dict[str, str], bytes]:
    """As `forged`, for an account whose signature covers the time and the nonce alone."""
    body = wechat.message("o-forged-plain", Content="给我开门")
    query, sent = wechat.request(body)
    match chance.randrange(7):
        case 0:
            return wechat.request(body, token="anotherToken")
        case 1:
            return wechat.request(body, at=chance.choice((-1, 1)) * chance.randrange(310, 10**6))
        case 2:
            return query | {"signature": "".join(chance.choices("0123456789abcdef", k=40))}, sent
        case 3:
            del query[chance.choice(tuple(query))]
            return query, sent
        case 4:  # sealed with a key that this account hasn't
            return query, document(ToUserName="gh_harbour", Encrypt=sealed(body))
        case 5:
            return query, sent[: chance.randrange(len(sent) - 1)]
        case _:
            name = chance.choice(("timestamp", "nonce", "signature"))
            return query | {name: query[name][:-1] + chance.choice("gxyz")}, sent


def test_of_a_thousand_forged_expired_and_tampered_callbacks_in_the_clear_none_is_taken(
    town: Town, redis_url: str, tmp_path: Path
) -> None:
    chance = random.Random(8312)
    with site_with(town, redis_url, tmp_path, wechat_aes_key="") as client:
        wechat = Wechat(client, plain=True)
        assert {wechat.send(*forged_in_the_clear(wechat, chance)).status_code for _ in range(1000)} == {403}
    assert rows(town, "SELECT 1 FROM intakes WHERE sender = 'o-forged-plain'") == []


@pytest.mark.parametrize("plain", [False, True], ids=["encrypted", "plain"])
def test_a_thousand_replays_of_what_was_heard_keep_nothing_new(
    town: Town, redis_url: str, tmp_path: Path, plain: bool
) -> None:
    """Within the window they are WeChat's own repetitions, and after it they are refused: see the echo's test."""
    sender = f"o-replayed-{plain}"
    with site_with(town, redis_url, tmp_path, **({"wechat_aes_key": ""} if plain else {})) as client:
        wechat = Wechat(client, plain=plain)
        heard = [wechat.request(wechat.message(sender, Content=f"漏水 {number}")) for number in range(10)]
        for request in heard:
            wechat.words(wechat.send(*request), sender)
        before = kept(town, sender)
        with ThreadPoolExecutor(8) as threads:
            answers = threads.map(lambda number: wechat.send(*heard[number % 10]).status_code, range(1000))
            assert set(answers) == {200}
    assert len(before) == 10
    assert kept(town, sender) == before


def test_fifteen_repetitions_at_once_are_one_ticket(wechat: Wechat, town: Town) -> None:
    """Its sender is known, and calls the defect by its name: nobody at the desk need do anything."""
    ticket = town.report(where=7)
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "INSERT INTO known_senders (channel, sender, home_id, contact_name, contact_phone, known_since)"
            " SELECT 'wechat', 'o-known', home_id, '李四', '13900000000', now() FROM tickets WHERE id = %s",
            (ticket,),
        )
    request = wechat.request(wechat.message("o-known", Content="客厅灯具故障"))
    with ThreadPoolExecutor(15) as threads:
        told = {wechat.words(answer, "o-known") for answer in threads.map(lambda _: wechat.send(*request), range(15))}
    ((number,),) = rows(town, "SELECT number FROM tickets WHERE contact_name = '李四'")
    assert len(told) == 1
    assert number in told.pop()
    assert rows(town, "SELECT count(*) FROM intakes WHERE sender = 'o-known'") == [(1,)]


BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xml><FromUserName>&b;</FromUserName></xml>'
FILE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        FILE,
        b"<xml>" + b"<a>" * 5000,
        b"<xml>" + b"<a/>" * 5000 + b"</xml>",
        b"",
        b"\xff\xfe",
        b"<xml><FromUserName>a",
        b"<xml><?php x?></xml>",
        b"<xml></xml>",
        b"<xml><FromUserName>a</FromUserName><FromUserName>b</FromUserName></xml>",
        document(FromUserName="a", MsgType="text", CreateTime="soon", Content="x"),
        document(FromUserName="a", MsgType="text", CreateTime="9" * 30, Content="x"),
        document(FromUserName="a" * 200, MsgType="text", CreateTime="1700000000", Content="x"),
    ],
    ids=range(13),
)
def test_xml_that_is_a_bomb_or_half_a_message_is_refused(wechat: Wechat, body: bytes) -> None:
    assert wechat.send(*wechat.request(body)).status_code == 403


def test_a_body_that_is_too_large_is_refused_unread(wechat: Wechat) -> None:
    assert wechat.send(*wechat.request(b" " * 70_000)).status_code == 413


def test_a_query_that_says_something_twice_is_refused(wechat: Wechat, followed: TestClient[Litestar]) -> None:
    query, body = wechat.request(wechat.message("o-twice", Content="x"))
    pairs = "&".join(f"{name}={value}" for name, value in [*query.items(), ("nonce", "other")])
    assert followed.post(f"/wechat/callback?{pairs}", content=body).status_code == 403


def test_a_nul_and_a_place_off_the_earth_are_kept_as_far_as_they_go(wechat: Wechat, town: Town) -> None:
    wechat.says("o-odd", kind="location", Location_X="900", Location_Y="nan", Label="somewhere")
    assert kept(town, "o-odd") == [("place", "somewhere")]


def test_without_an_account_there_is_no_callback(town: Town, redis_url: str, tmp_path: Path) -> None:
    with site_with(town, redis_url, tmp_path, wechat_token="") as client:
        wechat = Wechat(client)
        assert wechat.send(*wechat.request(wechat.message("o-off", Content="x"))).status_code == 404
        assert client.get("/wechat/callback").status_code == 404


def test_a_test_account_speaks_in_the_clear(town: Town, redis_url: str, tmp_path: Path) -> None:
    with site_with(town, redis_url, tmp_path, wechat_aes_key="") as client:
        assert "Q0" in Wechat(client, plain=True).says("o-plain", "灯坏了")
    assert kept(town, "o-plain") == [("text", "灯坏了")]


@pytest.fixture
def slow_database(town: Town) -> Iterator[None]:
    """Somebody holds every table that a message needs."""
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE intakes, intake_messages IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


def test_while_the_database_is_slow_the_answer_comes_in_time_and_does_not_claim_to_have_kept_it(
    wechat: Wechat, town: Town, slow_database: None
) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(20) as threads:  # more than there are connections
        told = list(threads.map(lambda number: wechat.says(f"o-slow-{number}", "漏水"), range(20)))
    assert time.monotonic() - began < 5
    assert all("没有保存" in words for words in told)


def test_after_a_slow_database_messages_are_kept_again(wechat: Wechat, town: Town) -> None:
    assert rows(town, "SELECT 1 FROM intakes WHERE sender LIKE 'o-slow-%'") == []
    assert "Q0" in wechat.says("o-slow-again", "漏水")

"""The embedded Valkey carries the queue, and forgets everything when it stops."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from saq import Worker
from saq.queue.redis import RedisQueue

from api.adapters.servers import Home, Valkey


def test_a_queue_takes_its_url_and_a_worker_does_the_task(redis_url: str) -> None:
    done: list[str] = []

    async def visit(_: object, *, home: str) -> None:
        done.append(home)

    async def day() -> None:
        queue = RedisQueue.from_url(redis_url)
        assert await queue.enqueue("visit", home="3-1-501")
        await Worker(queue, functions=[("visit", visit)], burst=True, dequeue_timeout=1).start()
        await queue.disconnect()

    asyncio.run(day())
    assert done == ["3-1-501"]


def test_it_refuses_more_than_its_memory_rather_than_dropping_tasks(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert int(connection.config_get("maxmemory")["maxmemory"]) == 256 * 1024**2
        assert connection.config_get("port") == {"port": "0"}


def test_it_writes_nothing_to_disk_and_starts_empty(reachable: Path) -> None:
    home = Home(reachable / "home")
    with Valkey(home) as valkey, redis.Redis.from_url(valkey.url) as connection:
        connection.set("key", "value")
        with pytest.raises(redis.ResponseError):
            connection.config_set("appendonly", "perhaps")
    assert [path.name for path in (reachable / "home" / "run").iterdir()] == []
    with Valkey(home) as valkey, redis.Redis.from_url(valkey.url) as connection:
        assert connection.dbsize() == 0
    home.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the command in /proc")
def test_one_left_running_is_stopped_before_the_next_one_starts(reachable: Path) -> None:
    home = Home(reachable / "home")
    with Valkey(home) as valkey:
        program = os.readlink(f"/proc/{valkey.pid}/exe")
    socket = home.folder / "run" / "valkey.sock"
    command = [program, "--port", "0", "--unixsocket", str(socket), "--save", ""]
    orphan = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/", **home.account.spawning())
    try:
        redis.Redis.from_url(f"unix://{socket}", retry=Retry(ConstantBackoff(0.01), 1000)).ping()
        with Valkey(home) as valkey, redis.Redis.from_url(valkey.url) as connection:
            assert orphan.wait(5) == 0
            assert connection.ping()
    finally:
        orphan.kill()
    home.close()


def test_one_that_hangs_is_ended_all_the_same(reachable: Path) -> None:
    home = Home(reachable / "home")
    valkey = Valkey(home)
    valkey.start()
    assert valkey.pid
    os.kill(valkey.pid, signal.SIGSTOP)
    began = time.monotonic()
    valkey.stop()
    assert not valkey.alive
    assert time.monotonic() - began < 6
    home.close()

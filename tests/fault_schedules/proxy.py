"""The network between phones and the server: a line for each phone, which does to each exchange what chance says.

It works on whole HTTP messages, so that each fault strikes where its name says.
"""

import asyncio
import threading
from collections import Counter
from contextlib import closing, suppress
from random import Random
from typing import Self
from urllib.parse import urlsplit

from fault_schedules.messages import HEAD_BYTES, whole_message
from fault_schedules.schedule import Fault, Schedule

BROKEN = (OSError, EOFError, asyncio.LimitOverrunError)
"""How a connection ends that the other side, or a killed server, has cut."""

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Network:
    """`heal()` ends all faults; from then on the lines are only lines."""

    def __init__(self, schedule: Schedule, server: str) -> None:
        self.schedule = schedule
        parts = urlsplit(server)
        self.host, self.port = parts.hostname or "", parts.port or 0
        self.faults: Counter[Fault] = Counter()
        self.exchanges = 0
        self.healing = asyncio.Event()
        self.lines: list[str] = []
        """Of each phone: the address that is the server to it."""
        self.tasks: set[asyncio.Task[None]] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> Self:
        self.thread.start()
        for number in range(self.schedule.phones):
            self.lines.append(asyncio.run_coroutine_threadsafe(self.open_line(number), self.loop).result())
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def close(self) -> None:
        running = list(self.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def heal(self) -> None:
        """Returns when what was held back has arrived too: it is older than the healing."""
        self.loop.call_soon_threadsafe(self.healing.set)
        asyncio.run_coroutine_threadsafe(self.held_back(), self.loop).result()

    async def held_back(self) -> None:
        while late := [task for task in self.tasks if task.get_name() == Fault.LATE]:
            await asyncio.wait(late)

    async def open_line(self, number: int) -> str:
        chance = Random(f"{self.schedule.seed}/line {number}")

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            line = Line(self, chance)
            with suppress(*BROKEN, asyncio.CancelledError), closing(writer), closing(line):
                while await line.exchange(reader, writer):
                    pass

        server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=HEAD_BYTES)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def fault(self, chance: Random) -> Fault | None:
        drawn = chance.random()
        if self.healing.is_set():
            return None
        self.exchanges += 1
        for fault, rate in self.schedule.rates.items():
            if drawn < rate:
                self.faults[fault] += 1
                return fault
            drawn -= rate
        return None

    async def silence(self, reader: asyncio.StreamReader) -> None:
        """Until the phone gives up, or the network is whole again."""
        both = [self.loop.create_task(reader.read()), self.loop.create_task(self.healing.wait())]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()

    async def connect(self) -> Connection:
        return await asyncio.open_connection(self.host, self.port, limit=HEAD_BYTES)

    async def deliver(self, request: bytes, after_s: float = 0.0) -> None:
        """On a connection of its own; nobody hears the answer."""
        await asyncio.sleep(after_s)
        with suppress(*BROKEN):
            reader, writer = await self.connect()
            with closing(writer):
                await ask(reader, writer, request)

    def later(self, request: bytes, after_s: float) -> None:
        task = self.loop.create_task(self.deliver(request, after_s), name=Fault.LATE)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class Line:
    """One connection of a phone, and the one to the server behind it, which stays open as long."""

    def __init__(self, network: Network, chance: Random) -> None:
        self.network, self.chance = network, chance
        self.server: Connection | None = None

    def close(self) -> None:
        if self.server:
            self.server[1].close()

    async def exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer, or what becomes of them; whether the connection goes on."""
        request = await whole_message(reader)
        fault = self.network.fault(self.chance)
        if fault is Fault.UNREACHED:
            return False
        if fault is Fault.LATE:
            self.network.later(request, self.chance.uniform(0.1, 3.0))
            return False
        self.server = self.server or await self.network.connect()
        if fault is Fault.HALF_ASKED:
            await send(self.server[1], request[: self.chance.randrange(1, len(request))])
            await asyncio.sleep(self.chance.uniform(0.0, 0.2))
            return False
        if fault is Fault.SLOW:
            await asyncio.sleep(self.chance.uniform(0.05, 1.0))
        if fault is Fault.TWICE:
            _, answer = await asyncio.gather(self.network.deliver(request), ask(*self.server, request))
        else:
            answer = await ask(*self.server, request)
        if fault is Fault.UNHEARD:
            return False
        if fault is Fault.DROPPED:
            await self.network.silence(reader)
            return False
        if fault is Fault.SLOW:
            await asyncio.sleep(self.chance.uniform(0.05, 1.0))
        if fault is Fault.HALF_ANSWERED:
            answer = answer[: self.chance.randrange(1, len(answer))]
        await send(writer, answer)
        return fault is not Fault.HALF_ANSWERED


async def send(writer: asyncio.StreamWriter, message: bytes) -> None:
    writer.write(message)
    await writer.drain()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    await send(writer, request)
    return await whole_message(reader)

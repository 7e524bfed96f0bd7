#!/usr/bin/python3
"""A link that is slow and loses nothing: every piece of data arrives half a round trip later, in order.

usage: delaying_proxy.py SECONDS-OF-A-ROUND-TRIP ADDRESS PORT LISTEN-ADDRESS LISTEN-PORT [LOG]

LOG: a line of JSON for each piece as the client sees it: when it sent it, or when it got it.
"""
import asyncio
import json
import sys
from typing import Callable

Note = Callable[[str, bytes], None]


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, note: Note,
                not_before: float = 0.0) -> None:
    """What is read now is written `delay` later; meanwhile more is read."""
    loop = asyncio.get_running_loop()
    from_client = not_before > 0
    on_its_way: asyncio.Queue = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await on_its_way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not from_client:
                note("S", data)
            if not data:
                writer.close()
                return
            writer.write(data)

    delivering = asyncio.create_task(deliver())
    try:
        while data := await reader.read(65536):
            if from_client:
                note("C", data)
            on_its_way.put_nowait((max(loop.time(), not_before) + delay, data))
    except ConnectionError:
        pass
    if from_client:
        note("C", b"")
    on_its_way.put_nowait((max(loop.time(), not_before) + delay, b""))
    await delivering


class Log:
    def __init__(self, path: str | None):
        self._file = open(path, "w", buffering=1, encoding="ascii") if path else None
        self._connections = 0

    def connection(self) -> Note:
        self._connections += 1
        number = self._connections

        def note(who: str, data: bytes) -> None:
            if self._file:
                self._file.write(json.dumps([asyncio.get_running_loop().time(), number, who, data.decode("latin-1")]) + "\n")

        note("C", b"connect")
        return note


async def serve(round_trip: float, address: str, port: int, log: Log, client_reader, client_writer) -> None:
    # The client thinks that it is connected: the handshake would take it one round trip, and the server hears of
    # it half a round trip later, as it does of the first words if they are said at once.
    note = log.connection()
    connected = asyncio.get_running_loop().time() + round_trip
    await asyncio.sleep(1.5 * round_trip)
    try:
        reader, writer = await asyncio.open_connection(address, port)
    except OSError:
        client_writer.close()
        return
    await asyncio.gather(carry(client_reader, writer, round_trip / 2, note, connected),
                         carry(reader, client_writer, round_trip / 2, note), return_exceptions=True)


async def main(round_trip: float, address: str, port: int, listen_address: str, listen_port: int, log: Log) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: serve(round_trip, address, port, log, reader, writer), listen_address, listen_port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]),
                     Log(sys.argv[6] if len(sys.argv) > 6 else None)))

#!/usr/bin/python3
"""A link that is slow and loses nothing: every piece of data arrives half a round trip later, in order.

usage: delaying_proxy.py SECONDS-OF-A-ROUND-TRIP ADDRESS PORT LISTEN-ADDRESS LISTEN-PORT
"""
import asyncio
import sys


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """What is read now is written `delay` later; meanwhile more is read."""
    loop = asyncio.get_running_loop()
    on_its_way: asyncio.Queue = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await on_its_way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                writer.close()
                return
            writer.write(data)

    delivering = asyncio.create_task(deliver())
    try:
        while data := await reader.read(65536):
            on_its_way.put_nowait((loop.time() + delay, data))
    except ConnectionError:
        pass
    on_its_way.put_nowait((loop.time() + delay, b""))
    await delivering


async def serve(round_trip: float, address: str, port: int, client_reader, client_writer) -> None:
    # The client thinks that it is connected: the handshake would take it one round trip, and the server hears of
    # it half a round trip later.
    await asyncio.sleep(1.5 * round_trip)
    try:
        reader, writer = await asyncio.open_connection(address, port)
    except OSError:
        client_writer.close()
        return
    await asyncio.gather(carry(client_reader, writer, round_trip / 2), carry(reader, client_writer, round_trip / 2),
                         return_exceptions=True)


async def main(round_trip: float, address: str, port: int, listen_address: str, listen_port: int) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: serve(round_trip, address, port, reader, writer), listen_address, listen_port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])))

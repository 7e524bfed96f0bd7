#!/usr/bin/python3
"""Stands for a signing proxy such as dkimproxy: takes mail on one loopback port and gives it back on another.

A plain copy of bytes in both directions is enough, as the next server speaks SMTP itself.
usage: reinject.py TAKE-PORT GIVE-PORT
"""
import asyncio
import sys


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(take: int, give: int) -> None:
    async def pair(reader, writer):
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", give)
        await asyncio.gather(copy(reader, back_writer), copy(back_reader, writer))

    server = await asyncio.start_server(pair, "127.0.0.1", take)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

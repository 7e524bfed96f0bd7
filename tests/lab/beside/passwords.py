#!/usr/bin/python3
"""Stands for Dovecot's password service on a loopback port: it offers PLAIN, and no password is right.

The first lines of each side follow Dovecot's authentication protocol, version 1.1.
usage: passwords.py PORT
"""
import asyncio
import sys


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\n"
                 b"COOKIE\t0123456789abcdef0123456789abcdef\nDONE\n")
    try:
        while line := await reader.readline():
            words = line.decode("latin-1").rstrip("\n").split("\t")
            if words[0] == "AUTH":
                writer.write(f"FAIL\t{words[1]}\n".encode())
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

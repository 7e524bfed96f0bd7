#!/usr/bin/python3
"""A provider's server that sends on what its customers hand to it, a while later.

usage: smarthost.py SECONDS NEXT ADDRESS...
"""
import asyncio
import smtplib
import sys


class Session:
    """One connection; messages go on to NEXT in their own time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, source: str, following: str,
                 seconds: float):
        self._reader, self._writer, self._source, self._next = reader, writer, source, following
        self._seconds_in_the_queue = seconds
        self._sender, self._recipients = "", []

    async def run(self) -> None:
        try:
            self._say("220 out.isp.example ESMTP")
            while line := await self._reader.readline():
                if not await self._obey(line.decode("latin-1").rstrip("\r\n")):
                    break
        except ConnectionError:
            pass
        finally:
            self._writer.close()

    async def _obey(self, command: str) -> bool:
        verb = command.upper()
        if verb.startswith("MAIL FROM:"):
            self._sender, self._recipients = _path(command[10:]), []
        elif verb.startswith("RCPT TO:"):
            self._recipients.append(_path(command[8:]))
        elif verb == "DATA":
            self._say("354 go ahead")
            asyncio.get_running_loop().create_task(
                self._send_on(self._sender, self._recipients, await self._message()))
        self._say("221 bye" if verb == "QUIT" else "250 ok")
        return verb != "QUIT"

    async def _message(self) -> bytes:
        lines = []
        while (line := await self._reader.readline()) not in (b"", b".\r\n"):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"Received: from mail.example.com by out.isp.example; later\r\n" + b"".join(lines)

    async def _send_on(self, sender: str, recipients: list[str], message: bytes) -> None:
        await asyncio.sleep(self._seconds_in_the_queue)
        await asyncio.to_thread(self._deliver, sender, recipients, message)

    def _deliver(self, sender: str, recipients: list[str], message: bytes) -> None:
        with smtplib.SMTP(self._next, 25, "out.isp.example", 30, (self._source, 0)) as server:
            server.sendmail(sender, recipients, message)

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")


def _path(argument: str) -> str:
    return argument[argument.index("<") + 1:argument.index(">")]


async def main(seconds: float, following: str, addresses: list[str]) -> None:
    async def serve(reader, writer):
        await Session(reader, writer, addresses[0], following, seconds).run()

    servers = [await asyncio.start_server(serve, address, 25, limit=1 << 20) for address in addresses]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2], sys.argv[3:]))

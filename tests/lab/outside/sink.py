#!/usr/bin/python3
"""The outside world's only mail server: takes everything, and writes down what reached it.

One JSON line a recipient: that a line is here, with the token of an attempt, is what *relayed* means.
usage: sink.py RECORD ADDRESS...
"""
import asyncio
import json
import sys
import time

TOKEN_HEADER = "x-lab-token:"


class Session:
    """One connection; the least of SMTP that the four MTAs need to hand over a message."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record):
        self._reader, self._writer, self._record = reader, writer, record
        self._sender, self._recipients = "", []

    async def run(self) -> None:
        try:
            self._say("220 sink ready")
            while line := await self._reader.readline():
                command = line.decode("latin-1").rstrip("\r\n")
                if not await self._obey(command):
                    break
        except ConnectionError:
            pass
        finally:
            self._writer.close()

    async def _obey(self, command: str) -> bool:
        verb = command.upper()
        if verb.startswith("EHLO"):
            self._say("250-sink", "250-8BITMIME", "250 SMTPUTF8")
        elif verb.startswith("MAIL FROM:"):
            self._sender, self._recipients = command[10:].strip(), []
            self._say("250 ok")
        elif verb.startswith("RCPT TO:"):
            self._recipients.append(command[8:].strip())
            self._say("250 ok")
        elif verb.startswith("DATA"):
            self._say("354 go ahead")
            await self._take_message()
            self._say("250 taken")
        elif verb.startswith("QUIT"):
            self._say("221 bye")
            return False
        else:
            self._say("250 ok")
        return True

    async def _take_message(self) -> None:
        token, in_header = "", True
        while line := await self._reader.readline():
            text = line.decode("latin-1").rstrip("\r\n")
            if text == ".":
                break
            in_header = in_header and text != ""
            # A bounce quotes the header of what it refuses in its body: that is no relay.
            if in_header and text.lower().startswith(TOKEN_HEADER):
                token = text[len(TOKEN_HEADER):].strip()
        for recipient in self._recipients:
            self._record.write(json.dumps({"mail_from": self._sender, "rcpt_to": recipient,
                                           "token": token, "time": time.time()}) + "\n")
        self._record.flush()

    def _say(self, *lines: str) -> None:
        self._writer.write("".join(line + "\r\n" for line in lines).encode())


async def main(path: str, addresses: list[str]) -> None:
    with open(path, "a", encoding="utf-8") as record:
        async def serve(reader, writer):
            await Session(reader, writer, record).run()

        servers = [await asyncio.start_server(serve, address, 25, limit=1 << 20) for address in addresses]
        await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))

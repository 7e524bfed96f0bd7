#!/usr/bin/python3
"""A closed Exim as far as a client's patience goes: its replies, its limits, its pause at QUIT. For bench/link's sake.

smtp_accept_max_nonmail = 10 and smtp_max_synprot_errors = 3 are Exim's defaults; the pause is that of 4.96.
usage: exim_double.py PORT
"""
import asyncio
import re
import sys

LITERAL = re.compile(r"\[[0-9.]+\]")
HOME = re.compile(r"@(mail\.)?example\.com>?$")
UNKNOWN_SENDER = re.compile(r"test@((mail\.)?example\.com|localhost)")
EHLO = ("250-mail.example.com Hello", "250-8BITMIME", "250-PIPELINING", "250 HELP")
MAX_VIOLATIONS, MAX_NONMAIL, PAUSE = 3, 10, 0.2


def violation(address: str) -> str | None:
    """What Exim calls a recipient that it cannot read."""
    if LITERAL.search(address):
        return "domain literals not allowed"
    if "@" not in address:
        return "recipient address must contain a domain"
    if address.count("@") > 1 and '"' not in address and not address.startswith("<@"):
        return "malformed address"
    return "domain missing or malformed" if re.search(r"\.>?$", address) else None


def refusal(sender: str, address: str) -> str:
    """Its access list."""
    if address.lstrip("<").startswith("postmaster@") and HOME.search(address):
        return "250 Accepted"
    if re.search(r'[%!"]', address):
        return "550 Restricted characters in address"
    if UNKNOWN_SENDER.search(sender):
        return "550-Verification failed\r\n550-Unknown user\r\n550 Sender verify failed"
    return "550 Unknown user" if HOME.search(address) else "550 relay not permitted"


class Session:
    def __init__(self):
        self.greeted, self.sender, self.mail_refused = False, None, False
        self.violations = self.nonmail = 0

    def answer(self, command: str) -> str:
        verb, refused_before = command[:4].upper(), self.mail_refused
        self.mail_refused = False
        if verb in ("EHLO", "HELO"):
            self.nonmail += self.greeted
            self.greeted, self.sender = True, None
            return "\r\n".join(EHLO)
        if verb == "RSET":
            self.nonmail, self.sender = self.nonmail + 1, None
            return "250 Reset OK"
        if verb == "MAIL":
            return self.mail(command[10:])
        if verb == "RCPT":
            return self.rcpt(command[8:], refused_before)
        return self.violates("503 AUTH command used when not advertised" if verb == "AUTH" else "500 unrecognized command")

    def mail(self, sender: str) -> str:
        if not self.greeted:
            return self.violates("503 HELO or EHLO required")
        if LITERAL.search(sender) or (sender.strip("<>") and "@" not in sender):
            self.mail_refused = True
            return self.violates(f"501 {sender}: domain literals not allowed")
        self.sender = sender
        return "250 OK"

    def rcpt(self, address: str, mail_refused: bool) -> str:
        if self.sender is None:
            # Pipelined behind its MAIL: no violation of its own.
            return "503 sender not yet given" if mail_refused else self.violates("503 sender not yet given")
        wrong = violation(address)
        return self.violates(f"501 {address}: {wrong}") if wrong else refusal(self.sender, address)

    def violates(self, reply: str) -> str:
        self.violations += 1
        return reply

    def had_enough(self) -> bool:
        return self.violations > MAX_VIOLATIONS or self.nonmail > MAX_NONMAIL


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    session = Session()
    writer.write(b"220 mail.example.com ESMTP Exim 4.96\r\n")
    held = b""
    try:
        while line := await reader.readline():
            command = line.decode("latin-1").rstrip("\r\n")
            if command.upper() == "QUIT":
                try:
                    await asyncio.wait_for(reader.read(1), PAUSE)
                except TimeoutError:
                    pass
                writer.write(held + b"221 mail.example.com closing connection\r\n")
                break
            held += session.answer(command).encode("latin-1") + b"\r\n"
            if session.had_enough():
                writer.write(held + b"554 Too many errors\r\n")
                print(f"too many errors, the last with {command}", flush=True)
                break
            # Replies to what came together go together.
            if b"\n" not in reader._buffer:
                writer.write(held)
                held = b""
    except ConnectionError:
        pass
    writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

"""SMTP with a server that believes the lab: one connection, and whatever client each attempt wants to be."""
import socket
import ssl
from dataclasses import dataclass
from typing import Callable

STEP_SECONDS = 30.0


@dataclass(frozen=True)
class Reply:
    code: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def enhanced(self) -> str | None:
        """RFC 3463's three numbers, if the text begins with them."""
        first = self.text.split(" ", 1)[0]
        numbers = first.split(".")
        return first if len(numbers) == 3 and all(number.isdigit() for number in numbers) else None


class Closed(Exception):
    """The server has hung up, or never answered."""


@dataclass(frozen=True)
class Manners:
    """How the lab behaves towards one kind of server."""
    message: str
    """With its end; `{token}` stands for what it is recognised by."""
    verb: str = "HELO"
    log_in: Callable[["Wire", str], Reply] | None = None
    """After EHLO, which is said then whatever `verb` is."""
    without_bounce: bool = False
    """Bounces are nobody's question, and may cost more than the mail itself."""


class Wire:
    """Sends exactly these bytes, waits for the whole answer."""

    def __init__(self, connected: socket.socket):
        self._socket = connected
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(STEP_SECONDS)
        self._kept = b""

    def say(self, command: str) -> Reply:
        return self.send(command.encode("utf-8", "surrogateescape") + b"\r\n")

    def send(self, data: bytes) -> Reply:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error
        return self.reply()

    def reply(self) -> Reply:
        texts = []
        while True:
            line = self._line()
            texts.append(line[4:])
            if line[3:4] != "-":
                return Reply(int(line[:3]) if line[:3].isdigit() else 0, " ".join(texts))

    def start_tls(self, context: ssl.SSLContext) -> bool:
        """False if the server will not."""
        if self.say("EHLO lab.example").code != 250 or self.say("STARTTLS").code != 220:
            return False
        try:
            self._socket = context.wrap_socket(self._socket)
        except OSError as error:
            raise Closed(str(error)) from error
        return True

    def close(self) -> None:
        self._socket.close()

    def _line(self) -> str:
        while b"\n" not in self._kept:
            try:
                more = self._socket.recv(65536)
            except OSError as error:
                raise Closed(str(error)) from error
            if not more:
                raise Closed("closed by the server")
            self._kept += more
        line, self._kept = self._kept.split(b"\n", 1)
        return line.rstrip(b"\r").decode("latin-1")


def say_all(wire: Wire, attempt: dict, token: str, manners: Manners) -> dict:
    """An attempt from behind the greeting to the end of its message: at which step it ended, and with what reply."""
    if attempt.get("helo") is not None:
        logs_in = bool(manners.log_in and attempt.get("auth"))
        reply = wire.say(f"{'EHLO' if logs_in else attempt.get('verb', manners.verb)} {attempt['helo']}")
        if not reply.good:
            return ended("helo", reply)
    if manners.log_in and attempt.get("auth") and not manners.log_in(wire, attempt["auth"]).good:
        raise Closed("no login")
    reply = wire.say("MAIL FROM:" + attempt["mail_from"])
    if not reply.good:
        return ended("mail", reply)
    before = [wire.say("RCPT TO:" + other).code for other in attempt.get("after", [])]
    told = {"after": before} if before else {}
    reply = wire.say("RCPT TO:" + attempt["rcpt_to"] + _options(attempt["rcpt_to"], manners))
    if not reply.good:
        return {**ended("rcpt", reply), **told}
    told["rcpt_code"] = reply.code
    reply = wire.say("DATA")
    if not reply.good:
        return {**ended("data", reply), **told}
    reply = wire.send(manners.message.replace("{token}", token).encode())
    return {**ended("message", reply), **told, "token": token}


def ended(step: str, reply: Reply) -> dict:
    return {"at": step, "code": reply.code, "enhanced": reply.enhanced, "text": reply.text}


def _options(recipient: str, manners: Manners) -> str:
    return " NOTIFY=NEVER" if manners.without_bounce and recipient.startswith("<") and recipient.endswith(">") else ""


def xclient(attempt: dict) -> str:
    """The command that makes the server take us for this attempt's client."""
    ptr = attempt.get("ptr")
    address = attempt["client"]
    words = [f"NAME={ptr if ptr and attempt.get('ptr_confirmed', True) else '[UNAVAILABLE]'}",
             f"REVERSE_NAME={ptr or '[UNAVAILABLE]'}",
             f"ADDR={'IPV6:' if ':' in address else ''}{address}", "PORT=40001"]
    if attempt.get("auth"):
        words.append(f"LOGIN={_xtext(attempt['auth'])}")
    return "XCLIENT " + " ".join(words)


def _xtext(text: str) -> str:
    return "".join(letter if "!" <= letter <= "~" and letter not in "+=" else f"+{ord(letter):02X}"
                   for letter in text)

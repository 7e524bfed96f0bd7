"""SMTP with a server that believes the lab: one connection, and whatever client each attempt wants to be."""
import socket
import ssl
from dataclasses import dataclass

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

"""A client that sends exactly the bytes it is given, one command at a time, and never pipelines."""
import socket
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache

# What a server that dropped it will never say.
UNASKED_SECONDS = 3.0


@cache
def certificate() -> str:
    """A file with a key and a certificate that nobody vouches for."""
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=anybody", "-days", "2",
                        "-keyout", file.name, "-out", file.name + ".crt"], check=True, capture_output=True)
        with open(file.name + ".crt", "rb") as made:
            file.seek(0, 2)
            file.write(made.read())
    return file.name


@dataclass
class Reply:
    code: int
    text: str


class Connection:
    """One session; every step waits for its whole answer. Raises OSError when the server goes away."""

    def __init__(self, source: str, address: str, port: int, timeout: float, tls: str = "none",
                 opening: bytes = b"", shows_certificate: bool = False):
        self._shows_certificate = shows_certificate
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(timeout)
            self._socket.bind((source, 0))
            self._socket.connect((address, port))
            self._socket.sendall(opening)
            if tls == "implicit":
                self._encrypt()
            self._lines = self._socket.makefile("rb")
            self.greeting = self._reply()
        except BaseException:
            self._socket.close()
            raise

    def say(self, command: str) -> Reply:
        return self.send(command.encode("utf-8", "surrogateescape") + b"\r\n")

    def send(self, data: bytes) -> Reply:
        self._socket.sendall(data)
        return self._reply()

    def leave(self) -> None:
        """Says QUIT and waits for no answer: Exim gives it 0.2 s later."""
        self._socket.sendall(b"QUIT\r\n")

    def start_tls(self) -> None:
        self.say("STARTTLS")
        self.encrypt()

    def encrypt(self) -> None:
        self._encrypt()
        self._lines = self._socket.makefile("rb")

    def unasked(self, most: int) -> list[Reply]:
        """What the server says of itself, as far as it does within a moment."""
        replies = []
        patience = self._socket.gettimeout()
        self._socket.settimeout(UNASKED_SECONDS)
        try:
            while len(replies) < most:
                replies.append(self._reply())
        except TimeoutError:
            pass
        self._socket.settimeout(patience)
        return replies

    def close(self) -> None:
        self._socket.close()

    def _encrypt(self) -> None:
        anybody = ssl.create_default_context()
        anybody.check_hostname = False
        anybody.verify_mode = ssl.CERT_NONE
        if self._shows_certificate:
            anybody.load_cert_chain(certificate())
        self._socket = anybody.wrap_socket(self._socket)

    def _reply(self) -> Reply:
        texts = []
        while True:
            line = self._lines.readline()
            if not line:
                raise ConnectionError("closed by the server")
            text = line.decode("latin-1").rstrip("\r\n")
            texts.append(text[4:])
            if text[3:4] != "-":
                return Reply(int(text[:3]) if text[:3].isdigit() else 0, " ".join(texts))

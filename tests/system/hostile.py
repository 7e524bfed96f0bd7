"""Servers of a few lines on loopback, each as badly behaved as it likes, and the program run against them."""
import functools
import json
import os
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

PROGRAM = os.environ["RELAYPROOF"]
SLACK = 8  # seconds for the start of a process on a busy machine
MORE = 100 * 1024  # KiB that the program may ever hold beyond what it holds when it does nothing
HUNG = 60  # seconds after which a run is ended, and fails
# What a run may not hang on: the configuration of whoever runs the tests, and colours.
ENVIRONMENT = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
ENVIRONMENT.pop("NO_COLOR", None)


class Connection:
    """One client, as a server's script sees it. Errors of the socket end the script."""

    def __init__(self, client: socket.socket, stopped: threading.Event):
        self.client, self.stopped = client, stopped
        self.file = client.makefile("rb")

    def say(self, text: str | bytes) -> None:
        self.client.sendall(text.encode() if isinstance(text, str) else text)

    def line(self) -> str:
        """The next command without its line end; ends the script when the client has gone."""
        line = self.file.readline(65536)
        if not line:
            raise ConnectionError
        return line.decode("latin-1").rstrip("\r\n")

    def wait(self, seconds: float = HUNG) -> None:
        """Says nothing; until the test is over, at the longest."""
        if self.stopped.wait(seconds):
            raise ConnectionError

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Server:
    """Listens on loopback, and runs `script(connection)` for each client, side by side."""

    def __init__(self, script, address: str = "127.0.0.1", port: int = 0):
        self.script = script
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, port), family=family, backlog=64)
        self.address, self.port = address, self.listener.getsockname()[1]
        self.name = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self.stopped = threading.Event()
        self.connections = 0
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.listener.close()
        self.thread.join()

    def _accept(self):
        while not self.stopped.is_set():
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket):
        connection = Connection(client, self.stopped)
        try:
            self.script(connection)
        except (OSError, ValueError):
            pass
        finally:
            connection.file.close()
            client.close()


OWN = "example.com"
TAKEN, NO_RELAY, NO_USER = "250 2.1.5 Ok", "554 5.7.1 Relay access denied", "550 5.1.1 User unknown"


def closed(recipient: str) -> str:
    """What a well-kept server answers to RCPT TO:<recipient>."""
    local, _, domain = recipient.rpartition("@")
    if domain.lower() != OWN:
        return NO_RELAY if local else TAKEN if recipient.lower() == "postmaster" else NO_USER
    return TAKEN if local.lower() == "postmaster" else NO_USER


def open_relay(recipient: str) -> str:
    return TAKEN if recipient.endswith("@example.net") else closed(recipient)


class Smtp:
    """A script that speaks SMTP properly; each subclass misbehaves in one way."""

    greeting = "220 mail.example.com ESMTP\r\n"
    ehlo = "250-mail.example.com\r\n250-PIPELINING\r\n250 8BITMIME\r\n"

    def __init__(self, rcpt=closed):
        self.rcpt = rcpt

    def __call__(self, connection: Connection) -> None:
        self.greet(connection)
        while True:
            command = connection.line()
            self.reply(connection, command, self.answer(command))
            if command.upper() == "QUIT":
                return

    def greet(self, connection: Connection) -> None:
        connection.say(self.greeting)

    def answer(self, command: str) -> str:
        verb = command.upper()
        if verb.startswith(("EHLO", "HELO")):
            return self.ehlo
        if verb.startswith("RCPT TO:"):
            return self.rcpt(command.partition(":")[2].strip(" <>")) + "\r\n"
        return {"QUIT": "221 2.0.0 Bye\r\n", "DATA": "354 Go ahead\r\n"}.get(verb, "250 2.0.0 Ok\r\n")

    def reply(self, connection: Connection, command: str, words: str) -> None:
        connection.say(words)


@dataclass
class Finished:
    status: int
    out: bytes
    err: bytes
    seconds: float
    largest: int  # KiB

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def complaint(self) -> str:
        return self.err.decode()

    @property
    def json(self) -> dict:
        return json.loads(self.out)


def finish(process: subprocess.Popen, out, err, start: float) -> Finished:
    """Waits for it, no longer than it may take."""
    alarm = threading.Timer(HUNG, lambda: os.kill(process.pid, signal.SIGKILL))
    alarm.start()
    _, status, usage = os.wait4(process.pid, 0)
    alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    out.seek(0)
    err.seek(0)
    return Finished(process.returncode, out.read(), err.read(), time.monotonic() - start, usage.ru_maxrss)


def run(*arguments: str, stdin: bytes = b"", env: dict | None = None, **popen) -> Finished:
    """The program with these arguments, to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        options = {"stdin": given, "stdout": out, "stderr": err, "env": {**ENVIRONMENT, **(env or {})}, **popen}
        start = time.monotonic()
        process = subprocess.Popen([PROGRAM, *arguments], **options)
        return finish(process, out, err, start)


@functools.cache
def largest() -> int:
    """KiB that the program may ever hold; with sanitizers it holds hundreds of MiB from the start."""
    return run("--version").largest + MORE


def side_by_side(*calls) -> list:
    """The results of the calls, which run at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def crashed(finished: Finished) -> str | None:
    """What betrays a crash."""
    if finished.status < 0:
        return f"ended by signal {-finished.status}"
    for sign in (b"Sanitizer", b"runtime error", b"terminate called", b"internal error", b"Assertion"):
        if sign in finished.err or sign in finished.out:
            return sign.decode()
    return None


def stray_bytes(words: bytes) -> bytes:
    """Bytes that no terminal should see: control characters, and what is no UTF-8."""
    kept = words.decode("utf-8", "surrogateescape")
    return "".join(c for c in kept if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or
                   0xDC80 <= ord(c) <= 0xDCFF).encode("utf-8", "surrogateescape")

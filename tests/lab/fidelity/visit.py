"""Attempts on a running server from the clients' own addresses, for servers that know no XCLIENT."""
import secrets
import time
from typing import Callable, Iterable

from fidelity import names
from fidelity.daemon import Daemon
from fidelity.session import Closed, Manners, Wire, ended, say_all
from fidelity.world import WideWorld
from kit.addresses import SERVER

GREETING_SECONDS = 15.0
RETRY_SECONDS = 0.005


class NotRunning(Exception):
    """What the server said instead."""


def visit_all(attempts: list[dict], visit_once: Callable[[dict], dict]) -> list[dict]:
    """What each client heard. A server that has ended is asked no more."""
    told, dead = [], ""
    for attempt in attempts:
        if dead:
            told.append({"at": "not running", "text": dead})
            continue
        try:
            told.append(visit_once(attempt))
        except NotRunning as error:
            dead = str(error)
            told.append({"at": "not running", "text": dead})
        except (Closed, OSError) as error:
            told.append({"at": "cut off", "text": str(error)})
    return told


def visit(world: WideWorld, server: Daemon, attempt: dict, manners: Manners) -> dict:
    """What the client heard, and the token of the message if he came as far as that."""
    wire = _connect(world, server, attempt)
    try:
        reply = wire.reply()
        if not reply.good:
            return ended("connect", reply)
        if attempt.get("tls") and not wire.start_tls(world.contexts[attempt.get("client_cert", "none")]):
            raise Closed("no TLS")
        return say_all(wire, attempt, secrets.token_hex(8), manners)
    finally:
        wire.close()


def target_of(attempt: dict) -> str:
    """Which of the server's addresses this client connects with."""
    client = attempt["client"]
    if attempt.get("server"):
        return attempt["server"]
    if client.startswith("127.") or client == "::1":
        return client if ":" in client else "127.0.0.1"
    return SERVER.ipv6 if ":" in client else SERVER.ipv4


def is_servers(client: str) -> bool:
    """Whether the client sits on the server's own machine."""
    return client.startswith("127.") or client == "::1" or client in names.server_addresses()


def sunk(lines: Iterable[dict]) -> dict[str, list[str]]:
    """For whom the sink got the messages, by their tokens."""
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line["token"], []).append(line["rcpt_to"])
    return found


def _connect(world: WideWorld, server: Daemon, attempt: dict) -> Wire:
    """Waits as long as the server is starting, and no longer than it lives."""
    deadline = time.monotonic() + GREETING_SECONDS
    while True:
        connected = world.socket_from(attempt["client"], is_servers(attempt["client"]))
        connected.settimeout(GREETING_SECONDS)
        try:
            connected.connect((target_of(attempt), attempt.get("port", 25)))
            return Wire(connected)
        except ConnectionRefusedError:
            connected.close()
            if complaint := server.complaint():
                raise NotRunning(complaint) from None
            if server.is_up or time.monotonic() > deadline:
                raise Closed("nothing listens") from None
            time.sleep(RETRY_SECONDS)

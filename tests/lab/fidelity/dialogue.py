"""Makes the attempts of one configuration on its running server, each to the end of its message."""
import socket
import time

from fidelity import names
from fidelity.server import Server
from fidelity.session import Closed, Manners, Reply, Wire, ended, say_all, xclient
from fidelity.world import WideWorld
from kit.addresses import SERVER

GREETING_SECONDS = 20.0
# Whom the lab really connects as, until one is let in: smtpd_delay_reject = no refuses before any XCLIENT.
OURSELVES = [("198.51.100.25", False), ("192.0.2.25", True), ("203.0.113.200", False), ("10.20.30.40", False)]
MESSAGE = "From: lab@example.net\r\nTo: lab@example.net\r\nSubject: lab {token}\r\n" \
          "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{token}@example.net>\r\n" \
          "X-Lab-Token: {token}\r\n{headers}\r\nA message of the lab, {token}.\r\n.\r\n"

Door = tuple[int, str]
"""Port, and the certificate that is shown in TLS, or `plain`."""


class DoesNotRun(Exception):
    """What the server logged when it refused to serve."""


class Dialogue:
    """Each attempt has a connection of its own: smtpd keeps more of what was said before XCLIENT than it should."""

    def __init__(self, world: WideWorld, server: Server):
        self._world = world
        self._server = server
        self._sources: dict[Door, tuple[str, bool]] = {}
        self._dead: dict[int, str] = {}

    def make(self, attempt: dict, token: str) -> dict:
        """What the client heard: at which step it ended, and each reply on the way."""
        port = attempt.get("port", 25)
        if port in self._dead:
            return {"at": "not running", "text": self._dead[port]}
        try:
            if attempt.get("real"):
                return self._make_really(attempt, token)
            door = (port, attempt.get("client_cert", "none") if attempt.get("tls") else "plain")
            wire = self._wire(door)
            if wire is None:
                return {"at": "not asked"}
            try:
                reply = wire.say(xclient(attempt))
                return self._say_all(wire, attempt, token) if reply.good else ended("connect", reply)
            finally:
                wire.close()
        except DoesNotRun as error:
            self._dead[port] = str(error)
            return {"at": "not running", "text": str(error)}
        except Closed as error:
            return {"at": "cut off", "code": 0, "text": str(error)}

    def _make_really(self, attempt: dict, token: str) -> dict:
        wire, greeting = self._connect(attempt["client"], _is_servers(attempt["client"]), attempt.get("port", 25))
        try:
            if not greeting.good:
                return ended("connect", greeting)
            return self._say_all(wire, attempt, token)
        finally:
            wire.close()

    def _say_all(self, wire: Wire, attempt: dict, token: str) -> dict:
        headers = "".join(f"{name}: {value}\r\n" for name, value in attempt.get("headers", {}).items())
        found = say_all(wire, attempt, token, Manners(MESSAGE.replace("{headers}", headers), without_bounce=True))
        if found["code"] < 400 and "queued as " in found["text"]:
            found["queue_id"] = found["text"].rsplit("queued as ", 1)[1].split()[0]
        return found

    def _wire(self, door: Door) -> Wire | None:
        """A connection on which XCLIENT can be said; None if this configuration lets none of ours in."""
        for source in [self._sources[door]] if door in self._sources else OURSELVES:
            wire, greeting = self._connect(*source, door[0])
            if greeting.good and (door[1] == "plain" or wire.start_tls(self._world.contexts[door[1]])):
                self._sources[door] = source
                return wire
            wire.close()
        return None

    def _connect(self, source: str, owned: bool, port: int) -> tuple[Wire, Reply]:
        """Waits for the greeting as long as the server is starting, and no longer than it lives."""
        target = SERVER.ipv6 if ":" in source else SERVER.ipv4
        if source.startswith("127."):
            target = "127.0.0.1"
        elif source == "::1":
            target = "::1"
        deadline = time.monotonic() + GREETING_SECONDS
        begin = len(self._server.words())
        while True:
            connected = self._world.socket_from(source, owned)
            try:
                connected.connect((target, port))
                break
            except ConnectionRefusedError:
                connected.close()
                self._check_life(deadline, begin)
                time.sleep(0.002)
        self._await_greeting(connected, deadline, begin)
        wire = Wire(connected)
        return wire, wire.reply()

    def _await_greeting(self, connected: socket.socket, deadline: float, begin: int) -> None:
        connected.settimeout(0.05)
        while True:
            try:
                if connected.recv(1, socket.MSG_PEEK) == b"":
                    raise Closed("closed by the server")
                return
            except TimeoutError:
                self._check_life(deadline, begin)

    def _check_life(self, deadline: float, begin: int) -> None:
        """What was logged since we began to connect tells of the service that we connect to."""
        words = self._server.words()
        for number, line in enumerate(words):
            if (number >= begin or "/master[" in line) and ": fatal: " in line and ("/smtpd[" in line or "/master[" in line):
                raise DoesNotRun(line.split(": fatal: ", 1)[1])
        if time.monotonic() > deadline:
            # A busy machine is no proof that it does not run.
            raise Closed("no greeting; " + " | ".join(words[-5:]))


def _is_servers(address: str) -> bool:
    return address.startswith("127.") or address == "::1" or address in names.server_addresses()

"""Makes attempts on a running smtpd, each from its real address to the end of its message."""
import re
import time
from typing import Iterator

from fidelity.session import Manners
from fidelity.visit import sunk, visit, visit_all
from fidelity.world import WideWorld
from fidelity_opensmtpd.server import Server
from kit.addresses import SERVER

START_SECONDS = 20.0
SETTLE_SECONDS = 20.0
# Mail that goes round in circles through the server itself ends when this many have handed it on.
HOPS = "Received: from lab by lab; Thu, 01 Jan 2026 00:00:00 +0000\r\n" * 98
MESSAGE = HOPS + "From: lab@example.net\r\nTo: lab@example.net\r\nSubject: lab\r\nX-Lab-Token: {token}\r\n" \
    "Message-ID: <{token}@example.net>\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\nA message of the lab.\r\n.\r\n"
_ENVELOPE = re.compile(r"\bsmtp envelope evpid=([0-9a-f]{16})")
_DELIVERY = re.compile(r"\b(mda|mta) delivery evpid=([0-9a-f]{16}) from=<.*?> to=<(.*?)> rcpt=<.*?> .*\bresult=\"?(\w+)")


MANNERS = Manners(MESSAGE, "EHLO", without_bounce=True)


def answers(world: WideWorld, server: Server, attempts: list[dict], delivers: bool = True) -> list[dict]:
    """What each client heard, and where the mail went; or, if nothing is delivered, where it is going."""
    found = visit_all(attempts, lambda attempt: _make(world, server, attempt))
    if not delivers:
        _add_destinies(server, found)
        return found
    _settle(server, {real["message"] for real in found if real.get("message")})
    _add_fates(server, world, found)
    return found


def _make(world: WideWorld, server: Server, attempt: dict) -> dict:
    told = visit(world, server, attempt, MANNERS)
    number = re.search(r"\b([0-9a-f]{8}) Message accepted", told["text"]) if told["at"] == "message" else None
    return {**told, "message": number[1]} if number else told


def await_start(world: WideWorld, server: Server, port: int) -> bool:
    """Until something listens on loopback or outside at this port; False if the server ended."""
    deadline = time.monotonic() + START_SECONDS
    places = [("127.0.0.1", "127.0.0.1", True), ("203.0.113.9", SERVER.ipv4, False), ("2001:db8:9::9", SERVER.ipv6, False)]
    while time.monotonic() < deadline:
        for source, target, owned in places:
            tried = world.socket_from(source, owned)
            tried.settimeout(5)
            try:
                tried.connect((target, port))
                return True
            except OSError:
                pass
            finally:
                tried.close()
        if server.has_ended():
            return False
        time.sleep(0.01)
    return False


def _settle(server: Server, messages: set[str]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while messages and time.monotonic() < deadline:
        log = server.log()
        waiting = {number for number in _ENVELOPE.findall(log) if number[:8] in messages}
        done = {number for _, number, _, _ in _DELIVERY.findall(log)}
        if not waiting - done:
            return
        time.sleep(0.02)


def _taken(found: list[dict]) -> Iterator[dict]:
    """Those that ended with a message in the queue; the others were refused, as is written into them."""
    for real in found:
        if "code" not in real:
            continue
        if real["at"] == "message" and real["code"] < 400:
            yield real
        else:
            real["fate"] = "refused"


def _fate(agents: set[str]) -> str:
    return "handed-on" if "mta" in agents else "local" if "mda" in agents else "dropped"


def _add_destinies(server: Server, found: list[dict]) -> None:
    waiting = server.envelopes()
    for real in _taken(found):
        mine = waiting.get(real["message"], [])
        real["fate"] = _fate({each["type"] for each in mine})
        real["to"] = sorted({each["dest"] for each in mine if each["type"] == "mta"})


def _add_fates(server: Server, world: WideWorld, found: list[dict]) -> None:
    log = server.log()
    envelopes = _ENVELOPE.findall(log)
    deliveries: dict[str, list[tuple[str, str, str, str]]] = {}
    for agent, number, to, result in _DELIVERY.findall(log):
        deliveries.setdefault(number[:8], []).append((agent, number, to, result))
    at_sink = sunk(world.newly_relayed())
    for real in _taken(found):
        mine = deliveries.get(real["message"], [])
        real["fate"] = _fate({agent for agent, _, _, _ in mine})
        real["to"] = sorted({to for agent, _, to, _ in mine if agent == "mta"})
        real["sunk"] = at_sink.get(real["token"], [])
        missing = {number for number in envelopes if number[:8] == real["message"]} - {number for _, number, _, _ in mine}
        if missing or (real["sunk"] and real["fate"] != "handed-on"):
            real["unsettled"] = True

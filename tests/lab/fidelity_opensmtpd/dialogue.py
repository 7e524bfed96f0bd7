"""Makes attempts on a running smtpd, each from its real address to the end of its message."""
import re
import secrets
import time

from fidelity import names
from fidelity.session import Closed, Reply, Wire
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


class DoesNotRun(Exception):
    """What the server said when it ended."""


def answers(world: WideWorld, server: Server, attempts: list[dict], delivers: bool = True) -> list[dict]:
    """What each client heard, and where the mail went; or, if nothing is delivered, where it is going."""
    found = []
    dead = ""
    for attempt in attempts:
        if dead:
            found.append({"at": "not running", "text": dead})
            continue
        try:
            found.append(_make(world, server, attempt, secrets.token_hex(8)))
        except DoesNotRun as error:
            dead = str(error)
            found.append({"at": "not running", "text": dead})
        except Closed as error:
            found.append({"at": "cut off", "code": 0, "text": str(error)})
    if not delivers:
        _add_destinies(server, found)
        return found
    _settle(server, {real["message"] for real in found if real.get("message")})
    _add_fates(server, world, found)
    return found


def _make(world: WideWorld, server: Server, attempt: dict, token: str) -> dict:
    wire = _connect(world, server, attempt)
    if wire is None:
        return {"at": "no listener"}
    try:
        greeting = wire.reply()
        if not greeting.good:
            return _ended("connect", greeting)
        told = _say_all(wire, attempt, token)
        told["token"] = token
        return told
    finally:
        wire.close()


def _say_all(wire: Wire, attempt: dict, token: str) -> dict:
    if attempt.get("helo") is not None:
        reply = wire.say(f"{attempt.get('verb', 'EHLO')} {attempt['helo']}")
        if not reply.good:
            return _ended("helo", reply)
    reply = wire.say("MAIL FROM:" + attempt["mail_from"])
    if not reply.good:
        return _ended("mail", reply)
    for other in attempt.get("after", []):
        wire.say("RCPT TO:" + other)
    # Bounces are nobody's question here.
    reply = wire.say("RCPT TO:" + attempt["rcpt_to"] + (" NOTIFY=NEVER" if attempt["rcpt_to"].endswith(">") else ""))
    if not reply.good:
        return _ended("rcpt", reply)
    reply = wire.say("DATA")
    if not reply.good:
        return _ended("data", reply)
    reply = wire.send(MESSAGE.format(token=token).encode())
    told = _ended("message", reply)
    if reply.good and (number := re.search(r"\b([0-9a-f]{8}) Message accepted", reply.text)):
        told["message"] = number[1]
    return told


def _connect(world: WideWorld, server: Server, attempt: dict) -> Wire | None:
    """None if nothing listens there though the server runs."""
    client = attempt["client"]
    owned = client.startswith("127.") or client == "::1" or client in names.server_addresses()
    connected = world.socket_from(client, owned)
    connected.settimeout(10)
    try:
        connected.connect((attempt["server"], attempt.get("port", 25)))
        return Wire(connected)
    except OSError as error:
        connected.close()
        if server.has_ended():
            raise DoesNotRun(server.log().strip()[-300:]) from error
        return None


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


def _add_destinies(server: Server, found: list[dict]) -> None:
    waiting = server.envelopes()
    for real in found:
        if "code" not in real:
            continue
        if real["at"] != "message" or real["code"] >= 400:
            real["fate"] = "refused"
            continue
        mine = waiting.get(real["message"], [])
        kinds = {each["type"] for each in mine}
        real["fate"] = "handed-on" if "mta" in kinds else "local" if "mda" in kinds else "dropped"
        real["to"] = sorted({each["dest"] for each in mine if each["type"] == "mta"})


def _add_fates(server: Server, world: WideWorld, found: list[dict]) -> None:
    log = server.log()
    envelopes = _ENVELOPE.findall(log)
    deliveries: dict[str, list[tuple[str, str, str, str]]] = {}
    for agent, number, to, result in _DELIVERY.findall(log):
        deliveries.setdefault(number[:8], []).append((agent, number, to, result))
    sunk: dict[str, list[str]] = {}
    for line in world.newly_relayed():
        sunk.setdefault(line["token"], []).append(line["rcpt_to"])
    for real in found:
        if "code" not in real:
            continue
        if real["at"] != "message" or real["code"] >= 400:
            real["fate"] = "refused"
            continue
        mine = deliveries.get(real["message"], [])
        agents = {agent for agent, _, _, _ in mine}
        real["fate"] = "handed-on" if "mta" in agents else "local" if "mda" in agents else "dropped"
        real["to"] = sorted({to for agent, _, to, _ in mine if agent == "mta"})
        real["sunk"] = sunk.get(real["token"], [])
        missing = {number for number in envelopes if number[:8] == real["message"]} - {number for _, number, _, _ in mine}
        if missing or (real["sunk"] and real["fate"] != "handed-on"):
            real["unsettled"] = True


def _ended(step: str, reply: Reply) -> dict:
    return {"at": step, "code": reply.code, "enhanced": reply.enhanced, "text": reply.text}

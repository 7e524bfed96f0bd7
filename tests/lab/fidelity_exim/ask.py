"""Makes the attempts of one configuration on its running server, and finds out where the mail went."""
import base64
import re
import secrets
import time

from fidelity.names import plain
from fidelity.session import Closed, Reply, Wire
from fidelity.world import WideWorld
from fidelity_exim.attempts import SERVERS
from fidelity_exim.server import EximServer
from kit.addresses import SERVER

GREETING_SECONDS = 15.0
PASSWORD = "secret"
MESSAGE = "From: lab@example.net\r\nTo: lab@example.net\r\nSubject: lab\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n" \
          "Message-ID: <{token}@example.net>\r\nX-Lab-Token: {token}\r\n\r\nA message of the lab.\r\n.\r\n"
_LINE = re.compile(r"^\S+ \S+ (?:\[\d+\] )?(?P<id>\w{6}-\w{6}-\w{2}) (?P<sign>=>|->|\*\*|==|>>|\*>|<=) (?P<rest>.*)$")


class NotRunning(Exception):
    """What Exim said instead."""


def answers(world: WideWorld, server: EximServer, attempts: list[dict]) -> list[dict]:
    """What the client heard and where the mail went, one for each attempt."""
    told = []
    for attempt in attempts:
        try:
            told.append(_make(world, server, attempt))
        except NotRunning as error:
            return [{"at": "not running", "text": str(error)}] * len(attempts)
        except (Closed, OSError) as error:
            told.append({"at": "cut off", "text": str(error)})
    server.deliver()
    settled = server.settle()
    sunk: dict[str, list[str]] = {}
    for line in world.newly_relayed():
        sunk.setdefault(line["token"], []).append(line["rcpt_to"])
    log = _by_message(server.log_lines())
    return [{**reply, **_fate(attempt, reply, log.get(reply.get("id", ""), []), sunk, settled)}
            for attempt, reply in zip(attempts, told)]


def _make(world: WideWorld, server: EximServer, attempt: dict) -> dict:
    wire = _connect(world, server, attempt)
    try:
        return _say_all(world, wire, attempt)
    finally:
        wire.close()


def _connect(world: WideWorld, server: EximServer, attempt: dict) -> Wire:
    client = attempt["client"]
    owned = client.startswith("127.") or client in SERVERS
    target = "127.0.0.1" if client.startswith("127.") else SERVER.ipv6 if ":" in client else SERVER.ipv4
    deadline = time.monotonic() + GREETING_SECONDS
    while True:
        connected = world.socket_from(client, owned)
        connected.settimeout(GREETING_SECONDS)
        try:
            connected.connect((target, attempt.get("port", 25)))
            return Wire(connected)
        except ConnectionRefusedError:
            connected.close()
            if complaint := server.complaint():
                raise NotRunning(complaint) from None
            if time.monotonic() > deadline:
                raise Closed("nothing listens") from None
            time.sleep(0.01)


def _say_all(world: WideWorld, wire: Wire, attempt: dict) -> dict:
    reply = wire.reply()
    if not reply.good:
        return _ended("connect", reply)
    if attempt.get("tls") and not wire.start_tls(world.contexts[attempt.get("client_cert", "none")]):
        raise Closed("no TLS")
    if attempt.get("helo") is not None:
        reply = wire.say(("EHLO " if attempt.get("auth") else "HELO ") + attempt["helo"])
        if not reply.good:
            return _ended("helo", reply)
    if attempt.get("auth") and not _log_in(wire, attempt["auth"]).good:
        raise Closed("no login")
    reply = wire.say("MAIL FROM:" + attempt["mail_from"])
    if not reply.good:
        return _ended("mail", reply)
    before = [wire.say("RCPT TO:" + other).code for other in attempt.get("after", [])]
    reply = wire.say("RCPT TO:" + attempt["rcpt_to"])
    if not reply.good:
        return {**_ended("rcpt", reply), "after": before}
    reply = wire.say("DATA")
    if not reply.good:
        return {**_ended("data", reply), "after": before}
    token = secrets.token_hex(8)
    reply = wire.send(MESSAGE.format(token=token).encode())
    found = {**_ended("message", reply), "after": before, "token": token}
    if match := re.search(r"id=(\S+)", reply.text):
        found["id"] = match[1]
    return found


def _log_in(wire: Wire, user: str) -> Reply:
    def coded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    if user == "alice":
        return wire.say("AUTH PLAIN " + coded(f"\0{user}\0{PASSWORD}"))
    wire.say("AUTH LOGIN")
    wire.say(coded(user))
    return wire.say(coded("anything"))


def _ended(step: str, reply: Reply) -> dict:
    return {"at": step, "code": reply.code, "enhanced": reply.enhanced, "text": reply.text}


def _by_message(lines: list[str]) -> dict[str, list[re.Match]]:
    found: dict[str, list[re.Match]] = {}
    for line in lines:
        if (match := _LINE.match(line)) and match["sign"] != "<=":
            found.setdefault(match["id"], []).append(match)
    return found


def _is_of_another(attempt: dict, rest: str) -> bool:
    """The line tells of a recipient that was named before this one in the same message."""
    if not attempt.get("after"):
        return False
    original = re.match(r"\S+ (?:\(.*?\) )?<(\S+)>", rest)
    address = plain(original[1] if original else rest.split(" ", 1)[0].rstrip(":"))
    others = {plain(other).strip("<>") for other in attempt["after"]}
    others |= {name.rpartition("@")[0].replace("%", "@") for name in others if "%" in name}
    return address in others and address != plain(attempt["rcpt_to"]).strip("<>")


def _fate(attempt: dict, reply: dict, log: list[re.Match], sunk: dict[str, list[str]], settled: bool) -> dict:
    if reply.get("at") != "message" or reply["code"] >= 400:
        return {"fate": "refused"}
    fates, to = set(), []
    for match in log:
        rest, address = match["rest"], match["rest"].split(" ", 1)[0]
        if _is_of_another(attempt, rest):
            continue
        if address in (":blackhole:", "blackhole"):
            fates.add("dropped")
        elif "T=remote_smtp" in rest or "R=dnslookup" in rest or "R=manual" in rest or "R=smart" in rest or "R=routed" in rest:
            fates.add("handed-on")
            to.append(address.lower())
        elif "T=local_delivery" in rest:
            fates.add("local")
        elif match["sign"] in ("**", "=="):
            fates.add("dropped")
        elif match["sign"] in ("=>", "->"):
            fates.add("local")
    fate = next((each for each in ("handed-on", "local", "dropped") if each in fates), "dropped")
    return {"fate": fate, "to": sorted(set(to)), "sunk": sunk.get(reply["token"], []), "settled": settled,
            "fates": sorted(fates)}

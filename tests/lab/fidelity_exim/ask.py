"""Makes the attempts of one configuration on its running server, and finds out where the mail went."""
import re
import secrets
import time

from fidelity.session import Closed, Wire
from kit.addresses import SERVER

GREETING_SECONDS = 15.0
MESSAGE = "From: lab@example.net\r\nTo: lab@example.net\r\nSubject: lab\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n" \
          "Message-ID: <{token}@example.net>\r\nX-Lab-Token: {token}\r\n\r\nA message of the lab.\r\n.\r\n"
_LINE = re.compile(r"^\S+ \S+ (?:\[\d+\] )?(?P<id>\w{6}-\w{6}-\w{2}) (?P<sign>=>|->|\*\*|==|>>|<=) (?P<rest>.*)$")


class NotRunning(Exception):
    """What Exim said instead."""


def answers(world, server, attempts: list[dict]) -> list[dict]:
    """What the client heard and where the mail went, one for each attempt."""
    told = []
    for attempt in attempts:
        try:
            told.append(_make(world, server, attempt))
        except NotRunning as error:
            return [{"at": "not running", "text": str(error)}] * len(attempts)
        except (Closed, OSError) as error:
            told.append({"at": "cut off", "text": str(error)})
    settled = server.settle()
    sunk = {}
    for line in world.newly_relayed():
        sunk.setdefault(line["token"], []).append(line["rcpt_to"])
    log = server.log_lines()
    return [{**reply, **_fate(reply, log, sunk, settled)} for reply in told]


def _make(world, server, attempt: dict) -> dict:
    wire = _connect(world, server, attempt["client"])
    try:
        return _say_all(wire, attempt)
    finally:
        wire.close()


def _connect(world, server, client: str) -> Wire:
    owned = client.startswith("127.") or client in SERVER.addresses()
    target = "127.0.0.1" if client.startswith("127.") else SERVER.ipv6 if ":" in client else SERVER.ipv4
    deadline = time.monotonic() + GREETING_SECONDS
    while True:
        connected = world.socket_from(client, owned)
        try:
            connected.connect((target, 25))
            return Wire(connected)
        except ConnectionRefusedError:
            connected.close()
            if complaint := server.complaint():
                raise NotRunning(complaint) from None
            if time.monotonic() > deadline:
                raise Closed("nothing listens") from None
            time.sleep(0.01)


def _say_all(wire: Wire, attempt: dict) -> dict:
    reply = wire.reply()
    if not reply.good:
        return _ended("connect", reply)
    if attempt.get("helo") is not None:
        reply = wire.say("HELO " + attempt["helo"])
        if not reply.good:
            return _ended("helo", reply)
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


def _ended(step: str, reply) -> dict:
    return {"at": step, "code": reply.code, "enhanced": reply.enhanced, "text": reply.text}


def _fate(reply: dict, log: list[str], sunk: dict, settled: bool) -> dict:
    if reply.get("at") != "message" or reply["code"] >= 400:
        return {"fate": "refused"}
    fates, to = set(), []
    for line in log:
        match = _LINE.match(line)
        if not match or match["id"] != reply.get("id") or match["sign"] == "<=":
            continue
        rest, address = match["rest"], match["rest"].split(" ", 1)[0]
        if match["sign"] == "**" or address == ":blackhole:":
            fates.add("dropped")
        elif "T=remote_smtp" in rest or "R=dnslookup" in rest or "R=manual" in rest:
            fates.add("handed-on")
            to.append(address.lower())
        elif match["sign"] in ("=>", "->"):
            fates.add("local")
    fate = next((each for each in ("handed-on", "local", "dropped") if each in fates), "dropped")
    return {"fate": fate, "to": sorted(set(to)), "sunk": sunk.get(reply["token"], []), "settled": settled,
            "fates": sorted(fates)}

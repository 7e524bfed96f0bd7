"""Makes the attempts of one configuration on its running server, and finds out where the mail went."""
import base64
import re

from fidelity.daemon import Daemon
from fidelity.names import plain
from fidelity.session import Manners, Reply, Wire
from fidelity.visit import NotRunning, sunk, visit, visit_all  # noqa: F401
from fidelity.world import WideWorld
from fidelity_exim.server import EximServer

PASSWORD = "secret"
MESSAGE = "From: lab@example.net\r\nTo: lab@example.net\r\nSubject: lab\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n" \
          "Message-ID: <{token}@example.net>\r\nX-Lab-Token: {token}\r\n\r\nA message of the lab.\r\n.\r\n"
_LINE = re.compile(r"^\S+ \S+ (?:\[\d+\] )?(?P<id>\w{6}-\w{6}-\w{2}) (?P<sign>=>|->|\*\*|==|>>|\*>|<=) (?P<rest>.*)$")


def answers(world: WideWorld, server: EximServer, attempts: list[dict]) -> list[dict]:
    """What the client heard and where the mail went, one for each attempt."""
    told = visit_all(attempts, lambda attempt: _make(world, server, attempt))
    server.deliver()
    settled = server.wait_for_only("exim4")
    at_sink = sunk(world.newly_relayed())
    log = _by_message(server.log_lines())
    return [{**reply, **_fate(attempt, reply, log.get(reply.get("id", ""), []), at_sink, settled)}
            for attempt, reply in zip(attempts, told)]


def _make(world: WideWorld, server: Daemon, attempt: dict) -> dict:
    told = visit(world, server, attempt, MANNERS)
    match = re.search(r"id=(\S+)", told["text"]) if told["at"] == "message" else None
    return {**told, "id": match[1]} if match else told


def _log_in(wire: Wire, user: str) -> Reply:
    def coded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    if user == "alice":
        return wire.say("AUTH PLAIN " + coded(f"\0{user}\0{PASSWORD}"))
    wire.say("AUTH LOGIN")
    wire.say(coded(user))
    return wire.say(coded("anything"))


MANNERS = Manners(MESSAGE, log_in=_log_in)


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

"""Where accepted mail went: from what the sink received, and what the server's log says of the rest."""
import re
import time
from dataclasses import dataclass, field

from fidelity import names
from fidelity.server import Server
from fidelity.world import WideWorld

SETTLE_SECONDS = 30.0
_STATUS = re.compile(r"postfix[^/]*/(?:[\w.-]+/)*(?P<agent>[\w.-]+)\[\d+\]: (?P<id>[0-9A-Za-z]+): to=<(?P<to>.*?)>, "
                     r"(?:orig_to=<(?P<orig>.*?)>, )?relay=(?P<relay>[^,]*),.* status=(?P<status>\w+) "
                     r"\((?P<text>.*)\)$")
_AGAIN = re.compile(r"(?:forwarded as|queued as) ([0-9A-Za-z]+)")
_HELD = re.compile(r"\]: ([0-9A-Za-z]+): hold: ")
SENDERS = {"smtp", "lmtp", "relay"}
# The decision to hand it on was made; there was nobody to hand it to.
_NOBODY_THERE = re.compile(r"Host or domain name not found|Host not found|Name service error|connect to |"
                           r"unable to look up host|no MX host|does not accept mail|Domain not found|loops back to myself", re.I)
FIRST = "first-"


@dataclass
class Delivery:
    agent: str
    to: str
    original: str | None
    relay: str
    status: str
    text: str

    @property
    def kind(self) -> str:
        """handed-on, tried (it would have been), local, or dropped."""
        if self.agent in SENDERS:
            if self.status == "sent":
                return "handed-on"
            return "tried" if _NOBODY_THERE.search(self.text) else "dropped"
        # The queue manager does not try again at once what did not work for another mail.
        if self.agent in ("error", "retry") and self.text.startswith("delivery temporarily suspended: "):
            return "tried"
        # local(8) throws away what is for a postmaster who is no user.
        if self.status == "sent" and self.agent != "discard" and self.text != "discarded":
            return "local"
        return "dropped"


@dataclass
class Fates:
    deliveries: dict[str, list[Delivery]] = field(default_factory=dict)
    """By queue id, those of the messages it was forwarded as included."""
    sunk: dict[str, list[str]] = field(default_factory=dict)
    """By token, for whom the sink got it."""
    held: set[str] = field(default_factory=set)
    settled: bool = True


def fates(world: WideWorld, server: Server) -> Fates:
    """Ends when the server has nothing on its way any more."""
    found = Fates(settled=_wait(server))
    for line in world.newly_relayed():
        found.sunk.setdefault(line["token"], []).append(line["rcpt_to"])
    follow: dict[str, set[str]] = {}
    for line in server.all_words():
        if held := _HELD.search(line):
            found.held.add(held[1])
        match = _STATUS.search(line)
        if not match:
            continue
        again = _AGAIN.search(match["text"])
        if again and (match["agent"] not in SENDERS or match["relay"].startswith("127.0.0.1")):
            follow.setdefault(match["id"], set()).add(again[1])
            continue
        found.deliveries.setdefault(match["id"], []).append(Delivery(
            match["agent"], match["to"], match["orig"], match["relay"], match["status"], match["text"]))
    for queue_id in list(follow):
        found.deliveries[queue_id] = _closure(queue_id, follow, found.deliveries)
    found.held |= server.held()
    return found


def fate_of(reply: dict, token: str, found: Fates) -> dict:
    """One attempt's: refused, dropped, local, handed-on, tried; `to` are the addresses it was handed on for."""
    if reply["at"] != "message" or reply["code"] >= 400:
        return {"fate": "refused"}
    queue_id = reply.get("queue_id")
    mine = [delivery for delivery in found.deliveries.get(queue_id, []) if not delivery.to.startswith(FIRST)
            and names.WATCHER not in (delivery.to, delivery.original)]
    # Who leads to the same address as one before him has no delivery of his own: that one's tells of both.
    mine = [delivery for delivery in mine if not (delivery.original or "").startswith(FIRST)] or mine
    kinds = {delivery.kind for delivery in mine}
    sunk = [to for to in found.sunk.get(token, []) if not to.lstrip("<").startswith((FIRST, names.WATCHER))]
    fate = next((kind for kind in ("handed-on", "tried", "local", "dropped") if kind in kinds), "dropped")
    told = {"fate": fate, "sunk": sunk, "to": sorted({d.to for d in mine if d.kind in ("handed-on", "tried")}),
            "deliveries": [[d.agent, d.to, d.relay, d.status, d.text[:120]] for d in mine]}
    if queue_id in found.held:
        told["held"] = True
    # What the sink has and the log does not tell is not understood: better no answer than a wrong one.
    if not found.settled or (sunk and fate != "handed-on"):
        told["unsettled"] = True
    return told


def _closure(queue_id: str, follow: dict[str, set[str]], deliveries: dict[str, list[Delivery]]) -> list[Delivery]:
    seen, todo, found = set(), [queue_id], []
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            found += deliveries.get(current, [])
            todo += follow.get(current, ())
    return found


def _wait(server: Server) -> bool:
    deadline = time.monotonic() + SETTLE_SECONDS
    quiet = 0
    while time.monotonic() < deadline:
        # What is handed from one queue file to the next lies in neither for a moment: look twice.
        quiet = 0 if server.is_busy() else quiet + 1
        if quiet == 2:
            return True
        time.sleep(0.004)
    return False

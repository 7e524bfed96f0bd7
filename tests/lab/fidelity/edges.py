"""Asks the real server at both edges of every interval of clients that the program says may relay."""
import ipaddress
import random
from typing import Sequence

from fidelity import names
from fidelity.program import LINK_LOCAL
from kit.addresses import SERVER

MOST_EDGES = 12
FAMILIES = ((ipaddress.IPv4Address, 32), (ipaddress.IPv6Address, 128))
# The host's own, as the program is told them.
_OWN = {str(ipaddress.ip_address(address)) for address in (*names.server_addresses(), LINK_LOCAL.partition("/")[0])}
# How `audit` begins the premise that names a client whom it takes for the owner's.
_PREMISE = "no stranger has a confirmed name such as "

H, D = names.HOST, names.DOMAIN
L = f"[{SERVER.ipv4}]"
X, X2, R = "example.net", "example.org", "nobody7"
SPELLINGS = [f"<{R}@{X}>", f"<{R}%{X}@{H}>", f"<{R}%{X}@{L}>", f'<"{R}@{X}">', f'<"{R}%{X}"@{D}>', f"<{R}@{X}@{H}>",
             f'<"{R}@{X}"@{L}>', f"<@{H}:{R}@{X}>", f"<{X}!{R}>", f"<{X}!{R}@{D}>", f"<{R}={X}@{D}>", f"<{R}@{X2}>",
             f"<{R}%{X}>"]
BATTERY = [{"helo": helo, "mail_from": sender, "rcpt_to": recipient}
           for helo, sender, recipients in (
               ("club.example", "<bob@club.example>", SPELLINGS),
               (H, f"<alice@{D}>", SPELLINGS[:3]), (None, "<>", SPELLINGS[:2]), ("localhost", f"<postmaster@{D}>", SPELLINGS[:1]))
           for recipient in recipients]


def intervals(prefixes: list[str], bits: int) -> list[tuple[int, int]]:
    """First and last of each run of addresses."""
    pairs = sorted((int(found.network_address), int(found.broadcast_address)) for found in map(ipaddress.ip_network, prefixes))
    joined: list[tuple[int, int]] = []
    for first, last in pairs:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return [pair for pair in joined if pair[1] < 1 << bits]


def edges(listener: dict, dice: random.Random) -> tuple[list[str], list[str]]:
    """Addresses just inside and just outside what this listener relays for, trusted ones left out."""
    surely, possibly = listener["relay_without_auth"], listener.get("may_relay_without_auth", listener["relay_without_auth"])
    inside: list[str] = []
    outside: list[str] = []
    for (space, bits), family in zip(FAMILIES, ("ipv4", "ipv6")):
        if not surely.get("complete", True) or not possibly.get("complete", True):
            continue
        for first, last in intervals(surely[family], bits):
            inside += [str(space(number)) for number in dict.fromkeys((first, last))]
        may = intervals(possibly[family], bits)
        for first, last in may:
            outside += [str(space(number)) for number in (first - 1, last + 1)
                        if 0 <= number < 1 << bits and not any(a <= number <= b for a, b in may)]
        if not may:
            outside.append(str(space(dice.getrandbits(bits - 3) + (1 << (bits - 3)))))
    inside, outside = ([each for each in dict.fromkeys(them) if not is_trusted(each)] for them in (inside, outside))
    return (dice.sample(inside, min(len(inside), MOST_EDGES)), dice.sample(outside, min(len(outside), MOST_EDGES // 2)))


def is_trusted(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found.is_loopback or address in _OWN or found.is_unspecified


def questions(listener: dict, dice: random.Random) -> list[tuple[str, dict]]:
    """(`inside` or `outside`, attempt) for each edge."""
    inside, outside = edges(listener, dice)
    asked = []
    for address in inside:
        witness = witness_for(listener, address)
        if witness is not None:
            asked.append(("inside", {**witness, "client": address, "port": listener["port"]}))
    for address in outside:
        asked += [("outside", {**attempt, "client": address, "port": listener["port"]}) for attempt in BATTERY]
    return asked


def witness_for(listener: dict, address: str) -> dict | None:
    """The witness of the exposure that this client belongs to."""
    found = ipaddress.ip_address(address)
    for exposure in listener["exposures"]:
        if exposure.get("surely", True) and any(found in ipaddress.ip_network(network) for network in exposure["clients"]
                                                if ipaddress.ip_network(network).version == found.version):
            return {name: value for name, value in exposure["witness"].items() if name not in ("client", "port")}
    return None


def reached(listeners: list[dict], client: str, port: int) -> list[dict]:
    """The listeners that this client may get to at this port."""
    here = [each for each in listeners if each["port"] == port]
    found = ipaddress.ip_address(client)
    is_ipv6 = found.version == 6 and not found.ipv4_mapped
    return [each for each in here if any((":" in address) == is_ipv6 for address in each.get("addresses", []))] or here


def has_own_name(listener: dict, attempt: dict, responsible_for: Sequence[str]) -> bool:
    """The client's confirmed name is the server's own, or below. `audit` takes it that no stranger has such a name; where such
    names would let somebody in whom it leaves out, a premise of the listener says so."""
    name = (attempt.get("ptr") or "").lower()
    is_own = attempt.get("ptr_confirmed", True) and any(name == each or name.endswith("." + each) for each in responsible_for)
    is_premised = any(premise.startswith(_PREMISE) for premise in listener.get("premises", []))
    return bool(is_own and (is_premised or listener.get("verdict") == "open"))


def contradicts(listener: dict, attempt: dict, responsible_for: Sequence[str] = ()) -> bool:
    """This attempt, which really was relayed, is a stranger's from an address that the program says cannot."""
    if is_trusted(attempt["client"]) or has_own_name(listener, attempt, responsible_for):
        return False
    may = listener.get("may_relay_without_auth", listener["relay_without_auth"])
    client = ipaddress.ip_address(attempt["client"])
    client = client.ipv4_mapped or client if client.version == 6 else client
    if is_trusted(str(client)) or not may.get("complete", True):
        return False
    networks = may["ipv4" if client.version == 4 else "ipv6"]
    return not any(client in ipaddress.ip_network(network) for network in networks)

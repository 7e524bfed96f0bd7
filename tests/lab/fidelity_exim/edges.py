"""Asks the real server at both edges of every interval of clients that `audit` gives."""
import ipaddress
import json
import shutil
from collections import Counter
from pathlib import Path

from fidelity.edges import intervals
from fidelity_exim.ask import answers
from fidelity_exim.compare import audit, relayed

MOST = 10
FAMILIES = (("ipv4", ipaddress.IPv4Address, 32), ("ipv6", ipaddress.IPv6Address, 128))
SENDERS = ["<bob@club.example>", "<>", "<alice@example.com>"]
RECIPIENTS = ["<nobody7@example.net>", "<nobody7%example.net@example.com>", "<bob=example.org@example.com>", "<x@club.example>"]


def questions(listener: dict) -> list[tuple[str, dict]]:
    """(inside or outside, attempt): the witness' words inside, a small battery outside."""
    found: list[tuple[str, dict]] = []
    surely = listener["relay_without_auth"]
    possibly = listener.get("may_relay_without_auth", surely)
    for family, space, bits in FAMILIES:
        inside = {edge for pair in intervals(surely[family], bits) for edge in pair}
        may = intervals(possibly[family], bits)
        outside = {edge for first, last in may for edge in (first - 1, last + 1)
                   if 0 <= edge < 1 << bits and not any(a <= edge <= b for a, b in may)}
        for number in sorted(inside)[:MOST]:
            found += [("inside", attempt) for attempt in _as_witness(listener, str(space(number)))]
        for number in sorted(outside)[:MOST]:
            found += [("outside", {"client": str(space(number)), "helo": "club.example", "mail_from": sender, "rcpt_to": rcpt})
                      for sender in SENDERS for rcpt in RECIPIENTS]
    return [(where, each) for where, each in found if _can_connect(each["client"])]


def _as_witness(listener: dict, client: str) -> list[dict]:
    for exposure in listener["exposures"]:
        if any(ipaddress.ip_address(client) in ipaddress.ip_network(network) for network in exposure["clients"]
               if (":" in network) == (":" in client)):
            witness = exposure["witness"]
            if witness.get("ptr") or witness.get("auth") or witness.get("after"):
                return []
            return [{"client": client, "helo": witness.get("helo"), "mail_from": f"<{witness['mail_from'].strip('<>')}>",
                     "rcpt_to": f"<{witness['rcpt_to'].strip('<>')}>"}]
    return []


def _can_connect(client: str) -> bool:
    address = ipaddress.ip_address(client)
    return not (address.is_multicast or address.is_unspecified or address.is_loopback or address.is_link_local
                or client in ("255.255.255.255", "192.0.2.25", "192.0.2.26", "192.0.2.1") or client.startswith(("0.", "192.0.2.", "2001:db8:25:"))
                or address.version == 4 and int(address) >= 0xE0000000)


def ask_edges(program: str, world, server, folder: Path, tally: Counter, shown: list[str]) -> None:
    about = json.loads((folder / "about.json").read_text())
    report = audit(program, folder / "root")
    asked = [each for listener in report["listeners"] if listener["port"] == 25 for each in questions(listener)]
    if not asked:
        return
    copy = server.scratch_copy(folder / "root")
    server.start(copy)
    for (where, attempt), real in zip(asked, answers(world, server, [attempt for _, attempt in asked])):
        if real["at"] in ("cut off", "not running"):
            continue
        tally[f"edges {where}"] += 1
        if relayed(attempt, real, about["owned"]) != (where == "inside"):
            tally["edges wrong"] += 1
            shown.append(f"{folder.name} {where}: {json.dumps(attempt)} real {real.get('at')} {real.get('code')} "
                         f"{real.get('text', '')[:80]} {real.get('fate')} {real.get('to')}")
    shutil.rmtree(copy, ignore_errors=True)

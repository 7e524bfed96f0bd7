"""Random attempts on one configuration: half of the clients are at the edges of what its lists name."""
import ipaddress
import random
import re

from fidelity.clients import can_connect
from fidelity_exim import vocabulary as words
from fidelity_exim.generate import ROUND_FROM, Configuration

KNOWN = {client: (name, confirmed) for client, name, confirmed in words.CLIENTS}


class Attempts:
    def __init__(self, seed: int, of: Configuration):
        self.dice = random.Random(f"exim attempts {seed} {of.number}")
        self.of = of
        self.edges = [edge for edge in edges_in(of.text) if can_connect(edge)]
        self.encrypted = len(re.findall(r"encrypted|certificate|tls_in_cipher", of.text))
        self.asks_login = "authenticated" in of.text
        self.asks_helo = "sender_helo_name" in of.text
        self.asks_port = "received_port" in of.text

    def make(self, count: int) -> list[dict]:
        return [self._attempt() for _ in range(count)]

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _attempt(self) -> dict:
        pick = self.dice.choice
        client = pick(self.edges) if self.edges and self._chance(0.45) else pick(words.CLIENTS)[0]
        attempt = {"client": client, "helo": self._helo(), "port": 587 if self._chance(0.4 if self.asks_port else 0.08) else 25,
                   "mail_from": pick(words.ODD_FROM) if self._chance(0.07) else pick(words.FROM), "rcpt_to": self._recipient()}
        name, confirmed = KNOWN.get(client, (None, True))
        if name:
            attempt.update(ptr=name, ptr_confirmed=confirmed)
        if self._chance(0.12):
            attempt["after"] = [f"<{pick(words.RECIPIENTS)}>"]
        if not self.of.has_helo_acl and self._chance(0.5 if self.encrypted > 3 else 0.1):
            attempt.update(tls=True, client_cert=pick(["none", "self-signed", "trusted"]))
        if self.of.logins and attempt["helo"] and "_" not in attempt["helo"] and self._chance(0.4 if self.asks_login else 0.1):
            attempt["auth"] = {"secret": "alice", "anybody": "mallory"}[pick(self.of.logins)]
        return attempt

    def _helo(self) -> str | None:
        if self._chance(0.04):
            return self.dice.choice([None, "under_score", "bad!name"])
        return "club.example" if self.asks_helo and self._chance(0.4) else self.dice.choice(words.HELOS)

    def _recipient(self) -> str:
        if self.of.number >= ROUND_FROM and self._chance(0.4):
            return self.dice.choice(words.ODD_ROUND) if self._chance(0.2) else f"<{self.dice.choice(words.ROUND)}>"
        if self._chance(0.09):
            return self.dice.choice(words.ODD)
        return f"<{self.dice.choice(words.OUTSIDE if self._chance(0.68) else words.RECIPIENTS)}>"


def edges_in(text: str) -> list[str]:
    """Addresses on both sides of where a network in the text begins and ends."""
    found = re.findall(r"[0-9a-f:.]+(?:/[0-9]+)?", text)
    for name, networks in words.SPANS.items():
        found += networks if name in text else []
    edges = {}
    for each in found:
        try:
            network = ipaddress.ip_network(each)
        except ValueError:
            continue
        first, last = int(network[0]), int(network[-1])
        for number in (first - 1, first, last, last + 1):
            if 0 <= number < 1 << network.max_prefixlen:
                edges[str(type(network[0])(number))] = True
    return list(edges)

"""Random attempts on one configuration: half of the clients are at the edges of what its tables name."""
import ipaddress
import random
import re

from fidelity_exim.attempts import can_connect
from fidelity_sendmail import vocabulary as words
from fidelity_sendmail.generate import Configuration

KNOWN = {client: (name, confirmed) for client, name, confirmed in words.CLIENTS}


class Attempts:
    def __init__(self, seed: int, of: Configuration):
        self.dice = random.Random(f"sendmail attempts {seed} {of.number}")
        text = of.files.get("access", "") + of.files.get("relay-domains", "") + "".join(re.findall(r"RELAY_DOMAIN.*", of.mc))
        self.edges = [edge for edge in edges_in(text) if can_connect(edge)]
        self.tls = "confSERVER_CERT" in of.mc
        self.named = sorted(set(re.findall(r"[\w.+-]+@[\w.-]+\.example(?:\.\w+)?|[\w-]+@example\.(?:net|org|com)",
                                           "".join(of.files.values()))))

    def make(self, count: int) -> list[dict]:
        return [self._attempt() for _ in range(count)]

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _attempt(self) -> dict:
        pick = self.dice.choice
        client = pick(self.edges) if self.edges and self._chance(0.4) else pick(words.CLIENTS)[0]
        attempt = {"client": client, "helo": None if self._chance(0.03) else pick(words.HELOS), "port": 25,
                   "mail_from": pick(words.ODD_FROM) if self._chance(0.12) else pick(words.FROM), "rcpt_to": self._recipient()}
        name, confirmed = KNOWN.get(client, (None, True))
        if name:
            attempt.update(ptr=name, ptr_confirmed=confirmed)
        if self._chance(0.1):
            attempt["after"] = [f"<{pick(words.RECIPIENTS)}>"]
        if self.tls and self._chance(0.4):
            attempt.update(tls=True, client_cert=pick(["none", "self-signed", "trusted"]))
        return attempt

    def _recipient(self) -> str:
        if self._chance(0.22):
            return self.dice.choice(words.ODD)
        if self.named and self._chance(0.15):
            return f"<{self.dice.choice(self.named)}>"
        return f"<{self.dice.choice(words.OUTSIDE if self._chance(0.6) else words.RECIPIENTS)}>"


def edges_in(text: str) -> list[str]:
    """Addresses on both sides of where a network in the text begins and ends; `192.168.1` is one."""
    edges: dict[str, bool] = {}
    for found in re.findall(r"(?<![\w.:])\d{1,3}(?:\.\d{1,3}){0,3}(?![\w.])|2001:[0-9a-f:]+", text):
        network = as_network(found)
        if network is None:
            continue
        first, last = int(network[0]), int(network[-1])
        for number in (first - 1, first, last, last + 1):
            if 0 <= number < 1 << network.max_prefixlen:
                edges[str(type(network[0])(number))] = True
    return list(edges)


def as_network(found: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        if ":" in found:
            groups = found.rstrip(":").split(":")
            return ipaddress.ip_network(found) if "::" in found else ipaddress.ip_network(
                ":".join(groups) + ("::" if len(groups) < 8 else "") + f"/{16 * len(groups)}")
        parts = found.split(".")
        return ipaddress.ip_network(".".join(parts + ["0"] * (4 - len(parts))) + f"/{8 * len(parts)}")
    except ValueError:
        return None

"""Holds what the program says of one attempt against what the real server did: what is the same for every server."""
from dataclasses import dataclass
from pathlib import Path

from fidelity import edges, names
from fidelity.clients import can_connect
from fidelity.names import plain

# In this order of weight: the first is what a disagreement is called by.
KINDS = ["unsound", "edge inside", "edge outside", "runs", "relay", "reply", "fate", "to", "code", "enhanced"]
NOT_ANSWERED = ("not asked", "not running", "cut off", "no listener")


@dataclass(frozen=True)
class Outcome:
    """`kinds`: in what they differ. Empty: they agree, as far as the program decided at all."""
    kinds: tuple[str, ...] = ()
    compared: bool = True
    undecided: bool = False
    relayed: bool = False
    explained: bool = False
    """They differ for a reason that README.md gives."""
    claimed: bool = False
    """The program does not decide, and it went to a domain that the configuration names: that is no proof of a relay."""


class Reader:
    """Knows one configuration, and how the deeds of its server are to be read. A dialect overrides what is its own."""

    def __init__(self, root: Path, owned: list[str]):
        self.root, self.owned = root, owned
        self.written = ""
        """What the owner wrote into the files, where that counts; in small letters."""

    def outcome(self, attempt: dict, real: dict, ours: dict) -> Outcome:
        """`real` as seen() gives it."""
        if real["at"] in NOT_ANSWERED or real.get("unsettled") or real.get("settled") is False or self.is_left_out(attempt, real):
            return Outcome(compared=False)
        if self.is_explained(real, ours):
            return Outcome(compared=False, explained=True)
        relayed = self.relayed(attempt, real)
        kinds = self.differences(real, ours, relayed)
        if "relay" in kinds and self.is_claimed(attempt, real):
            # Whether the owner answers for a domain that he names is a question of words, not of what the server does.
            kinds.remove("relay")
            relayed = False
        return Outcome(sorted_kinds(kinds), relayed=relayed, undecided=ours["reply"] == "undecided" or ours["relay"] is None,
                       claimed=ours["relay"] is None and self.is_claimed(attempt, real))

    def seen(self, attempt: dict, real: dict) -> dict:
        """What the server did, read again with the attempt in view."""
        return real

    def is_left_out(self, attempt: dict, real: dict) -> bool:
        """It is not compared, for a reason that README.md gives."""
        return False

    def is_explained(self, real: dict, ours: dict) -> bool:
        return False

    def differences(self, real: dict, ours: dict, relayed: bool) -> list[str]:
        return differences(real, ours, relayed)

    def relayed(self, attempt: dict, real: dict) -> bool:
        return really_relayed(attempt, real, self.owned, self.written)

    def is_claimed(self, attempt: dict, real: dict) -> bool:
        """The configuration names the domain that it went to."""
        return False

    def needs_secret(self, attempt: dict) -> bool:
        """No stranger can do the same."""
        return bool(attempt.get("auth")) or attempt.get("client_cert") == "trusted"

    def is_wrong_edge(self, where: str, attempt: dict, real: dict) -> bool:
        """The server did what the program says nobody can, or not what it says he can."""
        relayed = self.relayed(attempt, real)
        # Whether the owner answers for a domain that he lists is a question of words.
        return not relayed if where == "inside" else relayed and not self.is_claimed(attempt, real)

    def is_askable(self, where: str, attempt: dict, listener: dict) -> bool:
        """Whether the lab can ask this at an edge, as this client and without a name of its own making."""
        return can_connect(attempt["client"]) and not attempt.get("ptr") and not attempt.get("tls")

    def runs_wrongly(self, audit: dict, real: list[dict]) -> bool:
        return audit["runs"] == (real[0]["at"] == "not running")

    def deciding(self, ours: dict) -> set:
        """What decided, in the words of the configuration."""
        return set()


def sorted_kinds(kinds: list[str]) -> tuple[str, ...]:
    return tuple(sorted(kinds, key=KINDS.index))


def real_reply(real: dict) -> str:
    if real["code"] < 400:
        return "accept"
    return "defer" if real["code"] < 500 else "reject"


def differences(real: dict, ours: dict, relayed: bool) -> list[str]:
    """In reply and code; in the fate of what was accepted, and whether that is a relay."""
    kinds: list[str] = []
    if ours["reply"] == "undecided":
        return kinds
    reply = real_reply(real)
    if reply != ours["reply"]:
        kinds.append("reply")
    elif reply != "accept":
        if ours.get("code") not in (None, 0, real["code"]):
            kinds.append("code")
    elif ours["fate"] not in ("undecided", real["fate"], *real.get("fates", [])):
        kinds.append("fate")
    elif real["fate"] == "handed-on" and ours.get("to") and plain(ours["to"]) not in map(plain, real["to"]):
        kinds.append("to")
    if ours["relay"] is not None and ours["relay"] != relayed:
        kinds.append("relay")
    return kinds


def really_relayed(attempt: dict, real: dict, owned: list[str], written: str = "") -> bool:
    """Handed on to an outside domain that the client named, and not the owner: what he wrote down is his, unless it is what
    the client said."""
    said = plain(attempt["rcpt_to"])

    def chosen(address: str) -> bool:
        domain = address.rpartition("@")[2]
        return is_outside(domain, owned) and domain in said and (address in said or not written or address not in written)

    return real.get("fate") == "handed-on" and any(chosen(plain(to)) for to in real["to"])


def is_outside(domain: str, owned: list[str]) -> bool:
    """Nobody's here: neither owned, nor an address of the server."""
    if domain.startswith("["):
        return domain.strip("[]").removeprefix("ipv6:") not in names.server_addresses()
    if domain in names.server_addresses():
        return False
    return bool(domain) and not any(domain == name or domain.endswith("." + name) for name in owned)


def contradicted(audit: dict, attempt: dict) -> bool:
    """By a client who relayed: no listener that he reaches is said to let him."""
    client = attempt["client"]
    reached = edges.reached(audit["listeners"], client, attempt.get("port", 25))
    if not reached:
        return not edges.is_trusted(client)
    return all(edges.contradicts(each, attempt, audit["responsible_for"]) for each in reached)

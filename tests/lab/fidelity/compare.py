"""Holds what the program says of one attempt against what the real server did."""
from dataclasses import dataclass

from fidelity import names

# In this order of weight: the first is what a disagreement is called by.
KINDS = ["unsound", "edge inside", "edge outside", "runs", "relay", "reply", "fate", "to", "code", "enhanced"]


@dataclass(frozen=True)
class Outcome:
    """`kinds`: in what they differ. Empty: they agree, as far as the program decided at all."""
    kinds: tuple[str, ...] = ()
    compared: bool = True
    undecided: bool = False
    relayed: bool = False


def compare(attempt: dict, real: dict, ours: dict, owned: list[str]) -> Outcome:
    if real["at"] in ("not asked", "cut off") or real.get("unsettled"):
        return Outcome(compared=False)
    if real["at"] == "not running" or ours["listener"] is None:
        return Outcome(("runs",) if (real["at"] == "not running") != (ours["listener"] is None) else ())
    relayed = really_relayed(attempt, real, owned)
    if ours["reply"] == "undecided":
        return Outcome(undecided=True, relayed=relayed)
    kinds = []
    reply = real_reply(real)
    if ours["reply"] != reply:
        kinds.append("reply")
    elif reply != "accept":
        if ours.get("code") not in (None, real["code"]):
            kinds.append("code")
        if ours.get("code") and ours.get("enhanced") != real["enhanced"]:
            kinds.append("enhanced")
    elif ours["fate"] != "undecided":
        kinds += _fates(attempt, real, ours)
    if ours["relay"] is not None and ours["relay"] != relayed:
        kinds.append("relay")
    return Outcome(sorted_kinds(kinds), relayed=relayed,
                   undecided=not kinds and (ours["fate"] == "undecided" or ours["relay"] is None))


def sorted_kinds(kinds: list[str]) -> tuple[str, ...]:
    return tuple(sorted(kinds, key=KINDS.index))


def real_reply(real: dict) -> str:
    if real["code"] < 400:
        return "accept"
    return "defer" if real["code"] < 500 else "reject"


def real_fate(real: dict) -> str:
    """`tried` is handed on, to a host that does not exist."""
    return "handed-on" if real["fate"] == "tried" else real["fate"]


def really_relayed(attempt: dict, real: dict, owned: list[str]) -> bool:
    """It was handed on for an outside domain, and it was the client who named that."""
    said = (attempt["rcpt_to"] + " " + " ".join(attempt.get("headers", {}).values())).lower()
    return real.get("fate") in ("handed-on", "tried") and any(
        is_outside(domain, owned) and domain in said for domain in map(names.domain_of, real["to"]))


def is_outside(domain: str, owned: list[str]) -> bool:
    """Nobody's here: not claimed by this configuration, no name or address of the server."""
    if domain.startswith("["):
        return domain.strip("[]").removeprefix("ipv6:") not in names.server_addresses()
    claims = [name.lstrip(".").lower() for name in owned]
    return bool(domain) and not any(domain == name or domain.endswith("." + name) for name in claims if "." in name)


def _fates(attempt: dict, real: dict, ours: dict) -> list[str]:
    fate = real_fate(real)
    if ours["fate"] != fate:
        return ["fate"]
    if fate == "handed-on" and ours.get("to") and names.plain(ours["to"]) not in map(names.plain, real["to"]):
        return ["to"]
    return []

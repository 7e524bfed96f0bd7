"""Sendmail listens with one daemon for each family: what audit says of a port is what it says of all of them."""
import ipaddress

SETS = ("relay_without_auth", "may_relay_without_auth")


def by_port(listeners: list[dict]) -> list[dict]:
    """One listener for each port: the clients and exposures of all that listen there."""
    found: dict[int, dict] = {}
    for each in listeners:
        whole = found.setdefault(each["port"], {**each, "exposures": [], **{name: _none() for name in SETS if name in each}})
        whole["exposures"] = whole["exposures"] + each["exposures"]
        for name in SETS:
            if name in each:
                whole[name] = _union(whole[name], each[name])
    return list(found.values())


def _none() -> dict:
    return {"ipv4": [], "ipv6": [], "complete": True}


def _union(one: dict, other: dict) -> dict:
    found = {"complete": one["complete"] and other.get("complete", True)}
    for family in ("ipv4", "ipv6"):
        networks = ipaddress.collapse_addresses(map(ipaddress.ip_network, one[family] + other[family]))
        found[family] = [str(each) for each in networks]
    return found


def is_vouched_for(attempt: dict, claims: set[str]) -> bool:
    """The client has a confirmed name below one that the configuration names: no stranger has one, audit says it takes that for given."""
    labels = attempt.get("ptr", "").lower().split(".")
    return bool(attempt.get("ptr_confirmed")) and any(".".join(labels[at:]) in claims for at in range(len(labels)))

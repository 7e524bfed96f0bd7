"""Holds what the program says of one attempt against what the real Sendmail did."""
import re
from dataclasses import replace
from pathlib import Path

from fidelity import comparison
from fidelity.names import plain
from fidelity.program import Subject
from fidelity_sendmail.lab_names import known_names

SUBJECT = Subject("/etc/mail", "8.17.1.9", ("client", "ptr", "ptr_confirmed", "helo", "port", "mail_from", "rcpt_to", "after", "tls",
                                            "client_cert", "auth"))
# The same, asked about what m4 made the other of.
MC_SUBJECT = replace(SUBJECT, path="/etc/mail/sendmail.mc")
_STRANGERS_WITH_OUR_MX = "stranger-who-names-us-as-mx.example"


class Reader(comparison.Reader):
    def __init__(self, root: Path, owned: list[str]):
        super().__init__(root, owned)
        self.claims = claimed(root)

    def seen(self, attempt: dict, real: dict) -> dict:
        return with_fate(attempt, real) if "fate" in real else real

    def differences(self, real: dict, ours: dict, relayed: bool) -> list[str]:
        return differences(real, ours, relayed)

    def is_claimed(self, attempt: dict, real: dict) -> bool:
        return is_claimed(real, attempt, self.claims)

    def is_askable(self, where: str, attempt: dict, listener: dict) -> bool:
        # The lab's DNS does not have the domain that a witness names the server as MX for.
        return _STRANGERS_WITH_OUR_MX not in attempt["rcpt_to"] and super().is_askable(where, attempt, listener)

    def is_wrong_edge(self, where: str, attempt: dict, real: dict) -> bool:
        if where == "outside":
            return self.relayed(attempt, real) and not self.is_claimed(attempt, real)
        if real["fate"] in ("handed-on", "several"):
            return False
        # Taken for a domain that the lab's DNS does not have, a witness comes back.
        exists = plain(attempt["rcpt_to"]).rpartition("@")[2].strip("<>.") in known_names()
        return real["fate"] != "dropped" or exists

    def deciding(self, ours: dict) -> set:
        return deciding(ours)


def with_fate(attempt: dict, real: dict) -> dict:
    """With the addresses that it really went to. Whose mail went where is not told of messages with several recipients."""
    if any(code < 400 for code in real.get("after", [])) and real["fate"] != "refused":
        return {**real, "fate": "several", "fates": ["local", "dropped", "handed-on"], "to": []}
    sunk = [each.strip("<>") for each in real.get("sunk", [])]
    return {**real, "to": sunk or real.get("to", [])}


def differences(real: dict, ours: dict, relayed: bool) -> list[str]:
    if real["fate"] == "dropped" and is_nowhere(ours.get("to") or ""):
        # Names are taken to exist, and to lead elsewhere.
        ours = {**ours, "fate": "dropped" if ours["fate"] == "handed-on" else ours["fate"], "relay": None if ours["relay"] else ours["relay"]}
    if real["fate"] == "several":
        ours = {**ours, "relay": None}
    return comparison.differences(real, {**ours, "to": written(ours.get("to") or "")}, relayed)


# What the lab's DNS does not have, of the domains that attempts ask for.
NOWHERE = ("", "sub.example.net", "example.net.example.com", "virtual.example", "mail.relayed.example", "example.net.redirect")
# What the lab's DNS leads back to the server for: where it does not take them for its own, their mail loops and is returned.
BACK_HERE = ("example.com", "dept.example.com", "mail.example.com", "mail")


def is_nowhere(address: str) -> bool:
    return plain(address).rpartition("@")[2].strip(".") in NOWHERE + BACK_HERE


def written(address: str) -> str:
    """As it was before the program escaped it."""
    return address.replace("\\\\", "\\")


def claimed(root: Path) -> set[str]:
    """Every domain that the configuration names as one that it answers for, relays to or reroutes."""
    settings = root / "etc/mail"
    texts = [(settings / name).read_text() for name in ("local-host-names", "relay-domains", "access", "virtusertable", "mailertable",
                                                        "domaintable") if (settings / name).exists()]
    texts += re.findall(r"(?:RELAY|LOCAL|VIRTUSER)_DOMAIN\(`(.*?)'\)", (settings / "sendmail.mc").read_text())
    found = re.findall(r"[A-Za-z][\w.-]*", "\n".join(texts).lower())
    return {each.strip(".") for each in found}


def is_claimed(real: dict, attempt: dict, claims: set[str]) -> bool:
    """The configuration names the domain it goes to, or one above it."""
    for address in [*real.get("to", []), attempt["rcpt_to"].strip("<>")]:
        labels = plain(address).rpartition("@")[2].strip(".").split(".")
        if any(".".join(labels[at:]) in claims for at in range(len(labels))):
            return True
    return False


def deciding(ours: dict) -> set[str]:
    """What decided: the stages, and the words of the rules that ended them."""
    found = set()
    for step in ours.get("trace", []):
        if step["result"] in ("permit", "reject", "defer"):
            found.add(f"{step['stage']}: {' '.join((step['text'] or '').split()[:2])}")
    if ours["reply"] == "accept":
        found.add(f"fate: {ours['fate']}")
    return found

"""Holds what the program says of one attempt against what the real server did."""
import ipaddress
import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fidelity import names
from fidelity.names import plain
from fidelity_sendmail.doors import by_port, is_vouched_for

FIELDS = ["client", "ptr", "ptr_confirmed", "helo", "port", "mail_from", "rcpt_to", "after", "tls", "client_cert", "auth"]
HOST = ["--hostname", "mail.example.com", "--mta-version", "8.17.1.9"] + [
    word for interface in ("192.0.2.25/24", "192.0.2.26/24", "2001:db8:25::25/64", "2001:db8:25::26/64", "127.0.0.1/8",
                           "::1/128") for word in ("--interface", interface)]
PATH = "/etc/mail"
SECONDS = 300


@dataclass
class Judgement:
    number: int
    counts: Counter = field(default_factory=Counter)
    decisive: Counter = field(default_factory=Counter)
    wrong: list[tuple[list[str], dict, dict, dict]] = field(default_factory=list)


class Program:
    def __init__(self, path: str):
        self.path = path

    def ask(self, root: Path, words: list[str], text: str | None = None) -> str:
        done = subprocess.run([self.path, *words, "--root", str(root), *HOST], input=text, capture_output=True, text=True,
                              timeout=SECONDS, check=False)
        if not done.stdout.strip():
            raise RuntimeError(f"{' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()[-800:]}")
        return done.stdout

    def explain(self, root: Path, attempts: list[dict]) -> list[dict]:
        lines = "".join(json.dumps({name: each[name] for name in FIELDS if name in each}) + "\n" for each in attempts)
        text = self.ask(root, ["explain", PATH, "--attempts", "-", "--format", "jsonl"], lines)
        return [json.loads(line) for line in text.splitlines() if line]

    def audit(self, root: Path) -> dict:
        return json.loads(self.ask(root, ["audit", PATH, "--format", "json"]))


def judge(program: Program, number: int, root: Path, owned: list[str], attempts: list[dict], real: list[dict],
          without_audit: bool = False) -> Judgement:
    found = Judgement(number)
    ours_of_all = program.explain(root, attempts)
    found.counts["configurations"] += 1
    listeners = {}
    if not without_audit:
        audit = program.audit(root)
        found.counts[f"verdict {audit['verdict']}"] += 1
        if audit["runs"] == (real[0]["at"] == "not running"):
            found.wrong.append((["runs"], attempts[0], real[0], {}))
        listeners = {listener["port"]: listener for listener in by_port(audit["listeners"])}
    claims = claimed(root)
    for attempt, truth, ours in zip(attempts, real, ours_of_all):
        truth = with_fate(attempt, truth)
        if truth["at"] in ("cut off", "not running") or truth.get("settled") is False:
            found.counts["not compared"] += 1
            continue
        relayed = really_relayed(attempt, truth, owned)
        kinds = differences(truth, ours, relayed)
        if "relay" in kinds and is_claimed(truth, attempt, claims):
            # Whether the owner answers for a domain that he lists is a question of words.
            kinds.remove("relay")
            relayed = False
        listener = listeners.get(attempt.get("port", 25))
        if relayed and listener and contradicts(listener, attempt) and not is_vouched_for(attempt, claims):
            kinds.append("unsound")
        found.counts["pairs"] += 1
        found.counts["relayed"] += relayed
        if kinds:
            found.wrong.append((kinds, attempt, truth, ours))
        elif ours["reply"] == "undecided" or ours["relay"] is None:
            found.counts["undecided"] += 1
        else:
            found.decisive.update(deciding(ours))
    return found


def with_fate(attempt: dict, real: dict) -> dict:
    """With the addresses that it really went to. Whose mail went where is not told of messages with several recipients."""
    if any(code < 400 for code in real.get("after", [])) and real["fate"] != "refused":
        return {**real, "fate": "several", "fates": ["local", "dropped", "handed-on"], "to": []}
    sunk = [each.strip("<>") for each in real.get("sunk", [])]
    return {**real, "to": sunk or real.get("to", [])}


def differences(real: dict, ours: dict, relayed: bool) -> list[str]:
    kinds: list[str] = []
    if ours["reply"] == "undecided":
        return kinds
    reply = "accept" if real["code"] < 400 else "defer" if real["code"] < 500 else "reject"
    if reply != ours["reply"]:
        kinds.append("reply")
    elif reply != "accept":
        if ours.get("code") not in (None, 0, real["code"]):
            kinds.append("code")
    elif real["fate"] == "dropped" and ours["fate"] == "handed-on" and is_nowhere(ours.get("to") or ""):
        pass  # names are taken to exist, and to lead elsewhere
    elif ours["fate"] not in ("undecided", real["fate"], *real["fates"]):
        kinds.append("fate")
    elif real["fate"] == "handed-on" and ours.get("to") and plain(written(ours["to"])) not in map(plain, real["to"]):
        kinds.append("to")
    if real["fate"] == "dropped" and ours["relay"] and is_nowhere(ours.get("to") or ""):
        return kinds
    if ours["relay"] is not None and ours["relay"] != relayed and real["fate"] != "several":
        kinds.append("relay")
    return kinds


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


def is_outside(address: str, owned: list[str]) -> bool:
    domain = plain(address).rpartition("@")[2]
    if not domain:
        return False
    if domain.startswith("["):
        return domain.strip("[]").removeprefix("ipv6:") not in names.server_addresses()
    return not any(domain == name or domain.endswith("." + name) for name in owned)


def really_relayed(attempt: dict, real: dict, owned: list[str]) -> bool:
    """Handed on to an outside domain that the client named."""
    said = plain(attempt["rcpt_to"])
    return real.get("fate") == "handed-on" and any(
        is_outside(to, owned) and plain(to).rpartition("@")[2] in said for to in real["to"])


def contradicts(listener: dict, attempt: dict) -> bool:
    """Audit says that this client cannot relay without credentials."""
    client = ipaddress.ip_address(attempt["client"])
    if client.is_loopback or attempt.get("client_cert") == "trusted":
        return False
    sets = listener.get("may_relay_without_auth", listener["relay_without_auth"])
    if not sets.get("complete", True):
        return False
    networks = sets["ipv6" if client.version == 6 else "ipv4"]
    return not any(client in ipaddress.ip_network(network) for network in networks)


def deciding(ours: dict) -> set[str]:
    """What decided: the stages, and the words of the rules that ended them."""
    found = set()
    for step in ours.get("trace", []):
        if step["result"] in ("permit", "reject", "defer"):
            found.add(f"{step['stage']}: {' '.join((step['text'] or '').split()[:2])}")
    if ours["reply"] == "accept":
        found.add(f"fate: {ours['fate']}")
    return found

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
from fidelity_exim import vocabulary

FIELDS = ["client", "ptr", "ptr_confirmed", "helo", "port", "mail_from", "rcpt_to", "after", "tls", "client_cert", "auth"]
HOST = ["--hostname", "mail.example.com", "--mta-version", "4.96"] + [
    word for interface in ("192.0.2.25/24", "192.0.2.26/24", "2001:db8:25::25/64", "2001:db8:25::26/64", "127.0.0.1/8",
                           "::1/128") for word in ("--interface", interface)]
PATH = "/etc/exim4"
SECONDS = 300
VERBS = ("accept", "defer", "deny", "discard", "drop", "require", "warn")


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
        listeners = {listener["port"]: listener for listener in audit["listeners"]}
    text = (root / "etc/exim4/exim4.conf").read_text()
    has_open_login = "public_name = LOGIN" in text
    for attempt, truth, ours in zip(attempts, real, ours_of_all):
        # Lists of recipients see quotes as they were sent, and the model does not.
        is_quoted = '"' in attempt["rcpt_to"] and "recipients = " in text
        # Behind EHLO the last word may be taken for a parameter.
        is_parameter = " " in attempt["rcpt_to"] and attempt.get("auth")
        # Merged with the recipient before, when both lead to the same: what the log tells is of that one.
        is_sunk = plain(attempt["rcpt_to"]).strip("<>") in (plain(to).strip("<>") for to in truth.get("sunk", []))
        is_merged = bool(attempt.get("after")) and truth["at"] == "message" and (
            truth.get("fates") == [] and truth["code"] < 400 or truth.get("fate") == "dropped" and is_sunk)
        # A user of Debian's whose home is not there, so that Exim puts the delivery off.
        is_homeless = attempt["rcpt_to"].startswith("<list@") and truth.get("fates") == ["dropped"]
        if is_quoted or is_parameter or is_merged or is_homeless or truth["at"] in ("cut off", "not running") or truth.get("settled") is False:
            found.counts["not compared"] += 1
            continue
        relayed = really_relayed(attempt, truth, owned)
        kinds = differences(truth, ours, relayed)
        if "relay" in kinds and is_claimed(truth, attempt, text):
            # Whether the owner answers for a domain that he lists is a question of words.
            kinds.remove("relay")
            relayed = False
        without_secret = not attempt.get("auth") or has_open_login
        listener = listeners.get(attempt.get("port", 25))
        if relayed and without_secret and listener and contradicts(listener, attempt):
            kinds.append("unsound")
        found.counts["pairs"] += 1
        found.counts["relayed"] += relayed
        if kinds:
            found.wrong.append((kinds, attempt, truth, ours))
        elif ours["reply"] == "undecided" or ours["relay"] is None:
            found.counts["undecided"] += 1
        else:
            found.decisive.update(deciding(ours, text))
    return found


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
    elif ours["fate"] not in ("undecided", real["fate"], *real["fates"]):
        kinds.append("fate")
    elif real["fate"] == "handed-on" and ours.get("to") and plain(ours["to"]) not in map(plain, real["to"]):
        kinds.append("to")
    if ours["relay"] is not None and ours["relay"] != relayed:
        kinds.append("relay")
    return kinds


def is_claimed(real: dict, attempt: dict, text: str) -> bool:
    """Lists of domains name the domain it goes to, one above it, or a file that does."""
    lists = " ".join(re.findall(r"^(?:domainlist .*|.*domains = .*)$", text, re.M)).replace("\\.", ".")
    lists += " ".join(rows for name, rows in vocabulary.FILES.items() if "/" + name.replace("/example.org", "") in lists)
    lists += " ".join(["example.org relayed.example"] * ("/virtual" in lists) + ["example.net relayed.example"] * (".cdb" in lists))
    domains = {plain(to).rpartition("@")[2] for to in [*real.get("to", []), attempt["rcpt_to"].strip("<>")]}
    return any(domain.endswith("relayed.example") or domain in lists or f"*.{domain.partition('.')[2]}" in lists for domain in domains)


def is_outside(address: str, owned: list[str]) -> bool:
    domain = plain(address).rpartition("@")[2]
    if domain.startswith("["):
        return domain.strip("[]").removeprefix("ipv6:") not in names.server_addresses()
    return not any(domain == name or domain.endswith("." + name) for name in owned)


def really_relayed(attempt: dict, real: dict, owned: list[str]) -> bool:
    """Handed on to an outside domain that the client named."""
    said = plain(attempt["rcpt_to"])
    return real.get("fate") == "handed-on" and any(
        is_outside(to, owned) and plain(to).rpartition("@")[2] in said for to in real["to"])


def edge_is_wrong(where: str, attempt: dict, real: dict, owned: list[str]) -> bool:
    return really_relayed(attempt, real, owned) != (where == "inside")


def contradicts(listener: dict, attempt: dict) -> bool:
    """Audit says that this client cannot relay."""
    client = ipaddress.ip_address(attempt["client"])
    if client.is_loopback:
        return False
    sets = listener.get("may_relay_without_auth", listener["relay_without_auth"])
    if not sets.get("complete", True):
        return False
    networks = sets["ipv6" if client.version == 6 else "ipv4"]
    return not any(client in ipaddress.ip_network(network) for network in networks)


def deciding(ours: dict, text: str) -> set[str]:
    """What the statement that decided asks, each by its name, negated or not; and the router that ended it."""
    found = set()
    lines = text.splitlines()
    ends = [step for step in ours.get("trace", []) if step["result"] in ("permit", "reject", "defer")]
    for step in ends:
        statement = _statement(lines, step.get("line") or 0)
        if statement:
            found |= {f"{step['stage']}: {each}" for each in statement}
            found |= {each.partition(" ")[0] if "lookup" not in each else each for each in statement}
        elif step["text"]:
            found.add(f"{step['stage']}: {step['text'].split(' ')[0]}")
    routes = [step for step in ours.get("trace", []) if step["stage"].startswith("router")]
    if ours["reply"] == "accept" and routes:
        found |= {routes[-1]["stage"], routes[-1]["stage"] + (f": {ours['fate']}" if ours["fate"] else "")}
    return found


def _statement(lines: list[str], number: int) -> list[str]:
    """The kinds of conditions of the statement that has this line, and its verb."""
    begin = min(number, len(lines)) - 1
    while begin >= 0 and lines[begin].split()[:1] and lines[begin].split()[0] not in VERBS:
        begin -= 1
    if begin < 0 or not lines[begin].split():
        return []
    verb, first = lines[begin].split()[0], lines[begin].partition(lines[begin].split()[0])[2]
    items = [first.strip()]
    for line in lines[begin + 1:]:
        if not line.split() or line.split()[0] in VERBS or line.strip().endswith(":") and "=" not in line:
            break
        items.append(line.strip())
    found = [verb]
    for item in filter(None, items):
        name, _, value = item.partition(" = ")
        if name in ("condition", "!condition"):
            operator = re.match(r"\$\{(?:if\s*)?!?(\w+|=)", value)
            found.append(f"{name} {operator[1] if operator else 'constant'}")
        elif name in ("verify", "!verify"):
            found.append(f"{name} {value}")
        elif not name.startswith(("message", "set", "control")):
            found.append(name)
    return found

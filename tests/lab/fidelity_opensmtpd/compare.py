"""Holds what the program says of one attempt against what the real server did."""
import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fidelity import names
from fidelity.compare import lacks_brackets, real_reply
from fidelity.edges import contradicts
from kit.addresses import SERVER, SERVER_DOMAIN, SERVER_SECOND

FIELDS = ["client", "ptr", "ptr_confirmed", "helo", "port", "server", "mail_from", "rcpt_to"]
HOST = ["--hostname", SERVER.name, "--mta-version", "6.8"] + [
    word for interface in (f"{SERVER.ipv4}/24", f"{SERVER_SECOND.ipv4}/24", f"{SERVER.ipv6}/64", f"{SERVER_SECOND.ipv6}/64",
                           "127.0.0.1/8", "::1/128") for word in ("--interface", interface)]
PATH = "/etc/smtpd.conf"
SECONDS = 120


@dataclass
class Judgement:
    number: int
    counts: Counter = field(default_factory=Counter)
    decisive: Counter = field(default_factory=Counter)
    wrong: list[tuple[list[str], dict, dict, dict]] = field(default_factory=list)
    failure: str = ""


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


def judge(program: Program, number: int, root: Path, owned: list[str], attempts: list[dict], real: list[dict]) -> Judgement:
    found = Judgement(number)
    answers, audit = program.explain(root, attempts), program.audit(root)
    found.counts["configurations"] += 1
    found.counts[f"verdict {audit['verdict']}"] += 1
    if audit["runs"] == (real[0]["at"] == "not running"):
        found.wrong.append((["runs"], attempts[0], real[0], {"listener": audit["runs"]}))
    # Of several listeners at a port the clients of the one that answers are not told apart here.
    listeners: dict[int, list[dict]] = {}
    for listener in audit["listeners"]:
        listeners.setdefault(listener["port"], []).append(listener)
    written = "\n".join(path.read_text() for path in sorted(root.glob("etc/**/*"))
                        if path.is_file() and path.name not in ("passwd",)).lower()
    for attempt, truth, ours in zip(attempts, real, answers):
        if truth["at"] in ("cut off", "not running", "no listener") or truth.get("unsettled") or lacks_brackets(attempt, truth) \
                or attempt["rcpt_to"].startswith(" "):
            found.counts["not compared"] += 1
            continue
        relayed = really_relayed(attempt, truth, owned, written)
        if is_old_error(truth, ours, written) or is_filtered_first(truth, ours):
            found.counts["explained"] += 1
            continue
        kinds = differences(truth, ours, relayed)
        if is_named(attempt, written):
            # Whether the owner answers for a domain that he names is a question of words, not of what the server does.
            kinds = [kind for kind in kinds if kind != "relay"]
            relayed = relayed and "relay" not in differences(truth, ours, relayed)
        if relayed and all(contradicts(each, attempt) for each in listeners.get(attempt["port"], [])):
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


def differences(real: dict, ours: dict, relayed: bool) -> list[str]:
    kinds = []
    if ours["reply"] == "undecided":
        return kinds
    if ours["reply"] != real_reply(real):
        kinds.append("reply")
    elif ours["reply"] != "accept":
        # What cannot be read is 501 to the program, whose model knows no other code for it.
        unread = ours.get("code") == 501 and real["code"] in (503, 553)
        if not unread and ours.get("code") not in (None, 0, real["code"]):
            kinds.append("code")
    elif ours["fate"] not in ("undecided", real["fate"]):
        kinds.append("fate")
    elif real["fate"] == "handed-on" and ours.get("to") and ours["to"].lower() not in [to.lower() for to in real["to"]]:
        kinds.append("to")
    if ours["relay"] is not None and ours["relay"] != relayed:
        kinds.append("relay")
    return kinds


def really_relayed(attempt: dict, real: dict, owned: list[str], written: str) -> bool:
    """Handed on to an outside domain that the client named, and not the owner."""
    said = attempt["rcpt_to"].lower()

    def chosen(address: str) -> bool:
        domain = names.domain_of(address)
        return is_outside(domain, owned) and domain in said and (address in said or address not in written)

    return real.get("fate") == "handed-on" and any(chosen(address.lower()) for address in real["to"])


def is_old_error(real: dict, ours: dict, written: str) -> bool:
    """A rule that rejects says 451 instead of 550 while smtpd remembers the error of an earlier `match tls`: it asks errno,
    which nobody has reset (lka_expand() of lka_session.c)."""
    return real.get("code") == 451 and ours.get("code") == 550 and bool(re.search(r"^match\b.*\btls\b", written, re.M)) \
        and any(step["result"] == "reject" and step["text"].endswith(" reject") for step in ours.get("trace", []))


def is_filtered_first(real: dict, ours: dict) -> bool:
    """What cannot be read is 501; a filter is asked before smtpd reads the parameters, and refuses in its own words."""
    return ours.get("code") == 501 and real.get("code", 0) >= 400 and real["at"] in ("mail", "rcpt") \
        and real["code"] not in (501, 503, 553)


def is_named(attempt: dict, written: str) -> bool:
    """The recipient's domain, or one above it, stands somewhere in the configuration."""
    labels = names.domain_of(attempt["rcpt_to"].partition(">")[0]).split(".")
    plain = written.replace("\\.", ".")
    return any(".".join(labels[start:]) in plain for start in range(max(1, len(labels) - 1)))


def is_outside(domain: str, owned: list[str]) -> bool:
    if domain.startswith("["):
        return domain.strip("[]").removeprefix("ipv6:") not in names.server_addresses()
    if domain in names.server_addresses():
        return False
    claims = [SERVER.name, SERVER_DOMAIN, "localhost", *owned]
    return bool(domain) and not any(domain == name or domain.endswith("." + name) for name in claims)


def deciding(ours: dict) -> set[str]:
    """The conditions of the rule that decided, each by its name, negated or not."""
    steps = [step for step in ours.get("trace", []) if step["result"] != "no match"
             and (step["stage"] == "match" or step["stage"].startswith("filters"))]
    if not steps:
        return {"no rule"} if ours["reply"] == "reject" else set()
    words = steps[-1]["text"].split()
    if words[:1] == ["filter"]:
        return {" ".join(["filter", *words[2:4], *words[5:6]]), f"filter {words[5]}" if len(words) > 5 else "filter"}
    found = set()
    for number, word in enumerate(words):
        name = word.lstrip("!")
        sign = "!" if word.startswith("!") else ""
        if name in ("from", "for"):
            found.add(f"{sign}{name} {words[number + 1]}{' regex' if words[number + 2:number + 3] == ['regex'] else ''}")
        elif name in ("tag", "helo", "mail-from", "rcpt-to", "auth", "tls", "reject") and words[number - 1].lstrip("!") not in (
                "from", "for"):
            found.add(f"{sign}{name}{' regex' if words[number + 1:number + 2] == ['regex'] else ''}")
    return found

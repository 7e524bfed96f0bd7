"""Holds what the program says of one attempt against what the real Exim did."""
import re
from pathlib import Path

from fidelity import comparison, names
from fidelity.names import plain
from fidelity.program import Subject
from fidelity_exim import vocabulary

SUBJECT = Subject("/etc/exim4", "4.96", ("client", "ptr", "ptr_confirmed", "helo", "port", "mail_from", "rcpt_to", "after", "tls",
                                         "client_cert", "auth"))
DOUBTS = ("verifying has too many ways", "more rules than verifying follows")
VERBS = ("accept", "defer", "deny", "discard", "drop", "require", "warn")


class Reader(comparison.Reader):
    def __init__(self, root: Path, owned: list[str]):
        super().__init__(root, owned)
        self.text = (root / "etc/exim4/exim4.conf").read_text()
        self.rewrites = self.text.partition("\nbegin rewrite\n")[2].partition("\nbegin ")[0]
        self.has_open_login = "public_name = LOGIN" in self.text

    def is_left_out(self, attempt: dict, real: dict) -> bool:
        # Lists of recipients see quotes as they were sent, and the model does not.
        is_quoted = '"' in attempt["rcpt_to"] and "recipients = " in self.text
        # Behind EHLO the last word may be taken for a parameter.
        is_parameter = " " in attempt["rcpt_to"] and attempt.get("auth")
        # Merged with the recipient before, when both lead to the same: what the log tells is of that one.
        is_sunk = plain(attempt["rcpt_to"]).strip("<>") in (plain(to).strip("<>") for to in real.get("sunk", []))
        is_merged = bool(attempt.get("after")) and real["at"] == "message" and (
            real.get("fates") == [] and real["code"] < 400 or real.get("fate") == "dropped" and is_sunk)
        # A user of Debian's whose home is not there, so that Exim puts the delivery off.
        is_homeless = attempt["rcpt_to"].startswith("<list@") and real.get("fates") == ["dropped"]
        # Rules of the rewrite section tell capital from small letters, and the model does not.
        is_capital = bool(re.search(r"[A-Z]", attempt["rcpt_to"].rpartition("@")[0])) and self.rewrites
        # `explain` is told an address, which it puts into brackets; rules with S see what was sent.
        is_bare = not attempt["rcpt_to"].startswith("<") and bool(re.search(r" \w*S\w*$", self.rewrites, re.M))
        # What the log tells of a recipient before it stands under what that became.
        is_mixed = bool(attempt.get("after")) and bool(re.search(r" \w*[SR]\w*$", self.rewrites, re.M))
        # A sender that a function rewrites is not followed, and a router asks for it.
        is_sender_made = "${sg" in self.rewrites and "  senders = " in self.text
        return bool(is_quoted or is_parameter or is_merged or is_homeless or is_capital or is_bare or is_mixed or is_sender_made)

    def is_askable(self, where: str, attempt: dict, listener: dict) -> bool:
        # One without a name is asked for, and the lab's DNS has names for some; others' domains it does not have.
        is_known = attempt["rcpt_to"].strip("<>").rpartition("@")[2] in names.DOMAINS
        has_name = attempt["client"] in names.KNOWN_CLIENTS
        return super().is_askable(where, attempt, listener) and (where == "outside" or (is_known and not has_name))

    def is_claimed(self, attempt: dict, real: dict) -> bool:
        return is_claimed(real, attempt, self.text)

    def needs_secret(self, attempt: dict) -> bool:
        # A certificate of the lab's own authority is one that the owner gave out.
        has_certificate = attempt.get("client_cert") == "trusted" and "verify = certificate" in self.text
        return bool(attempt.get("auth")) and not self.has_open_login or has_certificate

    def outcome(self, attempt: dict, real: dict, ours: dict) -> comparison.Outcome:
        # What `explain` says and is not sure of.
        if any(doubt in each for each in ours.get("hangs_on", []) for doubt in DOUBTS):
            ours = {**ours, "reply": "undecided", "relay": None}
        return super().outcome(attempt, real, ours)

    def deciding(self, ours: dict) -> set:
        return deciding(ours, self.text)


def is_claimed(real: dict, attempt: dict, text: str) -> bool:
    """Lists of domains name the domain it goes to, one above it, or a file that does."""
    lists = " ".join(re.findall(r"^(?:domainlist .*|.*domains = .*)$", text, re.M)).replace("\\.", ".")
    lists += " ".join(rows for name, rows in vocabulary.FILES.items() if "/" + name.replace("/example.org", "") in lists)
    lists += " ".join(["example.org relayed.example"] * ("/virtual" in lists) + ["example.net relayed.example"] * (".cdb" in lists))
    lists += " ".join(re.findall(r"@([a-z.]+)", text.partition("\nbegin rewrite\n")[2]))
    domains = {plain(to).rpartition("@")[2] for to in [*real.get("to", []), attempt["rcpt_to"].strip("<>")]}
    return any(domain.endswith("relayed.example") or domain in lists or f"*.{domain.partition('.')[2]}" in lists for domain in domains)


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

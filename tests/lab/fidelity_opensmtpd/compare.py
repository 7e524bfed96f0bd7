"""Holds what the program says of one attempt against what the real smtpd did."""
import re
from pathlib import Path

from fidelity import comparison, names
from fidelity.compare import lacks_brackets
from fidelity.program import Subject
from kit.addresses import SERVER, SERVER_DOMAIN

SUBJECT = Subject("/etc/smtpd.conf", "6.8", ("client", "ptr", "ptr_confirmed", "helo", "port", "server", "mail_from", "rcpt_to"),
                  seconds=120)
# At an outer edge every form of the battery is asked for, and a third of them is enough.
OUTSIDE_EVERY = 3


class Reader(comparison.Reader):
    def __init__(self, root: Path, owned: list[str]):
        super().__init__(root, [SERVER.name, SERVER_DOMAIN, "localhost", *owned])
        self.written = "\n".join(path.read_text() for path in sorted(root.glob("etc/**/*"))
                                 if path.is_file() and path.name not in ("passwd",)).lower()
        self._outside = 0

    def is_left_out(self, attempt: dict, real: dict) -> bool:
        return lacks_brackets(attempt, real) or attempt["rcpt_to"].startswith(" ")

    def is_explained(self, real: dict, ours: dict) -> bool:
        return is_old_error(real, ours, self.written) or is_filtered_first(real, ours)

    def differences(self, real: dict, ours: dict, relayed: bool) -> list[str]:
        if ours.get("code") == 501 and real["code"] in (503, 553):
            # What cannot be read is 501 to the program, whose model knows no other code for it.
            ours = {**ours, "code": None}
        return comparison.differences(real, ours, relayed)

    def is_claimed(self, attempt: dict, real: dict) -> bool:
        return is_named(attempt, self.written)

    def is_askable(self, where: str, attempt: dict, listener: dict) -> bool:
        # One without a name is asked for, and the lab's DNS has names for some.
        if not super().is_askable(where, attempt, listener) or "rdns" in self.written and attempt["client"] in names.KNOWN_CLIENTS:
            return False
        if where == "inside":
            return True
        self._outside += 1
        return self._outside % OUTSIDE_EVERY == 0

    def is_wrong_edge(self, where: str, attempt: dict, real: dict) -> bool:
        if where == "outside":
            return comparison.really_relayed(attempt, real, self.owned)
        return real.get("fate") != "handed-on"

    def deciding(self, ours: dict) -> set:
        return deciding(ours)


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

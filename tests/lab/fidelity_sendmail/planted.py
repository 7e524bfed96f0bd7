"""Errors planted in what the program reads: would the comparison notice a model that was wrong in this way?"""
import json
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from fidelity.ask import read_lines
from fidelity_sendmail.compare import Program, differences, really_relayed

MOST = 40  # configurations that each is planted in

# What the program is made to overlook or mistake: (name, file, what it reads, what it takes it for).
PLANTED = [
    ("RELAY in the access map is taken for OK", "access", r"\tRELAY", "\tOK"),
    ("OK in the access map is taken for RELAY", "access", r"\tOK", "\tRELAY"),
    ("REJECT is overlooked", "access", r"\tREJECT", "\tSKIP"),
    ("ERROR is overlooked", "access", r"\tERROR.*$", "\tSKIP"),
    ("DISCARD is taken for REJECT", "access", r"\tDISCARD", "\tREJECT"),
    ("tags are overlooked", "access", r"^(Connect|From|To):", ""),
    ("Connect: is taken for From:", "access", r"^Connect:", "From:"),
    ("From: is taken for To:", "access", r"^From:", "To:"),
    ("To: is taken for Connect:", "access", r"^To:", "Connect:"),
    ("a network is one octet wider", "access", r"^((?:Connect:)?\d+\.\d+)\.\d+\t", r"\1\t"),
    ("the rows of relay-domains are overlooked", "relay-domains", r"^.*\n", ""),
    ("the rows of local-host-names are overlooked", "local-host-names", r"^.*\n", ""),
    ("the rows of virtusertable are overlooked", "virtusertable", r"^.*\n", ""),
    ("the rows of mailertable are overlooked", "mailertable", r"^.*\n", ""),
    ("CERTIssuer is overlooked", "access", r"^CERTIssuer.*\n", ""),
    ("FRIEND is taken for HATER", "access", r"\tFRIEND", "\tHATER"),
    *[(f"{name} is overlooked", "sendmail.mc", rf"^FEATURE\(`{name}'.*\n", "") for name in (
        "promiscuous_relay", "relay_entire_domain", "relay_hosts_only", "relay_local_from", "relay_mail_from", "loose_relay_check",
        "relay_based_on_MX", "blocklist_recipients", "delay_checks", "accept_unqualified_senders", "virtusertable", "nouucp",
        "accept_unresolvable_domains", "require_rdns")],
    ("RELAY_DOMAIN is overlooked", "sendmail.mc", r"^RELAY_DOMAIN.*\n", ""),
    ("LOCAL_DOMAIN is overlooked", "sendmail.mc", r"^LOCAL_DOMAIN.*\n", ""),
    ("SMART_HOST is overlooked", "sendmail.mc", r"^define\(`SMART_HOST'.*\n", ""),
    ("LUSER_RELAY is overlooked", "sendmail.mc", r"^define\(`LUSER_RELAY'.*\n", ""),
]


def run(program: Program, folders: list[Path]) -> int:
    """Prints for each planted error in how many configurations it stood, and in how many it was noticed."""
    unnoticed = 0
    for name, file, pattern, replacement in PLANTED:
        tally: Counter = Counter()
        for folder in folders:
            path = folder / "root/etc/mail" / file
            text = path.read_text() if path.exists() else ""
            changed = re.sub(pattern, replacement, text, flags=re.M)
            if changed != text and tally["stood"] < MOST:
                tally["stood"] += 1
                tally["noticed"] += _is_noticed(program, folder, file, changed)
        print(f"{tally['noticed']:5} of {tally['stood']:5}  {name}", flush=True)
        unnoticed += tally["noticed"] == 0
    print(f"{len(PLANTED) - unnoticed} passed, {unnoticed} failed")
    return 1 if unnoticed else 0


def _is_noticed(program: Program, folder: Path, file: str, text: str) -> bool:
    about = json.loads((folder / "about.json").read_text())
    attempts, real = read_lines(folder / "attempts.jsonl"), read_lines(folder / "real.jsonl")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "root")
        shutil.copytree(folder / "root", root)
        (root / "etc/mail" / file).write_text(text)
        if file == "sendmail.mc":
            # What m4 made of it knows better.
            (root / "etc/mail/sendmail.cf").unlink()
        try:
            answers = program.explain(root, attempts)
        except RuntimeError:
            return True
    return any(differences(truth, ours, really_relayed(attempt, truth, about["owned"]))
               for attempt, truth, ours in zip(attempts, real, answers)
               if truth["at"] not in ("cut off", "not running") and truth.get("settled") is not False)

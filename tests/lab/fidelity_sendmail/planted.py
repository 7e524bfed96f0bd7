"""Errors planted in what the program reads: would the comparison notice a model that was wrong in this way?"""
import json
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from fidelity.ask import read_lines
from fidelity_sendmail.compare import Program, differences, really_relayed, with_fate

MOST = 40  # configurations that each is planted in
ENOUGH = 3  # in which it was noticed

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
        "require_rdns")],
    ("RELAY_DOMAIN is overlooked", "sendmail.mc", r"^RELAY_DOMAIN.*\n", ""),
    ("LOCAL_DOMAIN is overlooked", "sendmail.mc", r"^LOCAL_DOMAIN.*\n", ""),
    ("LUSER_RELAY is overlooked", "sendmail.cf", r"^DL.*$", "DL"),
    ("accept_unresolvable_domains is overlooked", "sendmail.cf", r"(?<=\$: <)OKR(?=> \$1 < @ \$2 >\t+\.\.\. unresolvable)", "PERM"),
    ("a client without a name is taken for one with a name", "sendmail.cf", r"^R<FAIL>\t.*\n", ""),
    ("TLS_Clt is overlooked", "access", r"^TLS_Clt.*\n", ""),
    ("hosts below class R do not count", "sendmail.cf", r"^(R<\?> )\$\* (?=\$=R\t)", r"\1"),
    ("every address counts as this host's own", "sendmail.cf", r"^R\$=w\t+\$@ RELAY\t+\.\.\. and see.*$", "R$*\t$@ RELAY"),
]


def run(program: Program, folders: list[Path]) -> int:
    """Prints for each planted error in how many configurations it stood, and in how many it was noticed."""
    unnoticed = 0
    sound: dict[tuple[Path, bool], int] = {}
    for name, file, pattern, replacement in PLANTED:
        tally: Counter = Counter()
        for folder in folders:
            path = folder / "root/etc/mail" / file
            text = path.read_text() if path.exists() else ""
            changed = re.sub(pattern, replacement, text, flags=re.M)
            if changed == text or tally["stood"] == MOST or tally["noticed"] == ENOUGH:
                continue
            key = (folder, file == "sendmail.mc")
            if key not in sound:
                sound[key] = _disagreements(program, folder, file, text)
            tally["stood"] += 1
            tally["noticed"] += _disagreements(program, folder, file, changed) > sound[key]
        print(f"{tally['noticed']:5} of {tally['stood']:5}  {name}", flush=True)
        unnoticed += tally["noticed"] == 0
    print(f"{len(PLANTED) - unnoticed} passed, {unnoticed} failed")
    return 1 if unnoticed else 0


def _disagreements(program: Program, folder: Path, file: str, text: str) -> int:
    """Of what the server did with the kept configuration and what the program says where this text stands in the file."""
    about = json.loads((folder / "about.json").read_text())
    attempts, real = read_lines(folder / "attempts.jsonl"), read_lines(folder / "real.jsonl")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "root")
        shutil.copytree(folder / "root", root)
        (root / "etc/mail" / file).write_text(text)
        if file == "sendmail.mc":
            # What m4 made of it knows better.
            (root / "etc/mail/sendmail.cf").unlink(missing_ok=True)
        try:
            answers = program.explain(root, attempts)
        except RuntimeError:
            return 1 << 20
    return sum(bool(differences(truth, ours, really_relayed(attempt, truth, about["owned"])))
               for attempt, truth, ours in zip(attempts, map(with_fate, attempts, real), answers)
               if truth["at"] not in ("cut off", "not running") and truth.get("settled") is not False)

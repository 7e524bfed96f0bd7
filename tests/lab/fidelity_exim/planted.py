"""Errors planted in what the program reads: would the comparison notice a model that was wrong in this way?"""
import json
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from fidelity.ask import read_lines
from fidelity_exim.compare import Program, judge

MOST = 120  # configurations that each is planted in
ENOUGH = 3  # in which it was noticed

# What the program is made to overlook or mistake: (name, what it reads, what it takes it for).
PLANTED = [
    ("a negated condition is taken as it is", r"^(\s+(?:\w+ )?)!(\w+ = )", r"\1\2"),
    ("endpass is overlooked", r"^\s+endpass\n", ""),
    ("defer is taken for deny", r"^  defer ", "  deny "),
    ("discard is taken for accept", r"^  discard ", "  accept "),
    ("the end of an ACL is taken for accept", r"(?<!begin acl)\n\n(acl_\w+:\n|begin routers)", r"\n  accept\n\n\1"),
    ("+include_unknown is overlooked", r"\+include_unknown ; |\+include_unknown", ""),
    ("no_more is overlooked", r"^  no_more\n", ""),
    ("check_local_user is overlooked", r"^  check_local_user\n", ""),
    ("partial- is overlooked", r"partial-lsearch", "lsearch"),
    ("verify is overlooked", r"^(\s+(?:\w+ )?!?)verify = .*$", r"\1condition = yes"),
    ("a nested ACL is taken to accept", r"^(\s+(?:\w+ )?!?)acl = .*$", r"\1condition = yes"),
    ("set is overlooked", r"^\s+set .*\n", ""),
    ("percent_hack_domains is overlooked", r"^percent_hack_domains.*\n", ""),
    ("the redirection of one router is overlooked", r"^  data = \$\{sg.*$", "  data ="),
    ("! in a list is overlooked", r"([:;=] )!(?=[*^\d\w])", r"\1"),
    ("sender_domains is taken for domains", r"sender_domains", "domains"),
    ("allow_domain_literals is overlooked", r"^allow_domain_literals\n", ""),
    ("host_reject_connection is overlooked", r"^host_reject_connection.*\n", ""),
    ("encrypted is overlooked", r"^(\s+(?:\w+ )?!?)encrypted = .*$", r"\1condition = yes"),
    ("authenticated is overlooked", r"^(\s+(?:\w+ )?!?)authenticated = .*$", r"\1condition = yes"),
    ("local_part_prefix is overlooked", r"^  local_part_prefix.*\n", ""),
    ("no_verify is overlooked", r"^  no_verify\n", ""),
    ("verify_only is overlooked", r"^  verify_only\n", ""),
    ("senders of a router are overlooked", r"^  senders = .*\n(?=  domains)", ""),
    ("the port is overlooked", r"=\{\$received_port\}", "!={$received_port}"),
]


def run(program: Program, folders: list[Path]) -> int:
    """Prints for each planted error in how many configurations it stood, and in how many of these it was noticed."""
    unnoticed = 0
    sound: dict[Path, int] = {}
    for name, pattern, replacement in PLANTED:
        tally: Counter = Counter()
        for folder in folders:
            text = (folder / "root/etc/exim4/exim4.conf").read_text()
            changed = re.sub(pattern, replacement, text, flags=re.M)
            if changed == text or tally["stood"] == MOST or tally["noticed"] == ENOUGH:
                continue
            if folder not in sound:
                sound[folder] = _disagreements(program, folder, text)
            tally["stood"] += 1
            tally["noticed"] += _disagreements(program, folder, changed) > sound[folder]
        print(f"{tally['noticed']:5} of {tally['stood']:5}  {name}", flush=True)
        unnoticed += tally["noticed"] == 0
    print(f"{len(PLANTED) - unnoticed} passed, {unnoticed} failed")
    return 1 if unnoticed else 0


def _disagreements(program: Program, folder: Path, text: str) -> int:
    """Of what the server did with the kept configuration and what the program says of this text."""
    about = json.loads((folder / "about.json").read_text())
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "root")
        shutil.copytree(folder / "root", root)
        (root / "etc/exim4/exim4.conf").write_text(text)
        try:
            found = judge(program, about["number"], root, about["owned"], read_lines(folder / "attempts.jsonl"),
                          read_lines(folder / "real.jsonl"), True)
        except RuntimeError:
            return 1 << 20
    return len(found.wrong)

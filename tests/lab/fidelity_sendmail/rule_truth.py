#!/usr/bin/python3
"""Holds what the rule sets say of recorded attempts against what the server did: the interpreter alone, without a policy."""
import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True

from fidelity import names  # noqa: E402
from fidelity.ask import read_lines  # noqa: E402
from fidelity_sendmail.compare import with_fate  # noqa: E402
from fidelity_sendmail.lab_names import known_names  # noqa: E402

CERTIFICATES = {"none": ("NO", "", ""), "self-signed": ("FAIL", "/CN=stranger.example", "/CN=stranger.example"),
                "trusted": ("OK", "/CN=Lab+20Authority", "/CN=pc1.example.com")}


def line_of(attempt: dict) -> str:
    verify = CERTIFICATES[attempt.get("client_cert", "none")] if attempt.get("tls") else ("", "", "")
    helo = attempt.get("helo")
    return "\t".join([attempt["client"], attempt.get("ptr", ""), "1" if attempt.get("ptr_confirmed") else "0",
                      "-" if helo is None else helo, attempt["mail_from"], attempt["rcpt_to"], "1" if attempt.get("tls") else "0",
                      *verify]) + "\n"


def is_one_of(user: str, others: list[str]) -> bool:
    return names.plain(user).strip(".") in [names.plain(each).strip(".") for each in others]


def difference(real: dict, ours: list[str]) -> str:
    """Empty if both say the same, or what they differ in."""
    if ours[0] == "undecided":
        return ""
    kind, stage, code, _, mailer, host, user = ours[:7]
    if kind == "refused":
        if real.get("fate") != "refused":
            return "refused"
        if "at" in real and stage != real["at"] and not (stage == "connect" and real["at"] == "mail"):
            return f"stage {stage}"
        return "" if int(code) == real["code"] else "code"
    if real["fate"] == "refused":
        # Whether there is such a user is not a question of rules.
        return "" if real["code"] == 550 and "User unknown" in real["text"] and mailer == "local" else "accepted"
    if real["fate"] == "several":
        return ""
    if kind in ("discarded", "quarantined"):
        return "" if real["fate"] == "dropped" else kind
    if real["fate"] == "handed-on" and mailer != "local":
        return "" if is_one_of(user, real["to"]) else "way"
    if real["fate"] == "handed-on":
        return ""  # an alias, or LUSER_RELAY
    return "way" if real["fate"] == "local" and mailer not in ("local", "procmail", "prog") else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the built sendmail_rules")
    parser.add_argument("--truth", default="build/fidelity/sendmail")
    parser.add_argument("--shown", type=int, default=10)
    parser.add_argument("--configurations", type=int, default=100000)
    arguments = parser.parse_args()
    counts: Counter = Counter()
    kinds: Counter = Counter()
    with tempfile.NamedTemporaryFile("w") as hosts:
        hosts.write("".join(f"{each}\n" for each in known_names()))
        hosts.flush()
        for folder in sorted(path.parent for path in Path(arguments.truth).glob("*/real.jsonl"))[:arguments.configurations]:
            attempts, real = read_lines(folder / "attempts.jsonl"), read_lines(folder / "real.jsonl")
            done = subprocess.run([arguments.program, "/etc/mail/sendmail.cf", str(folder / "root"), hosts.name, "attempts"],
                                  input="".join(map(line_of, attempts)), capture_output=True, text=True, check=False)
            for attempt, truth, line in zip(attempts, real, done.stdout.splitlines()):
                if truth["at"] in ("cut off", "not running") or truth.get("settled") is False:
                    counts["not compared"] += 1
                    continue
                ours, truth = line.split("\t"), with_fate(attempt, truth)
                counts["pairs"] += 1
                counts["undecided"] += ours[0] == "undecided"
                if what := difference(truth, ours):
                    counts["differ"] += 1
                    kinds[f"{what}: {truth.get('at')} {truth.get('code')} {truth['fate']} | {' '.join(ours[:3])} {ours[4]}"] += 1
                    if counts["differ"] <= arguments.shown:
                        print(folder.name, json.dumps(attempt), json.dumps(truth)[:300], ours, sep="\n    ")
    for kind, count in kinds.most_common(25):
        print(f"{count:6} {kind}")
    print(f"rules: {counts['pairs']} recorded attempts, {counts['undecided']} undecided, {counts['not compared']} not compared, "
          f"{counts['differ']} differ")
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())

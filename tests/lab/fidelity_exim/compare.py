"""Holds what the program says against what the real server did."""
import json
import re
import subprocess
from collections import Counter
from pathlib import Path

HOST = ["--hostname", "mail.example.com", "--mta-version", "4.96"] + [
    word for interface in ("192.0.2.25/24", "192.0.2.26/24", "2001:db8:25::25/64", "2001:db8:25::26/64", "127.0.0.1/8",
                           "::1/128") for word in ("--interface", interface)]
FIELDS = ["client", "ptr", "ptr_confirmed", "helo", "mail_from", "rcpt_to", "after"]


def explain(program: str, root: Path, attempts: list[dict]) -> list[dict]:
    lines = "".join(json.dumps({name: each[name] for name in FIELDS if name in each}) + "\n" for each in attempts)
    done = subprocess.run([program, "explain", "/etc/exim4", "--attempts", "-", "--format", "jsonl", "--root", str(root), *HOST],
                          input=lines, capture_output=True, text=True, timeout=300, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines() if line]
    if len(found) != len(attempts):
        raise RuntimeError(f"explain: {len(found)} answers to {len(attempts)} attempts: {done.stderr[-500:]}")
    return found


def audit(program: str, root: Path) -> dict:
    done = subprocess.run([program, "audit", "/etc/exim4", "--format", "json", "--root", str(root), *HOST],
                          capture_output=True, text=True, timeout=300, check=False)
    return json.loads(done.stdout)


def plain(address: str) -> str:
    return re.sub(r'"|\\(.)|[<>]', r"\1", address).lower()


def is_outside(address: str, owned: list[str]) -> bool:
    domain = plain(address).rpartition("@")[2]
    return not domain.startswith("[") and not any(domain == name or domain.endswith("." + name) for name in owned)


def relayed(attempt: dict, real: dict, owned: list[str]) -> bool:
    """Handed on to an outside domain that the client named."""
    said = plain(attempt["rcpt_to"])
    return real.get("fate") == "handed-on" and any(
        is_outside(to, owned) and plain(to).rpartition("@")[2] in said for to in real["to"])


def kinds(attempt: dict, real: dict, ours: dict, owned: list[str]) -> list[str] | None:
    """In what they differ; None: not compared."""
    if real["at"] in ("cut off",) or real.get("settled") is False:
        return None
    if real["at"] == "not running":
        return None if ours["listener"] is None else ["runs"]
    if ours["reply"] == "undecided":
        return []
    reply = "accept" if real["code"] < 400 else "defer" if real["code"] < 500 else "reject"
    found = []
    if reply != ours["reply"]:
        found.append("reply")
    elif reply != "accept" and ours.get("code") not in (None, 0, real["code"]):
        found.append("code")
    elif reply == "accept" and ours["fate"] not in ("undecided", real["fate"]):
        found.append("fate")
    elif reply == "accept" and ours["fate"] == "handed-on" and ours.get("to") and plain(ours["to"]) not in map(plain, real["to"]):
        found.append("to")
    if ours["relay"] is not None and ours["relay"] != relayed(attempt, real, owned):
        found.append("relay")
    return found


def deciding(ours: dict) -> set[str]:
    """The kinds of condition in the statements that ended an ACL."""
    found = set()
    for step in ours.get("trace", []):
        if step["result"] in ("permit", "reject", "defer"):
            found.add(f"{step['stage']}: {step['text'].split(' ')[0]}")
    return found


def judge(program: str, folder: Path, tally: Counter, decisive: Counter, shown: list[str]) -> None:
    about = json.loads((folder / "about.json").read_text())
    attempts, real = about["attempts"], about["real"]
    answers = explain(program, folder / "root", attempts)
    report = audit(program, folder / "root")
    listeners = report["listeners"]
    tally["configurations"] += 1
    tally["verdict " + report["verdict"]] += 1
    for attempt, truth, ours in zip(attempts, real, answers):
        differs = kinds(attempt, truth, ours, about["owned"])
        if differs is None:
            tally["not compared"] += 1
            continue
        was_relayed = relayed(attempt, truth, about["owned"])
        if was_relayed and listeners and contradicts(listeners[0], attempt):
            differs.insert(0, "unsound")
        tally["pairs"] += 1
        tally["relayed"] += was_relayed
        tally["undecided"] += ours["reply"] == "undecided" or ours["relay"] is None
        decisive.update(deciding(ours))
        for kind in differs[:1]:
            tally["disagreements"] += 1
            tally["kind " + kind] += 1
            last = [step for step in ours.get("trace", []) if step["result"] not in ("no match", "passed")]
            shown.append(f"{folder.name} {kind}: {json.dumps(attempt)}\n   real {truth.get('at')} {truth.get('code')} "
                         f"{truth.get('text', '')[:80]} {truth.get('fate')} {truth.get('to')}\n   ours {ours['reply']} "
                         f"{ours.get('code')} {ours.get('fate')} {ours.get('to')} relay {ours['relay']}; "
                         f"{last[-1]['stage'] + ': ' + last[-1]['text'] if last else ''}")


def contradicts(listener: dict, attempt: dict) -> bool:
    """Audit says that this client cannot relay."""
    import ipaddress
    client = ipaddress.ip_address(attempt["client"])
    if client.is_loopback:
        return False
    sets = listener.get("may_relay_without_auth", listener["relay_without_auth"])
    if not sets.get("complete", True):
        return False
    networks = sets["ipv6" if client.version == 6 else "ipv4"]
    return not any(client in ipaddress.ip_network(network) for network in networks)

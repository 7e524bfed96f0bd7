"""Asks the program about a configuration, as a user would who has a copy of the server's files."""
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kit.addresses import SERVER, SERVER_SECOND

# The kernel gives the interface one of these; which, makes no difference.
LINK_LOCAL = "fe80::ff:fe00:25/64"
HOST = ["--hostname", SERVER.name, "--mta-version", "3.7"] + [
    word for interface in (f"{SERVER.ipv4}/24", f"{SERVER_SECOND.ipv4}/24", f"{SERVER.ipv6}/64", f"{SERVER_SECOND.ipv6}/64",
                           "127.0.0.1/8", "::1/128", LINK_LOCAL) for word in ("--interface", interface)]
PATH = "/etc/postfix"
SECONDS = 120
# What an attempt tells the program; the rest is how the lab makes it.
FIELDS = ["client", "ptr", "ptr_confirmed", "helo", "auth", "port", "mail_from", "rcpt_to", "after", "headers", "tls", "client_cert"]


class Failed(Exception):
    """The program did not answer, and what it said instead."""


class TooLong(Exception):
    """The program was still thinking when its time was up."""


@dataclass(frozen=True)
class Program:
    """`explain_only`: `audit` is left out of the comparison."""
    path: str
    explain_only: bool = False

    def explain(self, root: Path, attempts: list[dict]) -> list[dict]:
        """One answer for each attempt."""
        lines = "".join(json.dumps(as_asked(attempt)) + "\n" for attempt in attempts)
        text = self._run(["explain", PATH, "--attempts", "-", "--format", "jsonl"], root, lines)
        found = [json.loads(line) for line in text.splitlines() if line]
        if len(found) != len(attempts):
            raise Failed(f"explain: {len(found)} answers to {len(attempts)} attempts")
        return found

    def audit(self, root: Path) -> dict:
        return json.loads(self._run(["audit", PATH, "--format", "json"], root))

    def version(self) -> str:
        return subprocess.run([self.path, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def _run(self, words: list[str], root: Path, text: str | None = None) -> str:
        command = [self.path, *words, "--root", str(root), *HOST]
        try:
            done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise TooLong(f"{' '.join(words)}: no answer in {SECONDS} s") from error
        if done.returncode not in (0, 1, 2, 3) or not done.stdout.strip():
            raise Failed(f"{' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()[-1500:]}")
        return done.stdout


def as_asked(attempt: dict) -> dict:
    """The attempt in the words of `explain --attempts`."""
    found = {name: attempt[name] for name in FIELDS if name in attempt}
    found["server"] = server_of(attempt)
    return found


def server_of(attempt: dict) -> str:
    """Which of the server's addresses this client was connected with: see dialogue.py."""
    client = attempt["client"]
    if not attempt.get("real"):
        return SERVER.ipv4
    if client.startswith("127."):
        return "127.0.0.1"
    if client == "::1":
        return "::1"
    return SERVER.ipv6 if ":" in client else SERVER.ipv4

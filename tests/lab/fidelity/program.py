"""Asks the program about a configuration, as a user would who has a copy of the server's files."""
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kit.addresses import SERVER, SERVER_SECOND

# The kernel gives the interface one of these; which, makes no difference.
LINK_LOCAL = "fe80::ff:fe00:25/64"
INTERFACES = (f"{SERVER.ipv4}/24", f"{SERVER_SECOND.ipv4}/24", f"{SERVER.ipv6}/64", f"{SERVER_SECOND.ipv6}/64", "127.0.0.1/8", "::1/128")


class Failed(RuntimeError):
    """The program did not answer, and what it said instead."""


class TooLong(RuntimeError):
    """The program was still thinking when its time was up."""


@dataclass(frozen=True)
class Subject:
    """What the program is asked about, and what it is told of the host."""
    path: str
    """Of the settings, below the root."""
    version: str
    fields: tuple[str, ...]
    """What an attempt tells the program; the rest is how the lab makes it."""
    interfaces: tuple[str, ...] = INTERFACES
    seconds: float = 300


@dataclass(frozen=True)
class Program:
    """`explain_only`: `audit` is left out of the comparison."""
    path: str
    explain_only: bool = False
    subject: Subject = Subject("/etc", "", ())

    def explain(self, root: Path, attempts: list[dict]) -> list[dict]:
        """One answer for each attempt."""
        lines = "".join(json.dumps(self.as_asked(attempt)) + "\n" for attempt in attempts)
        text = self._run(["explain", self.subject.path, "--attempts", "-", "--format", "jsonl"], root, lines)
        found = [json.loads(line) for line in text.splitlines() if line]
        if len(found) != len(attempts):
            raise Failed(f"explain: {len(found)} answers to {len(attempts)} attempts")
        return found

    def as_asked(self, attempt: dict) -> dict:
        """The attempt in the words of `explain --attempts`."""
        return {name: attempt[name] for name in self.subject.fields if name in attempt}

    def audit(self, root: Path) -> dict:
        return json.loads(self._run(["audit", self.subject.path, "--format", "json"], root))

    def version(self) -> str:
        return subprocess.run([self.path, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def _run(self, words: list[str], root: Path, text: str | None = None) -> str:
        subject = self.subject
        command = [self.path, *words, "--root", str(root), "--hostname", SERVER.name, "--mta-version", subject.version,
                   *(word for each in subject.interfaces for word in ("--interface", each))]
        try:
            done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=subject.seconds, check=False)
        except subprocess.TimeoutExpired as error:
            raise TooLong(f"{' '.join(words)}: no answer in {subject.seconds} s") from error
        if done.returncode not in (0, 1, 2, 3) or not done.stdout.strip():
            raise Failed(f"{' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()[-1500:]}")
        return done.stdout

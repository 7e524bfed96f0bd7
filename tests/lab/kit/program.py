"""Runs the program as an outsider, and reads what it says."""
import json
import re
import time
from dataclasses import dataclass, field

from kit.addresses import CANARY_DOMAIN, SERVER
from kit.attempt import Attempt
from kit.case import Case
from kit.world import World

RUN_SECONDS = 240.0


@dataclass(frozen=True)
class Outcome:
    """One technique at one door, in the program's words, and as an attempt that can be made again."""
    technique: str
    attempt: Attempt
    outcome: str
    counts_as: str | None
    refused_as: str | None
    code: int | None
    by_hand: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def relay(self) -> bool:
        return self.counts_as == "relay"

    @property
    def answered_no(self) -> bool:
        """Refused for good, or taken for the server's own. A limit or a hiccup is no such answer."""
        if self.counts_as == "local":
            return True
        return self.outcome in ("refused", "deferred") and self.refused_as not in ("rate", "temporary", None)


@dataclass(frozen=True)
class Report:
    exit: int
    seconds: float
    verdict: str = "no report"
    evidence: str = ""
    reason: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    raw: str = ""
    errors: str = ""

    @property
    def announced(self) -> int | None:
        """How many refused recipients the server's log may show, by the program's own words."""
        told = re.search(r"up\s+to\s+(\d+)\s+refused\s+recipients", self.errors)
        return int(told[1]) if told else None


def check(world: World, program: str, case: Case) -> Report:
    command = [program, "check", SERVER.name, "--format", "json", *case.arguments]
    started = time.monotonic()
    if case.canary:
        with world.canary(program) as key:
            command += ["--phase", "deliver", "--canary", f"proof@{CANARY_DOMAIN}", "--canary-key", str(key)]
            done = world.run(command, timeout=RUN_SECONDS)
    else:
        done = world.run(command, timeout=RUN_SECONDS)
    seconds = time.monotonic() - started
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return Report(done.returncode, seconds, raw=done.stdout, errors=done.stderr)
    run = document.get("outside") or {"results": []}
    return Report(done.returncode, seconds, document["verdict"], document.get("evidence") or "",
                  "; ".join(door.get("reason") or "" for door in run["results"]),
                  [outcome for door in run["results"] for outcome in _outcomes(door, case)],
                  done.stdout, done.stderr)


def _outcomes(door: dict, case: Case) -> list[Outcome]:
    target = door["target"]
    source = case.client.ipv6 if ":" in target["address"] else case.client.ipv4
    return [Outcome(told["technique"],
                    Attempt(source, target["address"], target["port"], told.get("helo"), told["mail_from"],
                            told["rcpt_to"], target["tls"], told.get("prelude"), tuple(told.get("after", ()))),
                    told["outcome"], told.get("counts_as"), told.get("refused_as"), told.get("code"),
                    told.get("by_hand") or {})
            for told in door.get("outcomes", []) if told["outcome"] != "not-run"]

"""Adds up what a run found, and says it."""
import datetime
import json
from collections import Counter
from pathlib import Path

from fidelity.judge import Disagreement, Judgement

ENOUGH = 50
KINDS_SHOWN = 30
FAILURES_SHOWN = 10


class Tally:
    """`mta`: name and version of what is held against, and `remark`: what the sentence ends in."""

    def __init__(self, mta: str, remark: str = "") -> None:
        self.mta, self.remark = mta, remark
        self.counts: Counter = Counter()
        self.decisive: Counter = Counter()
        self.disagreements: list[Disagreement] = []
        self.failures: list[str] = []
        self.passed = 0

    def add(self, number: int, found: Judgement | Exception) -> None:
        if isinstance(found, Exception):
            found = Judgement(number, failure=str(found))
        self.counts["asked"] += 1
        self.counts.update(found.counts)
        self.decisive.update(found.decisive)
        self.disagreements += found.disagreements
        if found.failure:
            self.failures.append(f"configuration {found.number}: {found.failure}")
        self.passed += not found.disagreements and not found.failure

    @property
    def failed(self) -> int:
        return self.counts["asked"] - self.passed

    @property
    def questions(self) -> int:
        return self.counts["edges inside"] + self.counts["edges outside"]

    @property
    def is_empty(self) -> bool:
        """Nothing was held against the server: no reason to be content."""
        return not self.counts["pairs"] and not self.questions

    def line(self) -> str:
        pairs = self.counts["pairs"] or 1
        return (f"{self.counts['configurations']} configurations, {self.counts['pairs']} pairs, "
                f"{100 * self.counts['relayed'] / pairs:.1f} % relayed, {100 * self.counts['undecided'] / pairs:.1f} % undecided, "
                f"{self.counts['not compared']} not compared, {self.counts['explained']} explained, "
                f"{len(self.disagreements)} disagreements, {len(self.failures)} failures, {self.counts['audits too long']} audits "
                f"too long; edges: {self.counts['edges inside']} inside, {self.counts['edges outside']} outside")

    def sentence(self) -> str:
        """The figures as `--version -v` says them."""
        counts, pairs = self.counts, self.counts["pairs"] or 1
        explained = f", {counts['explained']} explained" if counts["explained"] else ""
        edges = f"{self.questions} questions at the edges of client networks" if self.questions else "without questions at the edges"
        return (f"{counts['pairs']} attempts on {counts['configurations']} random configurations held against {self.mta} "
                f"on {datetime.date.today().isoformat()}: {len(self.disagreements) or 'no'} disagreements{explained}; "
                f"{100 * counts['relayed'] / pairs:.0f} % relayed, {100 * counts['undecided'] / pairs:.1f} % undecided; "
                f"{edges}{self.remark}")

    def figures(self) -> dict:
        """The same and more, for other programs."""
        counts = self.counts
        return {"mta": self.mta, "date": datetime.date.today().isoformat(), "configurations": counts["configurations"],
                "pairs": counts["pairs"], "relayed": counts["relayed"], "undecided": counts["undecided"],
                "explained": counts["explained"], "edges_inside": counts["edges inside"], "edges_outside": counts["edges outside"],
                "disagreements": len(self.disagreements), "audits_too_long": counts["audits too long"],
                "verdicts": {name.removeprefix("verdict "): count for name, count in sorted(counts.items())
                             if name.startswith("verdict ")}}

    def write_sentence(self, path: Path) -> None:
        path.write_text(json.dumps(self.sentence()) + "\n")

    def tell(self, shown: int) -> None:
        """Disagreements by kind, the first of them whole, failures, and what decided how often."""
        for kind, count in Counter(each.kind for each in self.disagreements).most_common(KINDS_SHOWN):
            print(f"{count:6}  {kind}")
        for each in self.disagreements[:shown]:
            print("\n" + in_full(each))
        for failure in self.failures[:FAILURES_SHOWN]:
            print(failure)
        for name, count in sorted(self.decisive.items()):
            print(f"{'!' if count < ENOUGH else ' '} {count:6}  {name}")
        print(", ".join(f"{name}: {count}" for name, count in sorted(self.counts.items()) if name.startswith("verdict")))

    def end(self, allowed_percent: float = 0) -> int:
        """The exit status; the last lines are the figures, and `N passed, N failed`."""
        print(self.line())
        failed = self.failed
        share = 100 * len(self.disagreements) / (self.counts["pairs"] + self.questions or 1)
        if 0 < share <= allowed_percent:
            print(f"{share:.1f} % disagreements, of {allowed_percent:g} % that are known")
            failed = len(self.failures)
        if self.is_empty:
            print("nothing was compared")
            failed = max(failed, 1)
        print(f"{max(self.counts['asked'] - failed, 0)} passed, {failed} failed")
        return 1 if failed else 0


def in_full(each: Disagreement) -> str:
    ours = each.ours
    steps = [f"{step['stage']}: {step['text']}: {step['result']}" for step in ours.get("trace", [])][-6:]
    return (f"{each.number} {list(each.kinds)}\n  {json.dumps(each.attempt)}\n  real {json.dumps(each.real)[:400]}\n  ours "
            f"{ours.get('reply')} {ours.get('code')} {ours.get('fate')} {ours.get('to')} relay {ours.get('relay')}\n    "
            + "\n    ".join(steps))

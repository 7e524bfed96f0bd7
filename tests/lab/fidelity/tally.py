"""Adds up what a run found, and says it."""
import datetime
import json
from collections import Counter
from pathlib import Path

from fidelity.decisive import Decisive
from fidelity.judge import Disagreement, Judgement


class Tally:
    def __init__(self) -> None:
        self.counts: Counter = Counter()
        self.decisive = Decisive()
        self.disagreements: list[Disagreement] = []
        self.failures: list[str] = []
        self.passed = 0

    def add(self, found: Judgement) -> None:
        self.counts.update(found.counts)
        self.decisive.counts.update(found.decisive)
        self.disagreements += found.disagreements
        if found.failure:
            self.failures.append(f"configuration {found.number}: {found.failure}")
        self.passed += not found.disagreements and not found.failure

    @property
    def failed(self) -> int:
        return self.counts["asked"] - self.passed

    def line(self) -> str:
        pairs = self.counts["pairs"] or 1
        return (f"{self.counts['configurations']} configurations, {self.counts['pairs']} pairs, "
                f"{100 * self.counts['relayed'] / pairs:.1f} % relayed, {100 * self.counts['undecided'] / pairs:.1f} % undecided, "
                f"{self.counts['explained']} explained, {len(self.disagreements)} disagreements, {len(self.failures)} failures, "
                f"{self.counts['audits too long']} audits too long; edges: {self.counts['edges inside']} inside, "
                f"{self.counts['edges outside']} outside")

    def figures(self, versions: dict[str, str], seed: int) -> dict:
        """What `--version -v` tells of the model's fidelity."""
        return {"mta": "Postfix", "versions": versions, "date": datetime.date.today().isoformat(), "seed": seed, "configurations": self.counts["configurations"],
                "pairs": self.counts["pairs"], "relayed": self.counts["relayed"], "undecided": self.counts["undecided"],
                "explained": self.counts["explained"],
                "edges_inside": self.counts["edges inside"], "edges_outside": self.counts["edges outside"],
                "disagreements": len(self.disagreements), "audits_too_long": self.counts["audits too long"],
                "verdicts": {name.removeprefix("verdict "): count for name, count in sorted(self.counts.items())
                             if name.startswith("verdict ")},
                "restrictions_decisive": len({name for name, _ in self.decisive.counts}),
                "rarely_decisive": [f"{name} in {where}: {count}" for name, where, count in self.decisive.few()]}

    def write_figures(self, path: Path, versions: dict[str, str], seed: int) -> None:
        figures = self.figures(versions, seed)
        text = json.dumps(figures, indent=1)
        if path.suffix == ".inc":
            text = json.dumps(sentence(figures))
        path.write_text(text + "\n")


def sentence(figures: dict) -> str:
    """The figures as `--version -v` says them."""
    pairs = figures["pairs"] or 1
    disagreements = figures["disagreements"] or "no"
    explained = f", {figures['explained']} explained" if figures["explained"] else ""
    return (f"{figures['pairs']} attempts on {figures['configurations']} random configurations held against "
            f"{figures['mta']} {figures['versions']['postfix']} on {figures['date']}: {disagreements} disagreements{explained}; "
            f"{100 * figures['relayed'] / pairs:.0f} % relayed, {100 * figures['undecided'] / pairs:.1f} % undecided; "
            f"{figures['edges_inside'] + figures['edges_outside']} questions at the edges of client networks")

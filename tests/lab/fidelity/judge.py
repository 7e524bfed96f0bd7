"""One configuration: all that the program says of it against all that the server did."""
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fidelity import edges
from fidelity.ask import Running
from fidelity.compare import Outcome, compare, sorted_kinds, written_in
from fidelity.decisive import deciding
from fidelity.program import Failed, Program, TooLong


@dataclass
class Disagreement:
    number: int
    kinds: tuple[str, ...]
    attempt: dict
    real: dict
    ours: dict

    @property
    def signature(self) -> str:
        """What is likely to have the same cause has the same."""
        ended = [step for step in self.ours.get("trace", []) if step["result"] != "no match"]
        last = f"{ended[-1]['stage']}: {ended[-1]['text'].split(' ')[0]}" if ended else "nothing"
        said = " ".join(word for word in self.real.get("text", "").split(" ") if word.isalpha())[:60]
        return (f"{'+'.join(self.kinds[:1])}: real {self.real.get('at')} {self.real.get('code')} {self.real.get('fate')}, "
                f"ours {self.ours.get('reply')} {self.ours.get('fate')}; {last}; {said}")


@dataclass
class Judgement:
    number: int
    counts: Counter = field(default_factory=Counter)
    decisive: Counter = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    failure: str = ""


def judge(program: Program, number: int, root: Path, owned: list[str], attempts: list[dict], real: list[dict],
          running: Running | None = None) -> Judgement:
    """With the running server, its edges are asked for as well."""
    found = Judgement(number)
    try:
        answers = program.explain(root, attempts)
        audit = _audit(found, program, root)
    except (Failed, TooLong, ValueError) as error:
        found.failure = str(error)
        return found
    listeners = {listener["port"]: listener for listener in audit["listeners"]} if audit else {}
    written = written_in(root)
    for attempt, truth, ours in zip(attempts, real, answers):
        _judge_pair(found, compare(attempt, truth, ours, owned, written), attempt, truth, ours,
                    listeners.get(attempt.get("port", 25)), audit["responsible_for"] if audit else [])
    found.counts["configurations"] += 1
    if audit:
        found.counts[f"verdict {audit['verdict']}"] += 1
    if running is not None:
        _judge_edges(found, running, listeners, owned, written)
    return found


def _audit(found: Judgement, program: Program, root: Path) -> dict | None:
    """None if it is not asked for, or took too long: what `explain` said is compared all the same."""
    if program.explain_only:
        return None
    try:
        return program.audit(root)
    except TooLong:
        found.counts["audits too long"] += 1
        return None


def _judge_pair(found: Judgement, outcome: Outcome, attempt: dict, truth: dict, ours: dict, listener: dict | None,
                responsible_for: list[str]) -> None:
    if not outcome.compared:
        found.counts["not compared"] += 1
        return
    kinds = outcome.kinds
    if listener and outcome.relayed and edges.contradicts(listener, attempt, responsible_for):
        kinds = sorted_kinds([*kinds, "unsound"])
    found.counts["pairs"] += 1
    found.counts["relayed"] += outcome.relayed
    found.counts["undecided"] += outcome.undecided
    found.counts["explained"] += outcome.explained
    if outcome.explained:
        return
    if kinds:
        found.disagreements.append(Disagreement(found.number, kinds, attempt, truth, ours))
    else:
        found.decisive.update(deciding(ours))


def _judge_edges(found: Judgement, running: Running, listeners: dict[int, dict], owned: list[str], written: str) -> None:
    dice = random.Random(f"edges {found.number}")
    asked = [(where, attempt) for listener in listeners.values() if listener.get("runs", True) and listener["port"] != 10025
             for where, attempt in edges.questions(listener, dice)]
    for (where, attempt), real in zip(asked, running.answers([attempt for _, attempt in asked])):
        found.counts[f"edges {where}"] += 1
        if edges.wrong(where, attempt, real, owned, written):
            ours = {"reply": where, "fate": f"edge {where}", "listener": str(attempt["port"]), "relay": where == "inside"}
            found.disagreements.append(Disagreement(found.number, (f"edge {where}",), attempt, real, ours))

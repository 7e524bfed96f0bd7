"""One configuration: all that the program says of it against all that the server did."""
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from fidelity import edges
from fidelity.comparison import NOT_ANSWERED, Outcome, Reader, contradicted, sorted_kinds
from fidelity.program import Failed, Program, TooLong

Ask = Callable[[list[dict]], list[dict]]
"""Makes attempts on the running server, and tells what became of each."""


@dataclass
class Disagreement:
    number: int
    kinds: tuple[str, ...]
    attempt: dict
    real: dict
    ours: dict

    @property
    def kind(self) -> str:
        return (f"{'+'.join(self.kinds)}: real {self.real.get('at')} {self.real.get('code')} {self.real.get('fate')}, "
                f"ours {self.ours.get('reply')} {self.ours.get('code')} {self.ours.get('fate')}")

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

    def disagree(self, kinds: list[str] | tuple[str, ...], attempt: dict, real: dict, ours: dict) -> None:
        self.disagreements.append(Disagreement(self.number, tuple(kinds), attempt, real, ours))


def judge(program: Program, number: int, reader: Reader, attempts: list[dict], real: list[dict], ask: Ask | None = None) -> Judgement:
    """With the running server to ask, its edges are asked for as well."""
    found = Judgement(number)
    try:
        answers = program.explain(reader.root, attempts)
        audit = _audit(found, program, reader.root)
    except (Failed, TooLong, ValueError) as error:
        found.failure = str(error)
        return found
    if audit and reader.runs_wrongly(audit, real):
        found.disagree(["runs"], attempts[0], real[0], {})
    for attempt, truth, ours in zip(attempts, real, answers):
        truth = reader.seen(attempt, truth)
        _judge_pair(found, reader, reader.outcome(attempt, truth, ours), (attempt, truth, ours), audit)
    found.counts["configurations"] += 1
    if audit:
        found.counts[f"verdict {audit['verdict']}"] += 1
        if ask is not None:
            judge_edges(found, reader, audit, ask)
    return found


def judge_edges(found: Judgement, reader: Reader, audit: dict, ask: Ask) -> None:
    """Both edges of every interval of clients that may relay, as the program says."""
    dice = random.Random(f"edges {found.number}")
    asked = [(where, attempt) for listener in audit["listeners"]
             if listener.get("runs", True) and not listener.get("loopback_only")
             for where, attempt in edges.questions(listener, dice)
             if listener in edges.reached(audit["listeners"], attempt["client"], listener["port"])
             and reader.is_askable(where, attempt, listener)]
    for (where, attempt), real in zip(asked, ask([attempt for _, attempt in asked])):
        real = reader.seen(attempt, real)
        if real["at"] in NOT_ANSWERED:
            continue
        found.counts[f"edges {where}"] += 1
        if reader.is_wrong_edge(where, attempt, real):
            found.disagree([f"edge {where}"], attempt, real, {"reply": where, "fate": f"edge {where}", "listener": str(attempt["port"]),
                                                              "relay": where == "inside"})


def _audit(found: Judgement, program: Program, root: Path) -> dict | None:
    """None if it is not asked for, or took too long: what `explain` said is compared all the same."""
    if program.explain_only:
        return None
    try:
        return program.audit(root)
    except TooLong:
        found.counts["audits too long"] += 1
        return None


def _judge_pair(found: Judgement, reader: Reader, outcome: Outcome, pair: tuple[dict, dict, dict], audit: dict | None) -> None:
    attempt, _, ours = pair
    if not outcome.compared:
        found.counts["explained" if outcome.explained else "not compared"] += 1
        return
    kinds = outcome.kinds
    if audit and outcome.relayed and not outcome.claimed and not reader.needs_secret(attempt) and contradicted(audit, attempt):
        kinds = sorted_kinds([*kinds, "unsound"])
    found.counts["pairs"] += 1
    found.counts["relayed"] += outcome.relayed
    found.counts["explained"] += outcome.explained
    if outcome.explained:
        return
    if kinds:
        found.disagree(kinds, *pair)
    elif outcome.undecided:
        found.counts["undecided"] += 1
    else:
        found.decisive.update(reader.deciding(ours))

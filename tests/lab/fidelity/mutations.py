"""Programs with a wrong rule planted in the model: a run that does not catch one proves less than it seems to."""
import argparse
import shlex
from dataclasses import dataclass
from pathlib import Path

from fidelity.compare import Reader
from fidelity.program import Program
from fidelity.recorded import judge_recorded, kept
from fidelity.subject import PostfixProgram


@dataclass(frozen=True)
class Mutant:
    name: str
    program: Program


def read_list(path: Path, explain_only: bool = False) -> list[Mutant]:
    """Lines of `name path-of-program`; `#` begins a comment."""
    lines = [shlex.split(line, comments=True) for line in path.read_text().splitlines()]
    return [Mutant(words[0], PostfixProgram(words[1], explain_only)) for words in lines if words]


def run(arguments: argparse.Namespace) -> int:
    """Holds each against what the real server did (--truth), until the first disagreement that --program has not."""
    folders = kept(Path(arguments.truth), arguments.begin, arguments.configurations)
    mutants = read_list(Path(arguments.mutations), arguments.explain_only)
    missed = 0
    for mutant in mutants:
        caught = _caught(mutant, PostfixProgram(arguments.program, arguments.explain_only), folders)
        missed += caught is None
        print(f"{mutant.name}: {f'caught by configuration {caught}' if caught is not None else 'MISSED'}", flush=True)
    print(f"{len(mutants) - missed} passed, {missed} failed")
    return 1 if missed else 0


def _caught(mutant: Mutant, sound: Program, folders: list[Path]) -> str | None:
    for folder in folders:
        found = judge_recorded(mutant.program, Reader, folder)
        if not found.disagreements:
            continue
        known = [(each.kinds, each.attempt) for each in judge_recorded(sound, Reader, folder).disagreements]
        if any((each.kinds, each.attempt) not in known for each in found.disagreements):
            return folder.name
    return None

"""Programs with a wrong rule planted in the model: a run that does not catch one proves less than it seems to."""
import argparse
import shlex
from pathlib import Path
from typing import Callable

from fidelity.compare import Reader
from fidelity.program import Program
from fidelity.recorded import MakeReader, judge_recorded, kept
from fidelity.subject import PostfixProgram


def read_list(path: Path) -> list[tuple[str, str]]:
    """Lines of `name path-of-program`; `#` begins a comment."""
    lines = [shlex.split(line, comments=True) for line in path.read_text().splitlines()]
    return [(words[0], words[1]) for words in lines if words]


def run(arguments: argparse.Namespace) -> int:
    """Those of Postfix."""
    folders = kept(Path(arguments.truth), arguments.begin, arguments.configurations)
    return run_on(lambda path: PostfixProgram(path, arguments.explain_only), Reader, folders, arguments)


def run_on(program: Callable[[str], Program], make_reader: MakeReader, folders: list[Path], arguments: argparse.Namespace) -> int:
    """Holds each against what the real server did (--truth), until the first disagreement that --program has not."""
    mutants, sound, missed = read_list(Path(arguments.mutations)), program(arguments.program), 0
    for name, path in mutants:
        caught = _caught(program(path), sound, make_reader, folders)
        missed += caught is None
        print(f"{name}: {f'caught by configuration {caught}' if caught is not None else 'MISSED'}", flush=True)
    print(f"{len(mutants) - missed} passed, {missed} failed")
    return 1 if missed else 0


def _caught(mutant: Program, sound: Program, make_reader: MakeReader, folders: list[Path]) -> str | None:
    for folder in folders:
        found = judge_recorded(mutant, make_reader, folder)
        if not found.disagreements:
            continue
        known = [(each.kinds, each.attempt) for each in judge_recorded(sound, make_reader, folder).disagreements]
        if any((each.kinds, each.attempt) not in known for each in found.disagreements):
            return folder.name
    return None

"""Errors planted in what the program reads: would the comparison notice a model that was wrong in this way?"""
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from fidelity.recorded import MakeReader, judge_recorded
from fidelity.program import Program

MOST = 120  # configurations that each is planted in
ENOUGH = 3  # in which it was noticed


@dataclass(frozen=True)
class Error:
    name: str
    file: str
    """Below the root."""
    reads: str
    """What stands there, a regular expression."""
    instead: str | Callable[[re.Match], str]
    """What the program is made to take it for."""
    removes: str = ""
    """A file made from the other, which knows better."""


def run(program: Program, make_reader: MakeReader, errors: list[Error], folders: list[Path]) -> int:
    """Prints for each error in how many configurations it stood, and in how many of these it was noticed."""
    unnoticed, sound = 0, {}
    for error in errors:
        stood = noticed = 0
        for folder in folders:
            path = folder / "root" / error.file
            text = path.read_text() if path.exists() else ""
            changed = re.sub(error.reads, error.instead, text, flags=re.M)
            if changed == text:
                continue
            if folder not in sound:
                sound[folder] = _disagreements(program, make_reader, folder, None, "")
            stood += 1
            noticed += _disagreements(program, make_reader, folder, error, changed) > sound[folder]
            if stood == MOST or noticed == ENOUGH:
                break
        print(f"{noticed:5} of {stood:5}  {error.name}", flush=True)
        unnoticed += noticed == 0
    print(f"{len(errors) - unnoticed} passed, {unnoticed} failed")
    return 1 if unnoticed or not errors else 0


def _disagreements(program: Program, make_reader: MakeReader, folder: Path, error: Error | None, text: str) -> int:
    """Of what the server did with the kept configuration and what the program says of this text."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "root")
        shutil.copytree(folder / "root", root)
        if error is not None:
            (root / error.file).write_text(text)
            if error.removes:
                (root / error.removes).unlink(missing_ok=True)
        found = judge_recorded(program, make_reader, folder, root=root)
    # What the program does not read at all is noticed, too.
    return 1 << 20 if found.failure else len(found.disagreements)

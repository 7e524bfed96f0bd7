"""What a server did, kept in a folder for each configuration: root/, about.json, attempts.jsonl, real.jsonl."""
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Iterator

from fidelity.comparison import Reader
from fidelity.judge import Ask, Judgement, judge
from fidelity.program import Program

MakeReader = Callable[[Path, list[str]], Reader]


def kept(truth: Path, begin: int, count: int) -> list[Path]:
    """The folders of configurations from this number on, so many at the most."""
    found = sorted(path.parent for path in truth.glob("*/real.jsonl"))
    return [folder for folder in found if int(folder.name) >= begin][:count]


def owned(folder: Path) -> list[str]:
    return json.loads((folder / "about.json").read_text())["owned"]


def judge_recorded(program: Program, make_reader: MakeReader, folder: Path, ask: Ask | None = None, root: Path | None = None) -> Judgement:
    """`root`: other files than those that the server had."""
    reader = make_reader(root or folder / "root", owned(folder))
    return judge(program, int(folder.name), reader, read_lines(folder / "attempts.jsonl"), read_lines(folder / "real.jsonl"), ask)


def judge_all(program: Program, make_reader: MakeReader, folders: list[Path], jobs: int) -> Iterator[tuple[int, Judgement | Exception]]:
    """Needs no server."""
    def work(folder: Path) -> Judgement | Exception:
        try:
            return judge_recorded(program, make_reader, folder)
        except Exception as error:
            return error

    with ThreadPoolExecutor(jobs) as pool:
        for folder, found in zip(folders, pool.map(work, folders)):
            yield int(folder.name), found


def write_truth(folder: Path, attempts: list[dict], real: list[dict]) -> None:
    write_lines(folder / "attempts.jsonl", attempts)
    write_lines(folder / "real.jsonl", real)


def write_lines(path: Path, things: list[dict]) -> None:
    path.write_text("".join(json.dumps(thing) + "\n" for thing in things))


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]

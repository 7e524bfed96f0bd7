"""What `run` does for a server that knows no XCLIENT, from its arguments to its exit status. A dialect's folder says how its
configurations are made, how its server starts, and how its deeds are read."""
import argparse
import json
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Callable

from fidelity import mutations, planting, short
from fidelity.comparison import Reader
from fidelity.crew import Work, share
from fidelity.daemon import Daemon
from fidelity.judge import Judgement, judge, judge_edges
from fidelity.program import Failed, Program, Subject, TooLong
from fidelity.recorded import judge_all, kept, owned, write_truth
from fidelity.tally import Tally
from fidelity.world import WideWorld
from kit.alone import Alone

SAYS_EVERY = 50


class Harness:
    """Overridden by each dialect."""
    mta: str
    """Name and version, as the figures say them."""
    remark = ""
    subject: Subject
    server: type[Daemon]
    maker: Callable[[int, int], Any]
    """From seed and number, an object that makes the configuration; `attempter`, from seed and configuration, its attempts."""
    attempter: Callable[[int, Any], Any]
    reader: type[Reader]
    brought: tuple[str, ...] = ()
    """Files of the machine that the program has to see, too."""
    errors: list[planting.Error] = []
    """Planted with --plant."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.truth = Path(arguments.truth)
        self.program = Program(arguments.program, getattr(arguments, "explain_only", False), self.subject) if arguments.program else None

    def machine(self, world: WideWorld, root: Path, shown: Path) -> AbstractContextManager[Daemon]:
        return self.server(world, root, shown)

    def configuration(self, number: int) -> Any:
        """Has `owned`, and `write(folder)`."""
        return self.maker(self.arguments.seed, number).make()

    def attempts(self, made: Any) -> list[dict]:
        return self.attempter(self.arguments.seed, made).make(self.arguments.attempts)

    def words(self, made: Any) -> set[str]:
        """What a short run should have at least once."""
        raise NotImplementedError

    def start(self, world: WideWorld, server: Any, folder: Path) -> None:
        server.start(folder / "root")
        for name in self.brought:
            shutil.copyfile(server.file(name), folder / "root" / name)

    def answers(self, world: WideWorld, server: Any, folder: Path, attempts: list[dict]) -> list[dict]:
        raise NotImplementedError

    def run(self) -> int:
        if self.arguments.plant:
            return planting.run(Program(self.arguments.program, True, self.subject), self.reader, self.errors, self._kept())
        if getattr(self.arguments, "mutations", None):
            return mutations.run_on(lambda path: Program(path, True, self.subject), self.reader, self._kept(), self.arguments)
        if self.arguments.offline:
            return self._end(judge_all(self.program, self.reader, self._kept(), self.arguments.jobs))
        work = self._edges_with(self._audits()) if self.arguments.edges else self._one
        with Alone() as scratch:
            return self._end(share(self.numbers(), self.arguments.jobs, scratch, self.machine, work))

    def numbers(self) -> list[int]:
        begin, count = self.arguments.begin, self.arguments.configurations
        if self.arguments.edges:
            return [int(folder.name) for folder in self._kept()]
        if self.arguments.short:
            return short.covering(lambda number: self.words(self.configuration(number)), self.arguments.seed, begin, count)
        return list(range(begin, begin + count))

    def _kept(self) -> list[Path]:
        return kept(self.truth, self.arguments.begin, self.arguments.configurations)

    def _one(self, world: WideWorld, server: Any, number: int) -> Judgement:
        folder = self.truth / f"{number:05}"
        made = self.configuration(number)
        shutil.rmtree(folder, ignore_errors=True)
        made.write(folder / "root")
        attempts = self.attempts(made)
        self.start(world, server, folder)
        real = self.answers(world, server, folder, attempts)
        write_truth(folder, attempts, real)
        (folder / "about.json").write_text(json.dumps({"number": number, "owned": made.owned}))
        if self.program is None:
            return Judgement(number, Counter(configurations=1, pairs=len(real)))
        runs = real[0]["at"] != "not running"
        return judge(self.program, number, self.reader(folder / "root", made.owned), attempts, real,
                     (lambda asked: self.answers(world, server, folder, asked)) if runs else None)

    def _audits(self) -> dict[int, dict | Exception]:
        """Before the lab is taken: others may want it meanwhile."""
        def audit(folder: Path) -> dict | Exception:
            try:
                return self.program.audit(folder / "root")
            except (Failed, TooLong, ValueError) as error:
                return error

        folders = self._kept()
        with ThreadPoolExecutor(self.arguments.jobs) as pool:
            return {int(folder.name): found for folder, found in zip(folders, pool.map(audit, folders))}

    def _edges_with(self, audits: dict[int, dict | Exception]) -> Work:
        def work(world: WideWorld, server: Any, number: int) -> Judgement:
            folder, audit, found = self.truth / f"{number:05}", audits[number], Judgement(number)
            if isinstance(audit, Exception):
                raise audit
            if audit["runs"]:
                self.start(world, server, folder)
                judge_edges(found, self.reader(folder / "root", owned(folder)), audit,
                            lambda asked: self.answers(world, server, folder, asked))
                found.counts["configurations"] += 1
            return found

        return work

    def _end(self, results: Any) -> int:
        tally, begin = Tally(self.mta, self.remark), time.monotonic()
        for number, found in results:
            tally.add(number, found)
            if tally.counts["asked"] % SAYS_EVERY == 0:
                print(f"{tally.line()}; {time.monotonic() - begin:.0f} s", flush=True)
        tally.tell(self.arguments.shown)
        if self.arguments.record:
            tally.write_sentence(Path(self.arguments.record))
        return tally.end(getattr(self.arguments, "known", 0))

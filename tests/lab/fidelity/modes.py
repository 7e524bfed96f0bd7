"""What `run` can do, each from its arguments to its exit status."""
import argparse
import json
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

from fidelity import decisive, disagreements, mutations, short
from fidelity.ask import Running
from fidelity.attempts import Attempts
from fidelity.authority import Authority
from fidelity.compare import Reader
from fidelity.configuration import configuration, write
from fidelity.crew import share
from fidelity.gates import TURNS, turn
from fidelity.judge import Judgement, judge
from fidelity.program import Program
from fidelity.recorded import judge_all, judge_recorded, kept, owned, write_truth
from fidelity.server import Server
from fidelity.subject import PostfixProgram
from fidelity.tally import Tally
from fidelity.world import WideWorld
from kit.alone import Alone

SHOWN = 25
MTA = "Postfix 3.7.11"


@contextmanager
def machine(world: WideWorld, root: Path, shown: Path) -> Iterator[Server]:
    """With whom smtpd asks for logins."""
    with Server(world, root, shown) as server, Authority(server.file("var/spool/postfix/private/auth")):
        yield server


def run(arguments: argparse.Namespace) -> int:
    if arguments.mutations:
        return mutations.run(arguments)
    if arguments.truth and not arguments.ask_edges:
        return compare_with_truth(arguments)
    with Alone() as scratch:
        if arguments.truth:
            return compare_with_truth_and_edges(arguments, scratch)
        if arguments.record_truth:
            return record_truth(arguments, scratch)
        if arguments.confirm_xclient:
            return confirm_xclient(arguments, scratch)
        if arguments.replay:
            return replay(arguments, scratch, [Path(folder) for folder in arguments.replay])
        return compare_live(arguments, scratch)


def record_truth(arguments: argparse.Namespace, scratch: Path) -> int:
    """Without the program: what the real server does, for each configuration a folder."""
    target = Path(arguments.record_truth)

    def work(world: Any, server: Any, number: int) -> list[dict]:
        found = configuration(arguments.seed, number)
        folder = target / f"{number:05}"
        shutil.rmtree(folder, ignore_errors=True)
        write(found, folder)
        attempts = Attempts(arguments.seed, found).make(arguments.attempts)
        with Running(world, server, folder / "root") as running:
            real = running.answers(attempts)
            write_truth(folder, attempts, real)
            (folder / "complaints").write_text("".join(line + "\n" for line in running.complaints()))
        return real

    begin, done, pairs, failed = time.monotonic(), 0, 0, 0
    for number, real in share(_numbers(arguments), arguments.jobs, scratch, machine, work):
        if isinstance(real, Exception):
            print(f"{number}: {real}", file=sys.stderr)
            failed += 1
            continue
        done, pairs = done + 1, pairs + len(real)
        if done % 100 == 0:
            _say_rate(done, pairs, begin)
    _say_rate(done, pairs, begin)
    return 1 if failed else 0


def confirm_xclient(arguments: argparse.Namespace, scratch: Path) -> int:
    """Are clients that XCLIENT makes up answered as those who really connect? Each attempt is made both ways."""

    def work(world: Any, server: Any, number: int) -> list[tuple[dict, dict, dict]]:
        found = configuration(arguments.seed, number)
        if found.really:
            return []
        folder = scratch / "configurations" / f"{number:05}"
        write(found, folder)
        found.really = True
        attempts = Attempts(arguments.seed, found).make(arguments.attempts)
        with Running(world, server, folder / "root") as running:
            really = running.answers(attempts)
            claimed = running.answers([{name: value for name, value in attempt.items() if name != "real"} for attempt in attempts])
        return list(zip(attempts, really, claimed))

    same, different = 0, 0
    for number, answers in share(_numbers(arguments), arguments.jobs, scratch, machine, work):
        if isinstance(answers, Exception):
            raise answers
        for attempt, really, claimed in answers:
            if "not asked" in (really["at"], claimed["at"]):
                continue
            alike = all(really.get(name) == claimed.get(name) for name in ("at", "code", "enhanced", "fate", "to"))
            same, different = same + alike, different + (not alike)
            if not alike:
                print(f"{number}: {json.dumps(attempt)}\n  really  {really}\n  claimed {claimed}")
    print(f"{same} attempts fared alike both ways, {different} did not")
    return 1 if different else 0


def compare_with_truth(arguments: argparse.Namespace) -> int:
    """Needs no server: for the days when the model is made."""
    program = PostfixProgram(arguments.program, arguments.explain_only)
    folders, tally = _recorded(arguments), Tally(MTA)
    for number, found in judge_all(program, Reader, folders, arguments.jobs):
        tally.add(number, found)
    return _end_recorded(arguments, tally, folders)


def compare_with_truth_and_edges(arguments: argparse.Namespace, scratch: Path) -> int:
    """The attempts were made before; the server runs only to be asked at the edges that `audit` gives now."""
    program = PostfixProgram(arguments.program)
    folders, tally = _recorded(arguments), Tally(MTA)
    asked = set(folders[::arguments.edges_every])

    def work(world: Any, server: Any, folder: Path) -> Judgement:
        if folder not in asked:
            return judge_recorded(program, Reader, folder)
        with Running(world, server, folder / "root") as running:
            return judge_recorded(program, Reader, folder, running.answers)

    for folder, found in share(folders, arguments.jobs, scratch, machine, work):
        tally.add(int(folder.name), found)
        if tally.counts["asked"] % 100 == 0:
            print(tally.line(), flush=True)
    return _end_recorded(arguments, tally, folders)


def _recorded(arguments: argparse.Namespace) -> list[Path]:
    return kept(Path(arguments.truth), arguments.begin, arguments.configurations)


def _end_recorded(arguments: argparse.Namespace, tally: Tally, folders: list[Path]) -> int:
    roots = {int(folder.name): folder for folder in folders}
    _keep(arguments, tally, lambda number: (roots[number] / "root", owned(roots[number])))
    return _end(arguments, tally)


def compare_live(arguments: argparse.Namespace, scratch: Path) -> int:
    """The whole thing: random configurations, the server, the program, and the edges between who may and who may not."""
    program = PostfixProgram(arguments.program, arguments.explain_only)
    made = scratch / "configurations"

    def work(world: Any, server: Any, number: int) -> Judgement:
        found = configuration(arguments.seed, number)
        folder = made / f"{number:05}"
        write(found, folder)
        attempts = Attempts(arguments.seed, found).make(arguments.attempts)
        with Running(world, server, folder / "root") as running:
            real = running.answers(attempts)
            return judge(program, number, Reader(folder / "root", found.owned), attempts, real, running.answers)

    failed_cases, cases = _replay_all(arguments, scratch, program, sorted(disagreements.CASES.glob("*")))
    tally, begin = Tally(MTA), time.monotonic()
    for number, found in share(_numbers(arguments), arguments.jobs, scratch, machine, work):
        tally.add(number, found)
        if not arguments.short and tally.counts["asked"] % 100 == 0:
            print(f"{tally.line()}; {time.monotonic() - begin:.0f} s", flush=True)
    _keep(arguments, tally, lambda number: (made / f"{number:05}/root", owned(made / f"{number:05}")))
    _make_small(arguments, scratch, program)
    tally.passed += cases - failed_cases
    tally.counts["asked"] += cases
    return _end(arguments, tally)


def replay(arguments: argparse.Namespace, scratch: Path, folders: list[Path]) -> int:
    failed, count = _replay_all(arguments, scratch, PostfixProgram(arguments.program), folders, True)
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


def _replay_all(arguments: argparse.Namespace, scratch: Path, program: Program, folders: list[Path],
                wordy: bool = False) -> tuple[int, int]:
    def work(world: Any, server: Any, folder: Path) -> tuple[str, ...]:
        copy = scratch / "replayed" / folder.name
        shutil.copytree(folder, copy)
        return disagreements.replay(world, server, program, copy)

    failed = 0
    if not folders:
        return 0, 0
    for folder, kinds in share(folders, arguments.jobs, scratch, machine, work):
        failed += bool(kinds) or isinstance(kinds, Exception)
        if kinds or wordy:
            print(f"{folder}: {kinds if isinstance(kinds, Exception) else ', '.join(kinds) or 'agree'}")
    return failed, len(folders)


def _keep(arguments: argparse.Namespace, tally: Tally, where: Any) -> None:
    """One folder for each kind of disagreement, the most frequent first."""
    keep = Path(arguments.keep)
    shutil.rmtree(keep, ignore_errors=True)
    for number, (signature, alike) in enumerate(disagreements.by_signature(tally.disagreements)):
        if number < SHOWN:
            print(f"{len(alike):6}  {number:03}  {signature}")
        root, owned = where(alike[0].number)
        disagreements.write(keep / f"{number:03}", alike[0], root, owned, len(alike))
    for failure in tally.failures[:10]:
        print(failure)


def _make_small(arguments: argparse.Namespace, scratch: Path, program: Program) -> None:
    folders = sorted(Path(arguments.keep).glob("*"))[:0 if arguments.short else arguments.minimise]
    if folders:
        def work(world: Any, server: Any, folder: Path) -> None:
            disagreements.make_small(world, server, program, folder)

        for folder, result in share(folders, arguments.jobs, scratch, machine, work):
            print(f"{folder}: {result}" if result else f"\n{folder}\n{disagreements.shown(folder)}")


def _end(arguments: argparse.Namespace, tally: Tally) -> int:
    if arguments.decisive:
        print(decisive.table(tally.decisive))
    if arguments.record and arguments.record.endswith(".inc"):
        tally.write_sentence(Path(arguments.record))
    elif arguments.record:
        figures = {**tally.figures(), "seed": arguments.seed, "relayproof": PostfixProgram(arguments.program).version(),
                   "restrictions_decisive": len({name for name, _ in tally.decisive}),
                   "rarely_decisive": [f"{name} in {where}: {count}" for name, where, count in decisive.few(tally.decisive)]}
        Path(arguments.record).write_text(json.dumps(figures, indent=1) + "\n")
    return tally.end()


def _numbers(arguments: argparse.Namespace) -> list[int]:
    if arguments.short:
        return short.covering(lambda number: set(turn(number)), arguments.seed, arguments.begin, arguments.configurations, TURNS)
    return list(range(arguments.begin, arguments.begin + arguments.configurations))


def _say_rate(done: int, pairs: int, begin: float) -> None:
    seconds = time.monotonic() - begin
    print(f"{done} configurations, {pairs} pairs; {seconds:.0f} s, {done / seconds:.1f} configurations/s, "
          f"{pairs / seconds:.0f} pairs/s", flush=True)

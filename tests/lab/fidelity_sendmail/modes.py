"""What `run` does, from its arguments to its exit status."""
import argparse
import datetime
import json
import multiprocessing
import shutil
import signal
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterator

from fidelity import certificates
from fidelity.ask import read_lines, write_lines
from fidelity.world import WideWorld
from fidelity_sendmail import planted
from fidelity_sendmail.ask import answers
from fidelity_sendmail.attempts import Attempts
from fidelity_sendmail.compare import Judgement, Program, judge
from fidelity_sendmail.edges import asked_at_edges, is_wrong
from fidelity_sendmail.generate import Maker
from fidelity_sendmail.server import SendmailServer
from kit.alone import Alone
from kit.root import ready_root


def run(arguments: argparse.Namespace) -> int:
    if arguments.plant:
        return planted.run(Program(arguments.program), kept(arguments))
    if arguments.offline:
        return offline(arguments)
    target = Path(arguments.truth)
    program = Program(arguments.program) if arguments.program else None
    found = Found(arguments)
    with Alone() as scratch:
        for number, result in _share(arguments, scratch, target, program):
            found.add(number, result)
    return found.end()


def offline(arguments: argparse.Namespace) -> int:
    program, found = Program(arguments.program), Found(arguments)

    def judge_kept(folder: Path) -> Judgement | Exception:
        about = json.loads((folder / "about.json").read_text())
        try:
            return judge(program, about["number"], folder / "root", about["owned"], read_lines(folder / "attempts.jsonl"),
                         read_lines(folder / "real.jsonl"), arguments.explain_only)
        except Exception as error:
            return error

    folders = kept(arguments)
    with ThreadPoolExecutor(arguments.jobs) as crew:
        for folder, result in zip(folders, crew.map(judge_kept, folders)):
            found.add(int(folder.name), result)
    return found.end()


def kept(arguments: argparse.Namespace) -> list[Path]:
    found = sorted(path.parent for path in Path(arguments.truth).glob("*/real.jsonl"))
    return [each for each in found if int(each.name) >= arguments.begin][:arguments.configurations]


class Found:
    """Adds up what a run found, and says it."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.counts: Counter = Counter()
        self.decisive: Counter = Counter()
        self.wrong: list = []
        self.failures: list[str] = []
        self.begin = time.monotonic()

    def add(self, number: int, result: Any) -> None:
        self.counts["asked"] += 1
        if isinstance(result, Exception):
            self.failures.append(f"configuration {number}: {result}")
            return
        self.counts.update(result.counts)
        self.decisive.update(result.decisive)
        self.wrong += [(number, *each) for each in result.wrong]
        if self.counts["asked"] % 50 == 0:
            print(f"{self.line()}; {time.monotonic() - self.begin:.0f} s", flush=True)

    def line(self) -> str:
        pairs = self.counts["pairs"] or 1
        return (f"{self.counts['configurations']} configurations, {self.counts['pairs']} pairs, "
                f"{100 * self.counts['relayed'] / pairs:.1f} % relayed, {100 * self.counts['undecided'] / pairs:.1f} % undecided, "
                f"{self.counts['not compared']} not compared, {len(self.wrong)} disagreements, {len(self.failures)} failures; "
                f"edges: {self.counts['edges inside']} inside, {self.counts['edges outside']} outside")

    def sentence(self) -> str:
        """The figures as `--version -v` says them."""
        counts, pairs = self.counts, self.counts["pairs"] or 1
        asked = counts["edges inside"] + counts["edges outside"]
        edges = f"{asked} questions at the edges of client networks" if asked else "without questions at the edges"
        return (f"{counts['pairs']} attempts on {counts['configurations']} random configurations held against Sendmail 8.17.1.9 "
                f"on {datetime.date.today().isoformat()}: {len(self.wrong) or 'no'} disagreements; "
                f"{100 * counts['relayed'] / pairs:.0f} % relayed, {100 * counts['undecided'] / pairs:.1f} % undecided; {edges}")

    def end(self) -> int:
        kinds = Counter(f"{'+'.join(each[1])}: real {each[3].get('at')} {each[3].get('code')} {each[3].get('fate')}, "
                        f"ours {each[4].get('reply')} {each[4].get('code')} {each[4].get('fate')}" for each in self.wrong)
        for kind, count in kinds.most_common(30):
            print(f"{count:6}  {kind}")
        for number, kinds_of_it, attempt, real, ours in self.wrong[:self.arguments.shown]:
            steps = [f"{step['stage']}: {step['text']}: {step['result']}" for step in ours.get("trace", [])][-6:]
            print(f"\n{number} {kinds_of_it}\n  {json.dumps(attempt)}\n  real {json.dumps(real)[:400]}\n  ours "
                  f"{ours.get('reply')} {ours.get('code')} {ours.get('fate')} {ours.get('to')} relay {ours.get('relay')}\n    "
                  + "\n    ".join(steps))
        for failure in self.failures[:5]:
            print(failure)
        for name, count in sorted(self.decisive.items()):
            print(f"{'!' if count < 50 else ' '} {count:6}  {name}")
        print(", ".join(f"{name}: {count}" for name, count in sorted(self.counts.items()) if name.startswith("verdict")))
        print(self.line())
        if self.arguments.record:
            Path(self.arguments.record).write_text(json.dumps(self.sentence()) + "\n")
        share = 100 * len(self.wrong) / (self.counts["pairs"] or 1)
        if share <= self.arguments.known:
            print(f"{share:.1f} % disagreements, of {self.arguments.known:g} % that are known")
            self.wrong.clear()
        failed = len({each[0] for each in self.wrong}) + len(self.failures)
        print(f"{self.counts['asked'] - failed} passed, {failed} failed")
        return 1 if failed else 0


def _share(arguments: argparse.Namespace, scratch: Path, target: Path, program: Program | None) -> Iterator[tuple[int, Any]]:
    numbers = list(range(arguments.begin, arguments.begin + arguments.configurations))
    todo: multiprocessing.SimpleQueue = multiprocessing.SimpleQueue()
    done: multiprocessing.SimpleQueue = multiprocessing.SimpleQueue()
    for number in numbers + [None] * arguments.jobs:
        todo.put(number)
    crew = [multiprocessing.Process(target=_labour, args=(each, arguments, scratch, target, program, todo, done), daemon=True)
            for each in range(arguments.jobs)]
    for each in crew:
        each.start()
    for _ in numbers:
        number, result = done.get()
        if number is None:
            raise RuntimeError(result)
        yield number, result
    for each in crew:
        each.join()


def _labour(worker: int, arguments: argparse.Namespace, scratch: Path, target: Path, program: Program | None,
            todo: Any, done: Any) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    try:
        shown = scratch / f"certificates-{worker}"
        certificates.make(shown)
        with WideWorld(worker, scratch, shown) as world, SendmailServer(world, ready_root(), shown) as server:
            while (number := todo.get()) is not None:
                try:
                    done.put((number, _one(world, server, arguments, target, program, number)))
                except Exception:
                    done.put((number, RuntimeError(traceback.format_exc())))
            server.stop()
    except Exception:
        done.put((None, traceback.format_exc()))


def _one(world: WideWorld, server: SendmailServer, arguments: argparse.Namespace, target: Path, program: Program | None,
         number: int) -> Judgement:
    folder = target / f"{number:05}"
    if arguments.edges:
        about = json.loads((folder / "about.json").read_text())
        found = Judgement(number)
        server.start(folder / "root")
        _ask_edges(world, server, program, folder, about["owned"], found)
        return found
    made = Maker(arguments.seed, number).make()
    shutil.rmtree(folder, ignore_errors=True)
    made.write(folder / "root")
    attempts = Attempts(arguments.seed, made).make(arguments.attempts)
    server.start(folder / "root")
    shutil.copyfile(server.file("etc/passwd"), folder / "root/etc/passwd")
    real = answers(world, server, attempts)
    write_lines(folder / "attempts.jsonl", attempts)
    write_lines(folder / "real.jsonl", real)
    (folder / "about.json").write_text(json.dumps({"number": number, "owned": made.owned}))
    if program is None:
        return Judgement(number, Counter(configurations=1, pairs=len(real)))
    found = judge(program, number, folder / "root", made.owned, attempts, real)
    if real[0]["at"] != "not running":
        _ask_edges(world, server, program, folder, made.owned, found)
    return found


def _ask_edges(world: WideWorld, server: SendmailServer, program: Program, folder: Path, owned: list[str], found: Judgement) -> None:
    """Both edges of every interval of clients that may relay, as the program says."""
    asked = asked_at_edges(program, folder / "root", found.number)
    for (where, attempt), real in zip(asked, answers(world, server, [attempt for _, attempt in asked])):
        if real["at"] in ("cut off", "not running"):
            continue
        found.counts[f"edges {where}"] += 1
        if is_wrong(where, attempt, real, owned, folder / "root"):
            found.wrong.append(([f"edge {where}"], attempt, real, {}))

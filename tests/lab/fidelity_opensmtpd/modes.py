"""What `run` does, from its arguments to its exit status."""
import argparse
import datetime
import json
import multiprocessing
import random
import re
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
from fidelity.edges import questions, wrong
from fidelity.world import WideWorld
from fidelity_opensmtpd.compare import Judgement, Program, judge, really_relayed
from fidelity_opensmtpd.dialogue import answers, await_start
from fidelity_opensmtpd.generate import KNOWN_NAMES, Attempts, configuration, server_of
from fidelity_opensmtpd.server import Server
from kit.alone import Alone
from kit.root import ready_root

# What is told the program instead of what smtpd runs with: a wrong rule in the model would do the same.
PLANTED = {
    "negations are overlooked": (r"(match[^\n]*) !", r"\1 "),
    "rules without from are from anybody": (r"match (?![^\n]*from)", "match from any "),
    "rules without for are for anybody": (r"match (?![^\n]*for )", "match for any "),
    "from local is from anybody": (r"match from local", "match from any"),
    "tags are overlooked": (r" tag (\"\w+\"|<\w+>)(?=[^\n]*(action|reject))", ""),
    "greetings are overlooked": (r" helo (\"[^\"]+\"|<\w+>|\{[^}]*\})(?=[^\n]*(action|reject))", ""),
    "senders are overlooked": (r"(match[^\n]*) (?<!from )mail-from (\"[^\"]+\"|<\w+>|\{[^}]*\})", r"\1"),
    "reject permits": (r"(match[^\n]*) reject", r'\1 action "relay"'),
    "match tls is taken for true": (r"(match[^\n]*) tls", r"\1"),
    "names are confirmed": (r"from rdns", "from src"),
    "a regex is a literal": (r" regex ", " "),
    "aliases are not followed": (r" alias <\w+>", ""),
    "filters are overlooked": (r" filter (f\d|\{[^}]*\})(?=\n| tag)", ""),
    "wildcards are as deep as you like": (r'"\*\.', '"*'),
    "an order of rules is none": (r"(match[^\n]*)\n(match[^\n]*)\n", r"\2\n\1\n"),
    "for local is for any": (r"for local", "for any"),
    "from socket is from local": (r"from socket", "from local"),
    "auth is taken for true": (r" !?auth(?= )(?=[^\n]*(action|reject))", ""),
    "recipients are overlooked": (r"(match[^\n]*) (?<!for )!?rcpt-to (regex )?(\"[^\"]+\"|<\w+>|\{[^}]*\})", r"\1"),
    "domains are overlooked": (r"for domain (regex )?(\"[^\"]+\"|<\w+>|\{[^}]*\})", "for any"),
    "networks are overlooked": (r"from src (<\w+>|\{[^}]*\}|\"[^\"]+\")", "from any"),
    "virtual domains are not followed": (r" virtual <\w+>", ""),
    "error: in an alias is a mailbox": (r"error:\d+ gone", "alice"),
    "expand-only delivers": (r"expand-only", "mbox"),
    "a prefix is one bit shorter": (r"/(8|16|24|26|29|30|48)\"", lambda at: f'/{int(at[1]) - 1}"'),
}


def run(arguments: argparse.Namespace) -> int:
    if arguments.plant:
        return plant(arguments)
    if arguments.offline:
        return offline(arguments)
    return live(arguments)


def live(arguments: argparse.Namespace) -> int:
    target = Path(arguments.truth)
    program = Program(arguments.program) if arguments.program else None
    found = Found(arguments)
    with Alone() as scratch:
        for number, result in _share(arguments, scratch, target, program):
            found.add(number, result)
    return found.end()


def offline(arguments: argparse.Namespace) -> int:
    program = Program(arguments.program)
    found = Found(arguments)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for folder, result in pool.map(lambda folder: (folder, _judge_kept(program, folder, folder / "root")), _kept(arguments)):
            found.add(int(folder.name), result)
    return found.end()


def plant(arguments: argparse.Namespace) -> int:
    """Each error, until a configuration shows it that agrees without it."""
    program, missed = Program(arguments.program), 0
    for name, (pattern, instead) in PLANTED.items():
        caught = next((folder.name for folder in _kept(arguments) if _is_caught(program, folder, pattern, instead)), None)
        print(f"{name}: {f'caught by configuration {caught}' if caught else 'MISSED'}", flush=True)
        missed += caught is None
    print(f"{len(PLANTED) - missed} passed, {missed} failed")
    return 1 if missed else 0


def _is_caught(program: Program, folder: Path, pattern: str, instead: str) -> bool:
    text = (folder / "root/etc/smtpd.conf").read_text()
    changed = re.sub(pattern, instead, text)
    if changed == text:
        return False
    twin = folder.parent / "planted"
    shutil.rmtree(twin, ignore_errors=True)
    shutil.copytree(folder / "root", twin)
    (twin / "etc/smtpd.conf").write_text(changed)
    sound, wrong_one = _judge_kept(program, folder, folder / "root"), _judge_kept(program, folder, twin)
    shutil.rmtree(twin)
    return isinstance(wrong_one, Judgement) and isinstance(sound, Judgement) and len(wrong_one.wrong) > len(sound.wrong)


def _kept(arguments: argparse.Namespace) -> list[Path]:
    return sorted(path.parent for path in Path(arguments.truth).glob("*/real.jsonl"))[
        arguments.begin:arguments.begin + arguments.configurations]


def _judge_kept(program: Program, folder: Path, root: Path) -> Judgement | Exception:
    about = json.loads((folder / "about.json").read_text())
    try:
        return judge(program, about["number"], root, about["owned"], read_lines(folder / "attempts.jsonl"),
                     read_lines(folder / "real.jsonl"))
    except Exception as error:
        return error


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
                f"{self.counts['not compared']} not compared, {self.counts['explained']} explained, {len(self.wrong)} disagreements, {len(self.failures)} failures; "
                f"edges: {self.counts['edges inside']} inside, {self.counts['edges outside']} outside")

    def sentence(self) -> str:
        """The figures as `--version -v` says them."""
        counts, pairs = self.counts, self.counts["pairs"] or 1
        explained = f", {counts['explained']} explained" if counts["explained"] else ""
        return (f"{counts['pairs']} attempts on {counts['configurations']} random configurations held against OpenSMTPD 6.8.0 "
                f"on {datetime.date.today().isoformat()}: {len(self.wrong) or 'no'} disagreements{explained}; "
                f"{100 * counts['relayed'] / pairs:.0f} % relayed, {100 * counts['undecided'] / pairs:.1f} % undecided; "
                f"{counts['edges inside'] + counts['edges outside']} questions at the edges of client networks; "
                "without TLS, which that server cannot do")

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
        with WideWorld(worker, scratch, shown) as world, Server(world, ready_root()) as server:
            while (number := todo.get()) is not None:
                try:
                    done.put((number, _one(world, server, arguments, target, program, number)))
                except Exception:
                    done.put((number, RuntimeError(traceback.format_exc())))
    except Exception:
        done.put((None, traceback.format_exc()))


def _one(world: WideWorld, server: Server, arguments: argparse.Namespace, target: Path, program: Program | None,
         number: int) -> Judgement:
    folder = target / f"{number:05}"
    delivers = number % arguments.deliver == 0
    if arguments.edges:
        about, found = json.loads((folder / "about.json").read_text()), Judgement(number)
        server.start(folder / "root", delivers)
        if await_start(world, server, 25):
            _ask_edges(world, server, program, folder, about["owned"], found, delivers)
        return found
    made = configuration(arguments.seed, number)
    shutil.rmtree(folder, ignore_errors=True)
    made.write(folder / "root")
    attempts = Attempts(arguments.seed, made).make(arguments.attempts)
    server.start(folder / "root", delivers)
    if await_start(world, server, 25):
        real = answers(world, server, attempts, delivers)
    else:
        real = [{"at": "not running", "text": server.log().strip()[-300:]} for _ in attempts]
    (folder / "smtpd.log").write_text(server.log())
    write_lines(folder / "attempts.jsonl", attempts)
    write_lines(folder / "real.jsonl", real)
    (folder / "about.json").write_text(json.dumps({"number": number, "owned": made.owned}))
    if program is None:
        return Judgement(number)
    found = judge(program, number, folder / "root", made.owned, attempts, real)
    if real[0]["at"] != "not running":
        _ask_edges(world, server, program, folder, made.owned, found, delivers)
    return found


def _ask_edges(world: WideWorld, server: Server, program: Program, folder: Path, owned: list[str], found: Judgement,
               delivers: bool) -> None:
    """Both edges of every interval of clients that may relay, as the program says."""
    dice = random.Random(f"edges {found.number}")
    asked = []
    asks_names = "rdns" in (folder / "root/etc/smtpd.conf").read_text()
    for listener in program.audit(folder / "root")["listeners"]:
        if "127.0.0.1" in listener["addresses"] or not listener.get("runs", True):
            continue
        v6 = "::" in listener["addresses"]
        for where, attempt in questions(listener, dice):
            if (":" in attempt["client"]) != v6 or not _is_usable(attempt["client"]):
                continue
            attempt["server"] = server_of(attempt)
            if where == "outside" and dice.random() > 0.3:
                continue
            # One without a name is asked for, and the lab's DNS has names for some.
            if attempt.get("ptr") or asks_names and attempt["client"] in KNOWN_NAMES:
                continue
            asked.append((where, attempt))
    for (where, attempt), real in zip(asked, answers(world, server, [each for _, each in asked], delivers)):
        if real["at"] in ("cut off", "no listener", "not running"):
            continue
        found.counts[f"edges {where}"] += 1
        bad = really_relayed(attempt, real, owned, "") if where == "outside" else wrong(where, attempt, real, owned)
        if bad:
            found.wrong.append(([f"edge {where}"], attempt, real, {}))


def _is_usable(address: str) -> bool:
    from fidelity.attempts import _can_connect
    return _can_connect(address)

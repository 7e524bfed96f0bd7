"""The command line of a harness."""
import argparse
import os
from pathlib import Path
from typing import Callable


def parser(doc: str, configurations: str, jobs: int) -> argparse.ArgumentParser:
    """What all have; `configurations`: how many a run has, in words."""
    found = argparse.ArgumentParser(description=doc)
    found.add_argument("--program", metavar="PATH", help="the built relayproof")
    found.add_argument("--seed", type=int, default=1)
    found.add_argument("--begin", type=int, default=0, metavar="N", help="the first configuration's number")
    found.add_argument("--configurations", type=int, metavar="N", help=f"({configurations})")
    found.add_argument("--attempts", type=int, metavar="N", help="for each configuration (60; with --short 30)")
    found.add_argument("--jobs", type=int, default=jobs, metavar="N", help=f"servers at once ({jobs})")
    found.add_argument("--short", action="store_true",
                       help="about a minute: configurations that have everything among them at least once")
    return found


def add_truth(found: argparse.ArgumentParser, truth: Path) -> None:
    """What the servers without XCLIENT have besides."""
    found.add_argument("--record", metavar="FILE", help="writes the figures of this run there, for C++")
    found.add_argument("--truth", metavar="DIR", default=str(truth),
                       help="where what the server did is kept, a folder for each configuration")
    found.add_argument("--offline", action="store_true", help="compares with what was kept, without a server")
    found.add_argument("--explain-only", action="store_true", help="with --offline: without audit, which takes longer")
    found.add_argument("--edges", action="store_true", help="only asks the server, at the edges of what `audit` gives")
    found.add_argument("--plant", action="store_true", help="tells the program something else: is that seen?")
    found.add_argument("--shown", type=int, default=12, metavar="N", help="how many disagreements are shown (12)")


def run(found: argparse.ArgumentParser, short: int, long: int, needs_root: Callable[[argparse.Namespace], bool],
        go: Callable[[argparse.Namespace], int]) -> int:
    """`short` and `long`: how many configurations such a run has at the most."""
    arguments = found.parse_args()
    arguments.configurations = arguments.configurations or (short if arguments.short else long)
    arguments.attempts = arguments.attempts or (30 if arguments.short else 60)
    if needs_root(arguments) and os.geteuid() != 0:
        print("fidelity: skipped, it makes namespaces and needs root\n0 passed, 0 failed, 1 skipped")
        return 0
    return go(arguments)


def needs_server(arguments: argparse.Namespace) -> bool:
    return not arguments.offline and not arguments.plant

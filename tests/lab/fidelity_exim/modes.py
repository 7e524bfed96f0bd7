"""What is Exim's own in a run."""
import argparse
import re
from pathlib import Path

from fidelity.harness import Harness
from fidelity.world import WideWorld
from fidelity_exim.ask import answers
from fidelity_exim.attempts import Attempts
from fidelity_exim.compare import SUBJECT, VERBS, Reader
from fidelity_exim.generate import Configuration, Maker
from fidelity_exim.planted import ERRORS
from fidelity_exim.server import EximServer

# A line of a list of rules, or an option: what it is about, and of a condition what it asks.
_LINE = re.compile(rf"^ *(?:({'|'.join(VERBS)})\b)? *(!?[a-z_0-9]+)?(?: = (?:\$\{{(?:if *)?!?(\w+|=))?)?", re.M)
_LOOKUP = re.compile(r"[\w*@-]+(?=;/)|\+include_unknown|\+ignore_unknown")


class EximHarness(Harness):
    mta = "Exim 4.96"
    subject = SUBJECT
    server = EximServer
    maker = Maker
    attempter = Attempts
    reader = Reader
    brought = ("etc/passwd",)
    errors = ERRORS

    def words(self, made: Configuration) -> set[str]:
        return set(_LOOKUP.findall(made.text)).union(*(filter(None, found) for found in _LINE.findall(made.text)))

    def answers(self, world: WideWorld, server: EximServer, folder: Path, attempts: list[dict]) -> list[dict]:
        return answers(world, server, attempts)


def run(arguments: argparse.Namespace) -> int:
    return EximHarness(arguments).run()

"""What is Sendmail's own in a run."""
import argparse
import re
from pathlib import Path

from fidelity.harness import Harness
from fidelity.planting import Error
from fidelity.world import WideWorld
from fidelity_sendmail.ask import answers
from fidelity_sendmail.attempts import Attempts
from fidelity_sendmail.compare import MC_SUBJECT, SUBJECT, Reader
from fidelity_sendmail.generate import Configuration, Maker
from fidelity_sendmail.planted import PLANTED
from fidelity_sendmail.server import SendmailServer

_MACRO = re.compile(r"^(?:FEATURE|define)\(`\w+'|^\w+(?=\()", re.M)
# A row of the access map: its tag, and its result.
_ROW = re.compile(r"^(?:(Connect|From|To|Spam|TLS_\w+|CERT\w+):)?\S+\t(\w+)", re.M | re.I)
_FOLDER = "etc/mail"


class SendmailHarness(Harness):
    mta = "Sendmail 8.17.1.9"
    subject = SUBJECT
    server = SendmailServer
    maker = Maker
    attempter = Attempts
    reader = Reader
    brought = ("etc/passwd",)
    # What m4 made of sendmail.mc knows better than that.
    errors = [Error(name, f"{_FOLDER}/{file}", reads, instead, f"{_FOLDER}/sendmail.cf" if file == "sendmail.mc" else "")
              for name, file, reads, instead in PLANTED]

    def __init__(self, arguments: argparse.Namespace):
        if getattr(arguments, "mc", False):
            self.subject = MC_SUBJECT
        super().__init__(arguments)

    def words(self, made: Configuration) -> set[str]:
        rows = _ROW.findall(made.files.get("access", ""))
        found = {word.upper() for row in rows for word in row} | {f"{tag.upper()}: RELAY" for tag, result in rows if result == "RELAY"}
        return {*_MACRO.findall(made.mc), *made.files, *found}

    def answers(self, world: WideWorld, server: SendmailServer, folder: Path, attempts: list[dict]) -> list[dict]:
        return answers(world, server, attempts)


def run(arguments: argparse.Namespace) -> int:
    return SendmailHarness(arguments).run()

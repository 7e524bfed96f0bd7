"""What is OpenSMTPD's own in a run."""
import argparse
import re
from pathlib import Path

from fidelity.harness import Harness
from fidelity.world import WideWorld
from fidelity_opensmtpd.compare import SUBJECT, Reader
from fidelity_opensmtpd.dialogue import answers, await_start
from fidelity_opensmtpd.generate import Attempts, Configuration, Maker
from fidelity_opensmtpd.planted import ERRORS
from fidelity_opensmtpd.server import Server

# A keyword with what it is about: `!from rdns regex`, `rcpt-to regex`, `phase data`.
_OPTION = re.compile(r'!?\b(?:from|for|listen|phase) [\w!-]+(?: regex)?|!?\b(?:tag|helo|mail-from|rcpt-to|auth|tls|alias|virtual|filter|src|'
                     r"rdns|fcrdns|relay|mbox|maildir|mda|expand-only|reject|junk|bypass|disconnect|report)\b(?: regex)?")


class OpenSmtpdHarness(Harness):
    mta = "OpenSMTPD 6.8.0"
    remark = "; without TLS, which that server cannot do"
    subject = SUBJECT
    server = Server
    maker = Maker
    attempter = Attempts
    reader = Reader
    errors = ERRORS

    def words(self, made: Configuration) -> set[str]:
        return set(_OPTION.findall(made.files["etc/smtpd.conf"]))

    def start(self, world: WideWorld, server: Server, folder: Path) -> None:
        server.start(folder / "root", self._delivers(folder))
        server.is_up = await_start(world, server, 25)
        if not server.is_up and not server.has_ended():
            raise RuntimeError("smtpd runs, and nothing listens: " + server.log()[-300:])

    def answers(self, world: WideWorld, server: Server, folder: Path, attempts: list[dict]) -> list[dict]:
        return answers(world, server, attempts, self._delivers(folder))

    def _delivers(self, folder: Path) -> bool:
        return int(folder.name) % self.arguments.deliver == 0


def run(arguments: argparse.Namespace) -> int:
    return OpenSmtpdHarness(arguments).run()

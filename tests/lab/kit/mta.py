"""What the four MTAs differ in: where their files go, how they start, when their queue is quiet."""
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

# Files of a case that are about the case; the rest are the server's.
NOT_FOR_THE_SERVER = {"README", "expected.json", "truth"}


# How the recipients are named whom the program, or the lab, asks for.
PROBED = r"relayproof-|nobody"
SOON_SECONDS = 30


@dataclass(frozen=True)
class Mta:
    name: str
    settings: str
    """Where the files of a case go in the server's file system."""
    is_busy: Callable[[Any], bool]
    """Whether mail is still on its way; asked of a running machine."""
    queue: list[str]
    """The command that lists the mail it still has."""
    refusal: str
    """A pattern for the lines of its log that tell of a refused recipient, once for each."""
    listeners: int = 2
    """How many sockets it listens with on port 25: one that serves both families, or one each."""
    hops: int = 0
    """How often a message of the lab claims to have been handed on: mail that goes round in circles through
    OpenSMTPD itself ends when that reaches 100, which takes a minute from 0."""
    logs: list[str] = field(default_factory=list)

    @property
    def start(self) -> str:
        return (Path(__file__).resolve().parent.parent / "start" / self.name).read_text()

    def place(self, source: Path, stage: Path) -> None:
        """Copies a case's files to where the server will look for them."""
        target = stage / self.settings.lstrip("/")
        target.mkdir(parents=True, exist_ok=True)
        for entry in source.iterdir():
            if entry.name not in NOT_FOR_THE_SERVER:
                shutil.copy(entry, target / entry.name)


def _postfix_is_busy(machine: Any) -> bool:
    spool = machine.root() / "var/spool/postfix"
    return any(entry.is_file() for queue in ("incoming", "active", "maildrop")
               for entry in (spool / queue).rglob("*"))


def _exim_is_busy(machine: Any) -> bool:
    return len(_processes(machine, "exim4")) > 1


def _sendmail_is_busy(machine: Any) -> bool:
    return len(_processes(machine, "sendmail")) > 1


def _opensmtpd_is_busy(machine: Any) -> bool:
    """A message whose delivery failed is tried again after minutes: until then it counts as settled.

    A bounce to a sender that is the server itself goes round in circles for long, and is no relay.
    """
    for line in machine.queue().splitlines():
        fields = line.split("|")
        sender, recipient, state, seconds_left = fields[4], fields[5], fields[11], fields[12]
        is_bounce = sender == "@" and not re.search(PROBED, recipient)
        if not is_bounce and (state == "inflight" or int(seconds_left or 0) < SOON_SECONDS):
            return True
    return False


def _processes(machine: Any, program: str) -> list[str]:
    return machine.run("pgrep", "-x", program).split()


MTAS = {mta.name: mta for mta in [
    Mta("postfix", "/etc/postfix", _postfix_is_busy, queue=["postqueue", "-p"], refusal=r"reject: RCPT",
        logs=["/var/log/postfix.log"]),
    Mta("exim", "/etc/exim4", _exim_is_busy, queue=["exim4", "-bp"], refusal=r"rejected RCPT",
        logs=["/var/log/exim4/mainlog", "/var/log/exim4/rejectlog", "/var/log/exim4/paniclog"]),
    Mta("sendmail", "/etc/mail", _sendmail_is_busy, queue=["/usr/libexec/sendmail/sendmail", "-bp"],
        refusal=r"check_rcpt.* reject=|\.\.\. "),
    Mta("opensmtpd", "/etc", _opensmtpd_is_busy, queue=["smtpctl", "show", "queue"], refusal=r"failed-command",
        hops=97),
]}

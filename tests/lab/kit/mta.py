"""What the four MTAs differ in: where their files go, how they start, when their queue is quiet."""
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

# Files of a case that are about the case; the rest are the server's.
NOT_FOR_THE_SERVER = {"README", "expected.json", "truth"}


@dataclass(frozen=True)
class Mta:
    name: str
    settings: str
    """Where the files of a case go in the server's file system."""
    is_busy: Callable[[Any], bool]
    """Whether mail is still on its way; asked of a running machine."""
    listeners: int = 2
    """How many sockets it listens with on port 25: one that serves both families, or one each."""
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
    """A message whose delivery failed waits for minutes: only one under way, or due now, counts."""
    for line in machine.run("smtpctl", "show", "queue").splitlines():
        fields = line.split("|")
        if len(fields) > 12 and (fields[10] == "inflight" or fields[11] in ("0", "")):
            return True
    return False


def _processes(machine: Any, program: str) -> list[str]:
    return machine.run("pgrep", "-x", program).split()


MTAS = {mta.name: mta for mta in [
    Mta("postfix", "/etc/postfix", _postfix_is_busy, logs=["/var/log/postfix.log"]),
    Mta("exim", "/etc/exim4", _exim_is_busy, logs=["/var/log/exim4/mainlog", "/var/log/exim4/rejectlog",
                                                  "/var/log/exim4/paniclog"]),
    Mta("sendmail", "/etc/mail", _sendmail_is_busy),
    Mta("opensmtpd", "/etc", _opensmtpd_is_busy),
]}

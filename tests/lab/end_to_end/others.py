"""Exim, OpenSMTPD and Sendmail with the program beside them: open, mended while they run, closed."""
import tempfile
import time
from pathlib import Path

from kit.machine import Machine
from kit.mta import MTAS, Mta
from kit.world import World

from end_to_end.cases import Case
from end_to_end.machine import Server

PLACES = {"exim": "/etc/exim4", "opensmtpd": "/etc/smtpd.conf", "sendmail": "/etc/mail"}
LOGS = {"exim": "var/log/exim4/mainlog", "opensmtpd": "var/log/maillog", "sendmail": "var/log/mail.log"}
# What the package's install script would have linked.
LINKS = "ln -sf /usr/libexec/sendmail/sendmail /usr/libexec/sendmail/makemap /usr/sbin/\n"
STAYS = "while :; do sleep 3600; done\n"


class Kept(Mta):
    """A machine that goes on when its mail server ends, which runs as its package would start it."""

    @property
    def start(self) -> str:
        text = MTAS[self.name].start.replace("smtpd -d -v &", "smtpd").replace("exim4 -bdf &", "/usr/sbin/exim4 -bd -q30m")
        links = LINKS if self.name == "sendmail" else ""
        return links + text.replace("wait\n", "") + STAYS


def kept(name: str) -> Kept:
    mta = MTAS[name]
    return Kept(**{field: getattr(mta, field) for field in mta.__dataclass_fields__})


class OtherServer(Server):
    """The machine of one case, from `with` to the end of its block."""

    def __init__(self, world: World, root: Path, name: str, case: Case, program: Path, scratch: Path):
        folder = Path(tempfile.mkdtemp(dir=scratch))
        for file, text in case.files.items():
            (folder / file).write_text(text)
        self.name = name
        self.machine = Machine(world, root, kept(name), [folder], [], [25])
        self._case = case
        self._program = program

    def _install(self) -> None:
        self.put_program()

    def log_path(self) -> str:
        """The server's own log; what went to syslog is put where a syslog daemon would put it."""
        path = self.machine.root() / LOGS[self.name]
        if self.name != "exim":
            path.write_text(self.machine.syslog_text())
        return "/" + LOGS[self.name]


def is_up(server: OtherServer, seconds: float = 20.0) -> bool:
    """Waits until the server listens again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.machine.listens():
            return True
        time.sleep(0.05)
    return False


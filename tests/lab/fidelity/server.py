"""A machine whose Postfix is started anew for each configuration: from nothing to greeting in some 50 ms."""
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fidelity import certificates
from kit.machine import Machine
from kit.world import World

SETTINGS = "etc/postfix"
# Brought by the package, not by a configuration.
KEPT = {"dynamicmaps.cf", "dynamicmaps.cf.d", "post-install", "postfix-files", "postfix-files.d", "postfix-script",
        "sasl", "makedefs.out"}
# The one difference between the folder that the program reads and the one that runs: each smtpd may be
# told for whom the lab speaks. Were it in the folder, everybody could say so, and the program would say that.
XCLIENT = "  -o smtpd_authorized_xclient_hosts=static:all\n"
QUEUES = ("incoming", "active", "maildrop")
ALL_QUEUES = (*QUEUES, "deferred", "defer", "hold", "bounce", "corrupt", "trace", "saved", "flush")
READY_SECONDS = 20.0
LONG_AGO = 1577836800  # a main.cf that changed just now is read again and again for two seconds


@dataclass(frozen=True)
class _Files:
    """What kit.machine wants to know of an MTA."""
    name: str = "postfix"
    listeners: int = 0
    logs: tuple[str, ...] = ()
    start: str = (Path(__file__).parent / "start").read_text()


class Server(Machine):
    """Runs one configuration after the other."""

    def __init__(self, world: World, root: Path, with_certificates: Path):
        self._certificates = with_certificates
        super().__init__(world, root, _Files(), [], [], [])
        self._instance: subprocess.Popen | None = None

    def __exit__(self, *arguments: object) -> None:
        self.stop()
        super().__exit__(*arguments)

    def _stage(self, stage: Path) -> None:
        super()._stage(stage)
        inside = stage / certificates.INSIDE
        inside.mkdir(parents=True)
        for name in ("ca.pem", "server.pem", "server.key"):
            shutil.copyfile(self._certificates / name, inside / name)

    def start(self, folder: Path) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is."""
        self.stop()
        self._clear_queue()
        maps = self._place(folder)
        self._log_begin = len(self._syslog.lines)
        script = "".join(f"{command} {' '.join(found)}\n" for command, found in maps.items() if found)
        inside = ["nsenter", "-t", str(self._pid), "-a", "-r", "-w", "unshare", "--pid", "--fork", "--kill-child",
                  "/bin/sh", "-c", script + "/usr/lib/postfix/sbin/master -d & exec sleep 86400"]
        self._instance = subprocess.Popen(inside, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
                                          start_new_session=True)

    def stop(self) -> None:
        """Returns when every process of the instance is gone."""
        if self._instance is None:
            return
        deepest = self._instance.pid
        while children := _children(deepest):
            if Path(f"/proc/{deepest}/comm").read_text().strip() == "unshare":
                deepest = children[0]
                break
            deepest = children[0]
        try:
            os.kill(deepest, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._instance.wait()
        self._instance = None

    def words(self) -> list[str]:
        """What this instance has logged so far."""
        return self._syslog.lines[self._log_begin:]

    def all_words(self) -> list[str]:
        """The same, when nothing of what was logged up to now is missing."""
        self._syslog.catch_up()
        return self.words()

    def is_busy(self) -> bool:
        return any(entry for queue in QUEUES for entry in os.scandir(self._spool / queue))

    def held(self) -> set[str]:
        return {entry.name for entry in os.scandir(self._spool / "hold")}

    def file(self, path: str) -> Path:
        return self._root_inside / path.lstrip("/")

    def _clear_queue(self) -> None:
        for queue in ALL_QUEUES:
            for where, _, files in os.walk(self._spool / queue):
                for name in files:
                    os.unlink(os.path.join(where, name))

    def _place(self, folder: Path) -> dict[str, list[str]]:
        """Copies the files, and says which tables have to be indexed with what."""
        settings = self._root_inside / SETTINGS
        for entry in settings.iterdir():
            if entry.name not in KEPT:
                entry.unlink() if not entry.is_dir() else shutil.rmtree(entry)
        for source in (folder / SETTINGS).iterdir():
            text = source.read_bytes()
            if source.name == "master.cf":
                text = with_xclient(text.decode()).encode()
            target = settings / source.name
            target.write_bytes(text)
            os.utime(target, (LONG_AGO, LONG_AGO))
        shutil.copyfile(folder / "etc/aliases", self._root_inside / "etc/aliases")
        return tables_to_index(settings / "main.cf", settings / "master.cf", settings)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            children = _children(self._processes[-1].pid)
            if children and (Path(f"/proc/{children[0]}/root/ready")).exists():
                self._pid = children[0]
                self._root_inside = Path(f"/proc/{self._pid}/root")
                self._spool = self._root_inside / "var/spool/postfix"
                return
            time.sleep(0.01)
        raise RuntimeError("the machine does not start: " + (self._folder / "console").read_text())


def with_xclient(master: str) -> str:
    """The same services, whose smtpd believe what XCLIENT says."""
    lines = []
    for line in master.splitlines(keepends=True):
        lines.append(line)
        words = line.split()
        if len(words) >= 8 and not line[0].isspace() and words[1] == "inet" and words[7] == "smtpd":
            lines.append(XCLIENT)
    return "".join(lines)


def tables_to_index(main: Path, master: Path, settings: Path) -> dict[str, list[str]]:
    """By the command that does it: every hash and btree table that is named and has a source."""
    found: dict[str, list[str]] = {"postmap": [], "postalias": []}
    for kind, path in re.findall(r"\b(hash|btree):([^\s,}]+)", main.read_text() + master.read_text()):
        name = path.rsplit("/", 1)[-1]
        command = "postalias" if name.startswith("aliases") else "postmap"
        entry = f"{kind}:/{SETTINGS}/{name}"
        if (settings / name).is_file() and entry not in found[command]:
            found[command].append(entry)
    return found


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(number) for number in text.split()]

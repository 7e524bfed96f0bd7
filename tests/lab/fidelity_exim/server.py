"""A machine whose Exim is started anew for each configuration."""
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fidelity import certificates
from fidelity.server import Server
from kit.machine import Machine
from kit.world import World

LOG = "var/log/exim4/mainlog"
SETTLE_SECONDS = 30.0
START = """set -e
hostname "$(cat /etc/hostname)"
mkdir -p /var/spool/exim4 /var/log/exim4
mount -t tmpfs spool /var/spool/exim4
mount -t tmpfs log /var/log/exim4
install -d -o Debian-exim -g Debian-exim -m 750 /var/spool/exim4 /var/log/exim4 /var/lib/exim4
mkdir -p /etc/exim4
chmod 1777 /var/mail
touch /ready
while :; do sleep 3600; done
"""


@dataclass(frozen=True)
class _Files:
    """What kit.machine wants to know of an MTA."""
    name: str = "exim"
    listeners: int = 0
    logs: tuple[str, ...] = ()
    start: str = START


class EximServer(Server):
    """Runs one configuration after the other."""

    def __init__(self, world: World, root: Path, shown: Path):
        Machine.__init__(self, world, root, _Files(), [], [], [])
        self._instance: subprocess.Popen | None = None
        self._shown = shown

    def _stage(self, stage: Path) -> None:
        Machine._stage(self, stage)
        inside = stage / certificates.INSIDE
        inside.mkdir(parents=True)
        for name in ("ca.pem", "server.pem", "server.key"):
            shutil.copy(self._shown / name, inside)
            (inside / name).chmod(0o644)

    def start(self, folder: Path) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is."""
        self.stop()
        for spool in ("input", "msglog", "db"):
            shutil.rmtree(self.file(f"var/spool/exim4/{spool}"), ignore_errors=True)
        self.file(LOG).unlink(missing_ok=True)
        shutil.rmtree(self.file("etc/exim4"))
        for source in folder.rglob("*"):
            if source.is_file():
                target = self.file(str(source.relative_to(folder)))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        os.chmod(self.file("etc/exim4/exim4.conf"), 0o644)
        begin = (self._folder / "console").stat().st_size
        inside = ["nsenter", "-t", str(self._pid), "-a", "-r", "-w", "unshare", "--pid", "--fork", "--kill-child",
                  "/bin/sh", "-c", "exim4 -bdf & exec sleep 86400"]
        self._instance = subprocess.Popen(inside, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
                                          start_new_session=True)
        self._console_begin = begin

    def scratch_copy(self, root: Path) -> Path:
        """A copy of what was recorded, where this run may write."""
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(root, copy)
        (copy / "etc/passwd").unlink(missing_ok=True)
        return copy

    def complaint(self) -> str:
        """What Exim says when it does not start."""
        text = (self._folder / "console").read_text(errors="replace")[self._console_begin:]
        found = [line for line in text.splitlines() if "xim" in line and ("error" in line or "rror" in line)]
        return found[0] if found else ""

    def deliver(self) -> None:
        """Hands on or delivers what is in the queue, once; what is frozen stays."""
        self.run("exim4", "-q")

    def settle(self) -> bool:
        """Waits until nothing but the daemon runs. What has ended and was not buried does not count."""
        deadline, quiet = time.monotonic() + SETTLE_SECONDS, 0
        while time.monotonic() < deadline:
            quiet = quiet + 1 if len(self.run("pgrep", "-x", "-r", "R,S,D", "exim4").split()) <= 1 else 0
            if quiet == 2:
                return True
            time.sleep(0.02)
        return False

    def log_lines(self) -> list[str]:
        path = self.file(LOG)
        return path.read_text(errors="replace").splitlines() if path.exists() else []

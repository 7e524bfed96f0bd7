"""A machine whose smtpd is started anew for each configuration."""
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fidelity.server import _children
from kit.machine import Machine
from kit.world import World

READY_SECONDS = 20.0


@dataclass(frozen=True)
class _Files:
    """What kit.machine wants to know of an MTA."""
    name: str = "opensmtpd"
    listeners: int = 0
    logs: tuple[str, ...] = ()
    start: str = (Path(__file__).parent / "start").read_text()


class Server(Machine):
    """Runs one configuration after the other."""

    def __init__(self, world: World, root: Path):
        super().__init__(world, root, _Files(), [], [], [])
        self._instance: subprocess.Popen | None = None

    def __exit__(self, *arguments: object) -> None:
        self.stop()
        super().__exit__(*arguments)

    def start(self, folder: Path, delivers: bool = True) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is. If it does not deliver, all mail stays
        in the queue, where each envelope says what is going to become of it."""
        self.stop()
        shutil.rmtree(self._inside / "var/spool/smtpd", ignore_errors=True)
        (self._inside / "var/spool/smtpd").mkdir(mode=0o711)
        shutil.copytree(folder / "etc", self._inside / "etc", dirs_exist_ok=True)
        self._words = self._folder / "smtpd.log"
        with open(self._words, "wb") as log:
            inside = ["nsenter", "-t", str(self._pid), "-a", "-r", "-w", "unshare", "--pid", "--fork", "--kill-child",
                      "/usr/sbin/smtpd", "-d", "-v", *([] if delivers else ["-P", "mta", "-P", "mda"])]
            self._instance = subprocess.Popen(inside, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
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

    def envelopes(self) -> dict[str, list[dict[str, str]]]:
        """What the queue holds, by message."""
        found: dict[str, list[dict[str, str]]] = {}
        for path in (self._inside / "var/spool/smtpd/queue").glob("*/*/*"):
            if len(path.name) == 16:
                lines = path.read_text(errors="replace").splitlines()
                found.setdefault(path.parent.name, []).append(dict(line.split(": ", 1) for line in lines if ": " in line))
        return found

    def has_ended(self) -> bool:
        return self._instance is not None and self._instance.poll() is not None

    def log(self) -> str:
        return self._words.read_text(errors="replace")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            children = _children(self._processes[-1].pid)
            if children and Path(f"/proc/{children[0]}/root/ready").exists():
                self._pid = children[0]
                self._inside = Path(f"/proc/{self._pid}/root")
                return
            time.sleep(0.01)
        raise RuntimeError("the machine does not start: " + (self._folder / "console").read_text())

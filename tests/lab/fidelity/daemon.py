"""A machine whose server is started anew for each configuration."""
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fidelity import certificates
from kit.machine import Machine
from kit.world import World

READY_SECONDS = 20.0
SETTLE_SECONDS = 30.0


@dataclass(frozen=True)
class Files:
    """What kit.machine wants to know of an MTA."""
    name: str
    start: str
    """A script that does what a package's install script would have done; then it makes /ready, and sleeps."""
    listeners: int = 0
    logs: tuple[str, ...] = ()


class Daemon(Machine):
    """Runs one configuration after the other; a dialect says how one is started."""
    files: Files
    key_mode = 0o644
    is_up = False
    """Somebody has seen it listen: who is refused now, is refused for good."""

    def __init__(self, world: World, root: Path, shown: Path | None = None):
        """`shown`: the folder with the server's certificate, for servers that can do TLS."""
        self._shown = shown
        super().__init__(world, root, self.files, [], [], [])
        self._instance: subprocess.Popen | None = None

    def __exit__(self, *arguments: object) -> None:
        self.stop()
        super().__exit__(*arguments)

    def launch(self, *command: str, log: object = None) -> None:
        """Runs a command as the first process of a PID namespace inside; its words go to `log`, or to the console."""
        inside = ["nsenter", "-t", str(self._pid), "-a", "-r", "-w", "unshare", "--pid", "--fork", "--kill-child", *command]
        self._instance = subprocess.Popen(inside, stdin=subprocess.DEVNULL, stdout=log or self._log, stderr=log or self._log,
                                          start_new_session=True)

    def renew(self) -> None:
        """Stops what runs. What is said from here on is the next one's."""
        self.stop()
        self._log_begin = len(self._syslog.lines)
        self._console_begin = (self._folder / "console").stat().st_size

    def stop(self) -> None:
        """Returns when every process of the instance is gone."""
        if self._instance is None:
            return
        deepest = self._instance.pid
        while found := children(deepest):
            if Path(f"/proc/{deepest}/comm").read_text().strip() == "unshare":
                deepest = found[0]
                break
            deepest = found[0]
        try:
            os.kill(deepest, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._instance.wait()
        self._instance = None
        self.is_up = False

    def complaint(self) -> str:
        """What the server said when it did not start; empty as long as it may."""
        return ""

    def has_ended(self) -> bool:
        return self._instance is not None and self._instance.poll() is not None

    def console(self) -> str:
        """What this instance has printed so far."""
        with open(self._folder / "console", "rb") as text:
            text.seek(self._console_begin)
            return text.read().decode(errors="replace")

    def words(self) -> list[str]:
        """What this instance has logged so far."""
        return self._syslog.lines[self._log_begin:]

    def all_words(self) -> list[str]:
        """The same, when nothing of what was logged up to now is missing."""
        self._syslog.catch_up()
        return self.words()

    def file(self, path: str) -> Path:
        return self._inside / path.lstrip("/")

    def wait_for_only(self, name: str) -> bool:
        """Waits until only one process of this name runs. What has ended and was not buried does not count."""
        deadline, quiet = time.monotonic() + SETTLE_SECONDS, 0
        while time.monotonic() < deadline:
            quiet = quiet + 1 if len(self.run("pgrep", "-x", "-r", "R,S,D", name).split()) <= 1 else 0
            if quiet == 2:
                return True
            time.sleep(0.02)
        return False

    def _stage(self, stage: Path) -> None:
        super()._stage(stage)
        if self._shown is None:
            return
        inside = stage / certificates.INSIDE
        inside.mkdir(parents=True)
        for name in ("ca.pem", "server.pem", "server.key"):
            shutil.copyfile(self._shown / name, inside / name)
            (inside / name).chmod(self.key_mode if name.endswith("key") else 0o644)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            found = children(self._processes[-1].pid)
            if found and Path(f"/proc/{found[0]}/root/ready").exists():
                self._pid = found[0]
                self._inside = Path(f"/proc/{self._pid}/root")
                return
            time.sleep(0.01)
        raise RuntimeError("the machine does not start: " + (self._folder / "console").read_text())


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(number) for number in text.split()]

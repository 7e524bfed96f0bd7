"""A server of the lab: one MTA in namespaces of its own, with the files of one case."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from kit.addresses import RESOLVER, SERVER, SERVER_DOMAIN
from kit.mta import Mta
from kit.syslog import Syslog
from kit.world import World

START_SECONDS = 20.0


class Machine:
    """Runs from `with` to the end of its block."""

    def __init__(self, world: World, root: Path, mta: Mta, files: list[Path], helper: list[str],
                 ports: list[int]):
        self._network = world.network
        self._scratch = world.scratch
        self._root = root
        self.mta = mta
        self._files = files
        self._helper = helper
        self._ports = ports
        self._processes: list[subprocess.Popen] = []

    def __enter__(self) -> "Machine":
        self._folder = Path(tempfile.mkdtemp(prefix="machine-", dir=self._scratch))
        self._log = open(self._folder / "console", "wb")
        self._syslog = Syslog(self._folder / "syslog")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            _end(process)
        self._syslog.close()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def root(self) -> Path:
        """The server's `/`, seen from here."""
        return Path(f"/proc/{self._first_process()}/root")

    def run(self, *command: str) -> str:
        """What a command prints that runs inside the server."""
        inside = ["nsenter", "-t", str(self._first_process()), "-a", "-r", "-w", *command]
        done = subprocess.run(inside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, check=False)
        return done.stdout.decode("utf-8", "replace")

    def is_busy(self) -> bool:
        """Whether the MTA is still taking mail somewhere."""
        return self.mta.is_busy(self)

    def queue(self) -> str:
        """What the MTA still has, in its own words."""
        return self.run(*self.mta.queue)

    def probes_refused(self) -> int:
        """How many recipients with a name of the program's the log shows as refused."""
        return len({line for line in self.log().splitlines()
                    if "relayproof-" in line and re.search(self.mta.refusal, line)})

    def log(self) -> str:
        """What the server said and wrote: for whom a case surprises."""
        texts = [(self._folder / "console").read_text(errors="replace"), self._syslog.text()]
        for path in self.mta.logs:
            log = self.root() / path.lstrip("/")
            if log.is_file():
                texts.append(log.read_text(errors="replace"))
        return "\n".join(texts)

    def syslog_text(self) -> str:
        """What came to its /dev/log so far."""
        self._syslog.catch_up()
        return self._syslog.text() + "\n"

    def _start(self) -> None:
        stage = self._folder / "stage"
        self._stage(stage)
        work = self._folder / "work"
        work.mkdir()
        if self._helper:
            # It needs this machine's Python, so it stays outside the server's root.
            self._spawn(self._helper)
        boot = Path(__file__).with_name("boot")
        self._spawn(
            ["unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child",
             str(boot), str(work), str(self._root), self.mta.name, str(stage), str(self._syslog.path)])
        self._wait_until_ready()

    def _spawn(self, command: list[str]) -> subprocess.Popen:
        process = subprocess.Popen(self._network.in_server(command), stdin=subprocess.DEVNULL,
                                   stdout=self._log, stderr=self._log, start_new_session=True)
        self._processes.append(process)
        return process

    def _stage(self, stage: Path) -> None:
        stage.mkdir()
        stage.chmod(0o755)
        etc = stage / "etc"
        etc.mkdir()
        (etc / "resolv.conf").write_text(f"nameserver {RESOLVER.ipv4}\n")
        (etc / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n"
                                   f"{SERVER.ipv4} {SERVER.name}\n{SERVER.ipv6} {SERVER.name}\n")
        (etc / "hostname").write_text(f"{SERVER.name}\n")
        (etc / "mailname").write_text(f"{SERVER_DOMAIN}\n")
        shutil.copy(Path(__file__).resolve().parent.parent / "common/aliases", etc)
        (stage / "start").write_text(self.mta.start)
        for source in self._files:
            self.mta.place(source, stage)

    def _wait_until_ready(self) -> None:
        """Ready is who listens: a server that never answers is a result, not a failed start."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._processes[-1].poll() is not None:
                raise RuntimeError("the server ended: " + (self._folder / "console").read_text())
            if self.listens():
                return
            time.sleep(0.05)
        raise RuntimeError("the server does not listen: " + self.log()[-2000:])

    def listens(self) -> bool:
        """Whether it takes connections on the ports that it was made for."""
        return all(self._listeners_on(port) >= self.mta.listeners for port in self._ports)

    def _listeners_on(self, port: int) -> int:
        command = self._network.in_server(["ss", "-Hltn", "sport", "=", f":{port}"])
        return len(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())

    def _first_process(self) -> int:
        return _children(self._processes[-1])[0]


def _children(process: subprocess.Popen) -> list[int]:
    try:
        text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(number) for number in text.split()]


def _end(process: subprocess.Popen) -> None:
    """Returns when the process and, where it made a PID namespace, everything inside is gone.

    `unshare` ends only after the first process of its namespace, and that only after all others: so the
    next server never finds this one still listening.
    """
    for pid in _children(process) or [process.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()

"""Everything around the server: the network, the DNS, and the sink where relayed mail ends."""
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Iterator

from kit.addresses import CANARY, CANARY_DOMAIN, RESOLVER, SINK, SMART_HOST
from kit.dns import unbound_configuration
from kit.network import Network

OUTSIDE = Path(__file__).resolve().parent.parent / "outside"
PYTHON = "/usr/bin/python3"
# How long the smart host keeps what it was given, when the program waits for it.
SLOW_SECONDS = 2.0


class World:
    """Stands from `with` to the end of its block; servers come and go in it."""

    def __init__(self, number: int, scratch: Path):
        self.network = Network(number)
        self.scratch = scratch

    def __enter__(self) -> "World":
        with ExitStack() as stack:
            self._folder = Path(tempfile.mkdtemp(prefix="world-", dir=self.scratch))
            stack.enter_context(self.network)
            self._start_resolver()
            self._start_sink()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        # Removing the namespace ends the resolver and the sink, too.
        self._stack.close()
        for process in (self._resolver, self._sink):
            process.wait()

    def relayed(self) -> list[dict]:
        """All that reached the sink so far."""
        record = self._folder / "relayed"
        if not record.exists():
            return []
        return [json.loads(line) for line in record.read_text().splitlines()]

    @contextmanager
    def canary(self, program: str) -> Iterator[Path]:
        """The program's own canary, and a smart host that is slow; gives the key that it was started with."""
        key = self._folder / "canary.key"
        if not key.exists():
            self.run([program, "canary", "--new-key", str(key)], 10)
        listen = [word for address in CANARY.addresses() for word in ("--listen", address)]
        canary = self._start([program, "canary", "--domain", CANARY_DOMAIN, "--hostname", CANARY.name,
                              "--key", str(key), *listen])
        smart_host = self._start_smart_host(SLOW_SECONDS)
        try:
            self._wait_for("tcp", CANARY.ipv4, 25)
            self._wait_for("tcp", SMART_HOST.ipv4, 25)
            yield key
        finally:
            _end(canary, smart_host)

    @contextmanager
    def sink_for_the_canary(self) -> Iterator[None]:
        """When attempts are made again, what would reach the canary is a truth as any other."""
        sink = self._start([PYTHON, str(OUTSIDE / "sink.py"), str(self._folder / "relayed"), *CANARY.addresses()])
        smart_host = self._start_smart_host(0)
        try:
            self._wait_for("tcp", CANARY.ipv4, 25)
            self._wait_for("tcp", SMART_HOST.ipv4, 25)
            yield
        finally:
            _end(sink, smart_host)

    def run(self, command: list[str], timeout: float, text: str | None = None) -> subprocess.CompletedProcess:
        """Runs a command as the client that asks."""
        return subprocess.run(self.network.in_asker(command), input=text, capture_output=True,
                              encoding="utf-8", errors="surrogateescape", timeout=timeout, check=False)

    def _start_resolver(self) -> None:
        configuration = self._folder / "unbound.conf"
        configuration.write_text(unbound_configuration(str(self._folder)))
        self._resolver = self._start(["unbound", "-d", "-c", str(configuration)])
        self._wait_for("udp", RESOLVER.ipv4, 53)

    def _start_smart_host(self, seconds: float) -> subprocess.Popen:
        return self._start([PYTHON, str(OUTSIDE / "smarthost.py"), str(seconds), CANARY.ipv4,
                            *SMART_HOST.addresses()])

    def _start_sink(self) -> None:
        self._sink = self._start([PYTHON, str(OUTSIDE / "sink.py"), str(self._folder / "relayed"),
                                  *SINK.addresses()])
        self._wait_for("tcp", SINK.ipv4, 25)

    def _start(self, command: list[str]) -> subprocess.Popen:
        log = open(self._folder / f"{Path(command[0]).name}.log", "wb")
        return subprocess.Popen(self.network.in_outside(command), stdin=subprocess.DEVNULL,
                                stdout=log, stderr=log, start_new_session=True)

    def _wait_for(self, protocol: str, address: str, port: int) -> None:
        query = ["ss", "-Hln", f"--{protocol}", "src", f"{address}:{port}"]
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.run(query, 10).stdout.strip():
                return
            time.sleep(0.05)
        logs = "".join(path.read_text() for path in self._folder.glob("*.log"))
        raise RuntimeError(f"nothing listens on {address}:{port}: {logs}")


def _end(*processes: subprocess.Popen) -> None:
    """`ip netns exec` becomes the program it runs, so that these are the programs themselves."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(10)

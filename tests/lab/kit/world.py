"""Everything around the server: the network, the DNS, and the sink where relayed mail ends."""
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from kit.addresses import RESOLVER, SINK
from kit.dns import unbound_configuration
from kit.network import Network

OUTSIDE = Path(__file__).resolve().parent.parent / "outside"
PYTHON = "/usr/bin/python3"


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

    def run(self, command: list[str], timeout: float, text: str | None = None) -> subprocess.CompletedProcess:
        """Runs a command as the client that asks."""
        return subprocess.run(self.network.in_asker(command), input=text, capture_output=True,
                              encoding="utf-8", errors="surrogateescape", timeout=timeout, check=False)

    def _start_resolver(self) -> None:
        configuration = self._folder / "unbound.conf"
        configuration.write_text(unbound_configuration(str(self._folder)))
        self._resolver = self._start(["unbound", "-d", "-c", str(configuration)])
        self._wait_for("udp", RESOLVER.ipv4, 53)

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

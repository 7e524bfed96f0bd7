"""The other end of a server's /dev/log: without it, Sendmail says nothing of what it does with the mail."""
import socket
import threading
import time
from pathlib import Path

CATCH_UP_SECONDS = 10.0


class Syslog:
    """Collects what is written to the socket at `path`, until it is closed."""

    def __init__(self, path: Path):
        self.path = path
        self.lines: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        path.chmod(0o666)
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def text(self) -> str:
        return "\n".join(self.lines)

    def catch_up(self) -> None:
        """Returns when all that was written before this call has been collected."""
        mark = f"caught up {len(self.lines)} {time.monotonic_ns()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as writer:
            writer.sendto(mark.encode(), str(self.path))
        deadline = time.monotonic() + CATCH_UP_SECONDS
        while mark not in self.lines[-50:] and time.monotonic() < deadline:
            time.sleep(0.001)

    def close(self) -> None:
        # Closing alone does not wake a thread that waits in recv.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _collect(self) -> None:
        while line := self._socket.recv(65536):
            self.lines.append(line.decode("utf-8", "replace").rstrip("\0\n"))

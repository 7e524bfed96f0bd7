"""The least of a Dovecot authentication server: smtpd offers AUTH only if one answers. It lets nobody in."""
import os
import socket
import threading
from pathlib import Path


class Authority:
    """Listens on the socket of `smtpd_sasl_path` until its block ends."""

    def __init__(self, path: Path):
        self._path = path

    def __enter__(self) -> "Authority":
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(self._path))
        os.chmod(self._path, 0o666)
        self._socket.listen(16)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=_greet, args=(connection,), daemon=True).start()


def _greet(connection: socket.socket) -> None:
    with connection:
        try:
            connection.sendall(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\tlab\nDONE\n")
            while data := connection.recv(4096):
                for line in data.decode("latin-1").splitlines():
                    if line.startswith("AUTH\t"):
                        connection.sendall(f"FAIL\t{line.split(chr(9))[1]}\n".encode())
        except OSError:
            return

"""The lab to oneself: one run at a time, and nothing of it left afterwards."""
import fcntl
import shutil
import signal
from pathlib import Path

from kit.network import remove_stale_namespaces
from kit.root import cache_folder


class Alone:
    """Gives a scratch folder, and clears it and every namespace away: before, after a killed run; and after."""

    def __enter__(self) -> Path:
        cache_folder().mkdir(parents=True, exist_ok=True)
        self._lock = open(cache_folder() / "lock", "w", encoding="utf-8")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        self._scratch = cache_folder() / "scratch"
        self._clear()
        self._scratch.mkdir()
        return self._scratch

    def __exit__(self, *_: object) -> None:
        self._clear()
        self._lock.close()

    def _clear(self) -> None:
        remove_stale_namespaces()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _stop(number: int, _: object) -> None:
    # A second Ctrl-C must not interrupt the clearing away.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)

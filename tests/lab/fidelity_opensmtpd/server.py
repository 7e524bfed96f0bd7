"""A machine whose smtpd is started anew for each configuration."""
import shutil
from pathlib import Path

from fidelity.daemon import Daemon, Files


class Server(Daemon):
    files = Files("opensmtpd", (Path(__file__).parent / "start").read_text())

    def start(self, folder: Path, delivers: bool = True) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is. If it does not deliver, all mail stays
        in the queue, where each envelope says what is going to become of it."""
        self.renew()
        shutil.rmtree(self.file("var/spool/smtpd"), ignore_errors=True)
        self.file("var/spool/smtpd").mkdir(mode=0o711)
        shutil.copytree(folder / "etc", self.file("etc"), dirs_exist_ok=True)
        self._words = self._folder / "smtpd.log"
        with open(self._words, "wb") as log:
            self.launch("/usr/sbin/smtpd", "-d", "-v", *([] if delivers else ["-P", "mta", "-P", "mda"]), log=log)

    def complaint(self) -> str:
        return self.log().strip()[-300:] if self.has_ended() else ""

    def envelopes(self) -> dict[str, list[dict[str, str]]]:
        """What the queue holds, by message."""
        found: dict[str, list[dict[str, str]]] = {}
        for path in self.file("var/spool/smtpd/queue").glob("*/*/*"):
            if len(path.name) == 16:
                lines = path.read_text(errors="replace").splitlines()
                found.setdefault(path.parent.name, []).append(dict(line.split(": ", 1) for line in lines if ": " in line))
        return found

    def log(self) -> str:
        return self._words.read_text(errors="replace")

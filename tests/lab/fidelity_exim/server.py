"""A machine whose Exim is started anew for each configuration."""
import os
import shutil
from pathlib import Path

from fidelity.daemon import Daemon, Files

LOG = "var/log/exim4/mainlog"
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


class EximServer(Daemon):
    files = Files("exim", START)

    def start(self, folder: Path) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is."""
        self.renew()
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
        self.launch("/bin/sh", "-c", "exim4 -bdf & exec sleep 86400")

    def complaint(self) -> str:
        """What Exim says when it does not start."""
        found = [line for line in self.console().splitlines() if "xim" in line and ("error" in line or "rror" in line)]
        return found[0] if found else ""

    def deliver(self) -> None:
        """Hands on or delivers what is in the queue, once; what is frozen stays."""
        self.run("exim4", "-q")

    def log_lines(self) -> list[str]:
        path = self.file(LOG)
        return path.read_text(errors="replace").splitlines() if path.exists() else []

"""A machine whose Postfix is started anew for each configuration: from nothing to greeting in some 50 ms."""
import os
import re
import shutil
from pathlib import Path

from fidelity.daemon import Daemon, Files

SETTINGS = "etc/postfix"
# Brought by the package, not by a configuration.
KEPT = {"dynamicmaps.cf", "dynamicmaps.cf.d", "post-install", "postfix-files", "postfix-files.d", "postfix-script",
        "sasl", "makedefs.out"}
# The one difference between the folder that the program reads and the one that runs: each smtpd may be
# told for whom the lab speaks. Were it in the folder, everybody could say so, and the program would say that.
XCLIENT = "  -o smtpd_authorized_xclient_hosts=static:all\n"
QUEUES = ("incoming", "active", "maildrop")
ALL_QUEUES = (*QUEUES, "deferred", "defer", "hold", "bounce", "corrupt", "trace", "saved", "flush")
LONG_AGO = 1577836800  # a main.cf that changed just now is read again and again for two seconds


class Server(Daemon):
    files = Files("postfix", (Path(__file__).parent / "start").read_text())

    def start(self, folder: Path) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is."""
        self.renew()
        self._clear_queue()
        maps = self._place(folder)
        script = "".join(f"{command} {' '.join(found)}\n" for command, found in maps.items() if found)
        self.launch("/bin/sh", "-c", script + "/usr/lib/postfix/sbin/master -d & exec sleep 86400")

    def is_busy(self) -> bool:
        return any(entry for queue in QUEUES for entry in os.scandir(self._spool / queue))

    def held(self) -> set[str]:
        return {entry.name for entry in os.scandir(self._spool / "hold")}

    def _clear_queue(self) -> None:
        for queue in ALL_QUEUES:
            for where, _, files in os.walk(self._spool / queue):
                for name in files:
                    os.unlink(os.path.join(where, name))

    def _place(self, folder: Path) -> dict[str, list[str]]:
        """Copies the files, and says which tables have to be indexed with what."""
        settings = self.file(SETTINGS)
        for entry in settings.iterdir():
            if entry.name not in KEPT:
                entry.unlink() if not entry.is_dir() else shutil.rmtree(entry)
        for source in (folder / SETTINGS).iterdir():
            text = source.read_bytes()
            if source.name == "master.cf":
                text = with_xclient(text.decode()).encode()
            target = settings / source.name
            target.write_bytes(text)
            os.utime(target, (LONG_AGO, LONG_AGO))
        shutil.copyfile(folder / "etc/aliases", self.file("etc/aliases"))
        return tables_to_index(settings / "main.cf", settings / "master.cf", settings)

    @property
    def _spool(self) -> Path:
        return self.file("var/spool/postfix")


def with_xclient(master: str) -> str:
    """The same services, whose smtpd believe what XCLIENT says."""
    lines = []
    for line in master.splitlines(keepends=True):
        lines.append(line)
        words = line.split()
        if len(words) >= 8 and not line[0].isspace() and words[1] == "inet" and words[7] == "smtpd":
            lines.append(XCLIENT)
    return "".join(lines)


def tables_to_index(main: Path, master: Path, settings: Path) -> dict[str, list[str]]:
    """By the command that does it: every hash and btree table that is named and has a source."""
    found: dict[str, list[str]] = {"postmap": [], "postalias": []}
    for kind, path in re.findall(r"\b(hash|btree):([^\s,}]+)", main.read_text() + master.read_text()):
        name = path.rsplit("/", 1)[-1]
        command = "postalias" if name.startswith("aliases") else "postmap"
        entry = f"{kind}:/{SETTINGS}/{name}"
        if (settings / name).is_file() and entry not in found[command]:
            found[command].append(entry)
    return found

"""A machine whose Sendmail is started anew for each configuration."""
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fidelity import certificates
from fidelity.server import Server
from kit.machine import Machine
from kit.world import World

SETTLE_SECONDS = 30.0
START = """set -e
hostname "$(cat /etc/hostname)"
echo 1 > /proc/sys/net/ipv6/bindv6only
install -d -o smmta -g smmsp -m 2755 /var/run/sendmail /var/run/sendmail/mta
mount -t tmpfs spool /var/spool/mqueue
chown smmta:smmsp /var/spool/mqueue
chmod 2750 /var/spool/mqueue
mkdir -p /etc/mail/m4
: >> /etc/mail/m4/dialup.m4
: >> /etc/mail/m4/provider.m4
cat > /usr/sbin/sensible-mda <<'MDA'
#!/bin/sh
exec cat > /dev/null
MDA
cp /usr/sbin/sensible-mda /usr/bin/procmail
chmod 755 /usr/sbin/sensible-mda /usr/bin/procmail
chmod 600 /etc/ssl/lab/server.key
touch /ready
while :; do sleep 3600; done
"""
# What of the package's folder a configuration does not bring.
KEPT = {"m4", "smrsh", "tls", "sasl", "peers", "helpfile", "address.resolve", "service.switch", "service.switch-nodns"}
# Nothing may hang on how busy this machine is, on the status of hosts that a delivery at the same time writes, or on
# what an unknown client's ident service says.
MAKE = """cd /etc/mail
m4 sendmail.mc > made || exit 0
sed -e '/^O HostStatusDirectory/d' -e '$ a O QueueLA=10000' -e '$ a O RefuseLA=10000' -e '$ a O DelayLA=0' \
    -e '$ a O Timeout.ident=0' made > sendmail.cf
rm made
for table in access virtusertable mailertable domaintable; do
    for kind in hash btree; do
        if [ -f $table ] && grep -q "$kind .*/$table" sendmail.cf; then /usr/libexec/sendmail/makemap $kind $table < $table; fi
    done
done
/usr/libexec/sendmail/sendmail -bi -C/etc/mail/sendmail.cf > /dev/null
"""
RUN = "(/usr/libexec/sendmail/sendmail -bD -C/etc/mail/sendmail.cf; echo sendmail has ended) & exec sleep 86400"


@dataclass(frozen=True)
class _Files:
    """What kit.machine wants to know of an MTA."""
    name: str = "sendmail"
    listeners: int = 0
    logs: tuple[str, ...] = ()
    start: str = START


class SendmailServer(Server):
    """Runs one configuration after the other."""

    def __init__(self, world: World, root: Path, shown: Path):
        Machine.__init__(self, world, root, _Files(), [], [], [])
        self._instance: subprocess.Popen | None = None
        self._shown = shown

    def _stage(self, stage: Path) -> None:
        Machine._stage(self, stage)
        inside = stage / certificates.INSIDE
        inside.mkdir(parents=True)
        for name in ("ca.pem", "server.pem", "server.key"):
            shutil.copy(self._shown / name, inside)
            (inside / name).chmod(0o600 if name.endswith("key") else 0o644)

    def start(self, folder: Path) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is; its sendmail.cf is made there."""
        self.stop()
        spool = self.file("var/spool/mqueue")
        for left in spool.iterdir():
            left.unlink()
        settings = self.file("etc/mail")
        for old in settings.iterdir():
            if old.name not in KEPT:
                old.unlink()
        for source in (folder / "etc/mail").iterdir():
            shutil.copyfile(source, settings / source.name)
        self._log_begin = len(self._syslog.lines)
        self._console_begin = (self._folder / "console").stat().st_size
        self._log.write(self.run("/bin/sh", "-c", MAKE).encode())
        self._log.flush()
        if (settings / "sendmail.cf").exists():
            shutil.copyfile(settings / "sendmail.cf", folder / "etc/mail/sendmail.cf")
        inside = ["nsenter", "-t", str(self._pid), "-a", "-r", "-w", "unshare", "--pid", "--fork", "--kill-child",
                  "/bin/sh", "-c", RUN]
        self._instance = subprocess.Popen(inside, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
                                          start_new_session=True)

    def complaint(self) -> str:
        """What Sendmail said when it did not start."""
        text = (self._folder / "console").read_bytes()[self._console_begin:].decode(errors="replace")
        return text if "sendmail has ended" in text else ""

    def deliver(self) -> None:
        """Sendmail delivers as it takes mail; what it put off is tried once more."""

    def settle(self) -> bool:
        """Waits until nothing but the daemon runs."""
        deadline, quiet = time.monotonic() + SETTLE_SECONDS, 0
        while time.monotonic() < deadline:
            quiet = quiet + 1 if len(self.run("pgrep", "-x", "-r", "R,S,D", "sendmail").split()) <= 1 else 0
            if quiet == 2:
                return True
            time.sleep(0.02)
        return False

    def log_lines(self) -> list[str]:
        return self.all_words()

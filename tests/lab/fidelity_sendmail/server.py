"""A machine whose Sendmail is started anew for each configuration."""
import shutil
from pathlib import Path

from fidelity.daemon import Daemon, Files

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


class SendmailServer(Daemon):
    files = Files("sendmail", START)
    key_mode = 0o600

    def start(self, folder: Path) -> None:
        """Runs the configuration below `folder`, which is laid out as `/` is; its sendmail.cf is made there."""
        self.renew()
        spool = self.file("var/spool/mqueue")
        for left in spool.iterdir():
            left.unlink()
        settings = self.file("etc/mail")
        for old in settings.iterdir():
            if old.name not in KEPT:
                old.unlink()
        for source in (folder / "etc/mail").iterdir():
            shutil.copyfile(source, settings / source.name)
        self._log.write(self.run("/bin/sh", "-c", MAKE).encode())
        self._log.flush()
        if (settings / "sendmail.cf").exists():
            shutil.copyfile(settings / "sendmail.cf", folder / "etc/mail/sendmail.cf")
        self.launch("/bin/sh", "-c", RUN)

    def complaint(self) -> str:
        """What Sendmail said when it did not start."""
        text = self.console()
        return text if "sendmail has ended" in text else ""

    def settle(self) -> bool:
        """Sendmail delivers as it takes mail: waits until it has."""
        return self.wait_for_only("sendmail")

    def log_lines(self) -> list[str]:
        return self.all_words()

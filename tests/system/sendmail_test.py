"""audit and explain on small configurations of Sendmail; what they really do was measured on 8.17."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
SOURCE = Path(__file__).resolve().parents[2]
CF = Path(os.environ.get("RELAYPROOF_SENDMAIL_CF", "/usr/share/sendmail/cf"))
HOST = ("--hostname", "mail.example.com", "--interface", "192.0.2.25/24", "--interface", "2001:db8:25::25/64")
HEAD = ("include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\nOSTYPE(`debian')dnl\nFEATURE(`no_default_msa')dnl\n"
        "DAEMON_OPTIONS(`Family=inet6, Name=MTA-v6, Port=smtp')dnl\nDAEMON_OPTIONS(`Family=inet, Name=MTA-v4, Port=smtp')dnl\n"
        "FEATURE(`use_cw_file')dnl\n")
ACCESS = "FEATURE(`access_db', , `skip')dnl\n"
TAIL = "MAILER(`local')dnl\nMAILER(`smtp')dnl\n"
OWN = "localhost.localdomain RELAY\n127.0.0.1 RELAY\n192.168.1 RELAY\nALL REJECT\n"

# Lines, access map, what is said: verdict, findings.
KNOWN = {
    "a network of one's own": (ACCESS, OWN, "closed", {"RP1603", "RP2010"}),
    "the gate taken out": ("FEATURE(`promiscuous_relay')dnl\n", "", "open", {"RP2001", "RP2600"}),
    "behind a hash": ("# FEATURE(`promiscuous_relay')\n", "", "open", {"RP1600", "RP2001", "RP2600"}),
    "whoever claims a sender of ours": ("FEATURE(`relay_local_from')dnl\n", "", "open", {"RP2001", "RP2601"}),
    "a whole first octet": (ACCESS, "Connect:203 RELAY\n", "open", {"RP2001", "RP2602"}),
    "a small network": (ACCESS, "Connect:203.0.113 RELAY\n", "scoped", set()),
    "a prefix length": (ACCESS, "Connect:0.0.0.0/0 RELAY\n", "closed", {"RP1601"}),
    "an access map elsewhere": ("FEATURE(`access_db', `LDAP')dnl\n", "", "undecided", set()),
}


def ran(command, files, *words):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"local-host-names": "example.com\n", **files}.items():
            Path(folder, name).write_text(text)
        return subprocess.run([PROGRAM, command, folder, *HOST, *words], capture_output=True, text=True, timeout=120)


def audit(files):
    done = ran("audit", files, "--format", "json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


class Audits(unittest.TestCase):
    def test_known_configurations_are_judged_as_they_behave(self):
        for name, (lines, access, verdict, codes) in KNOWN.items():
            with self.subTest(name):
                _, found = audit({"sendmail.mc": HEAD + lines + TAIL, "access": access})
                self.assertEqual((found["mta"], found["verdict"]), ("sendmail", verdict), found)
                self.assertLessEqual(codes, {each["code"] for each in found["findings"]})
                self.assertEqual(complaints(found), [])

    def test_a_network_of_ones_own_ends_with_exit_status_0(self):
        status, _ = audit({"sendmail.mc": HEAD + ACCESS + TAIL, "access": OWN})
        self.assertEqual(status, 0)

    def test_configurations_of_the_lab_are_what_the_lab_measured(self):
        expected = {"access-to": "closed", "based-on-mx": "open", "closed": "closed", "open-access-to-asked": "closed",
                    "open-local-from": "open", "open-promiscuous": "open", "open-wide-octets": "open"}
        for name, verdict in expected.items():
            with self.subTest(name):
                files = {path.name: path.read_text() for path in (SOURCE / "tests/lab/cases/sendmail" / name).iterdir()
                         if path.name in ("sendmail.mc", "access")}
                # The lab's access map has its own rows, unless the case brings them.
                files.setdefault("access", "Connect:127 RELAY\n")
                self.assertEqual(audit(files)[1]["verdict"], verdict)

    @unittest.skipUnless(CF.joinpath("m4/cf.m4").exists() and shutil.which("m4"), "needs sendmail-cf and m4")
    def test_what_m4_makes_of_it_is_judged_alike(self):
        for name, (lines, access, verdict, _) in KNOWN.items():
            with self.subTest(name):
                mc = (HEAD + lines + TAIL).replace("/usr/share/sendmail/cf", str(CF)).replace("`debian'", "`linux'")
                made = subprocess.run(["m4", f"-D_CF_DIR_={CF}/", "-"], input=mc, capture_output=True, text=True, check=True)
                _, found = audit({"sendmail.cf": made.stdout, "access": access})
                self.assertEqual((found["mta"], found["verdict"]), ("sendmail", verdict), found)

    def test_explain_names_the_row(self):
        files = {"sendmail.mc": HEAD + ACCESS + TAIL, "access": OWN}
        done = ran("explain", files, "--client", "192.168.1.77", "--from", "<>", "--to", "a@example.net", "--format", "json")
        found = json.loads(done.stdout)
        self.assertEqual((found["reply"], found["fate"], found["relay"]), ("accept", "handed-on", True))
        self.assertIn(("access", 3, "permit"), [((step["file"] or "").rsplit("/", 1)[-1], step["line"], step["result"])
                                                for step in found["trace"]])


if __name__ == "__main__":
    unittest.main()

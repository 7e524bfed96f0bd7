"""audit and fix of scripts that make a Postfix configuration."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")

OPEN = "#!/bin/sh\npostconf -e 'mynetworks = 0.0.0.0/0'\n"
GUARDED = "if [ -f /x ]; then\n  postconf -e mynetworks=0.0.0.0/0\nfi\n"
HIDDEN = "postconf -e \"mynetworks=$NETS\"\n"
GATE = "postconf -e 'smtpd_relay_restrictions = reject_unauth_destination'\n"


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60)


class ScriptsTest(unittest.TestCase):
    def script(self, text, name="run.sh"):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / name
        path.write_text(text)
        return str(path)

    def test_what_a_script_opens_is_open_and_what_it_closes_is_not_closed(self):
        for text, options, verdict, status in (
                (OPEN, (), "open", 2),
                (OPEN + GATE, (), "undecided", 3),
                (GUARDED, (), "undecided", 3),
                (OPEN + "if [ -f /x ]; then " + GATE.strip() + "; fi\n", (), "undecided", 3),
                (HIDDEN, (), "undecided", 3),
                (HIDDEN, ("--env", "NETS=0.0.0.0/0"), "open", 2),
                ("cat > /etc/postfix/main.cf <<EOF\ncompatibility_level = 3.6\nEOF\n", (), "closed", 0),
                ("cat > /etc/postfix/main.cf <<EOF\nrelay_domains = ${D:-}\nEOF\n", (), "undecided", 3)):
            path = self.script(text)
            for place in (path, str(Path(path).parent)):
                with self.subTest(script=text, place=place):
                    ran = run("audit", place, "--format", "json", *options)
                    self.assertEqual((json.loads(ran.stdout)["verdict"], ran.returncode), (verdict, status), ran.stderr)

    def test_the_line_of_the_script_is_to_blame(self):
        ran = run("audit", self.script(OPEN))
        self.assertIn("because   run.sh:2    0.0.0.0/0   trusts all of IPv4", ran.stdout)
        self.assertIn("relayproof audit --container NAME", " ".join(ran.stdout.split()))

    def test_a_condition_is_named(self):
        ran = run("audit", self.script(GUARDED))
        self.assertIn("run.sh:1 if [ -f /x ]; then strangers may relay if this is done: mynetworks=0.0.0.0/0",
                      " ".join(ran.stdout.split()))

    def test_fix_names_the_line_and_writes_nothing(self):
        path = self.script(OPEN)
        for words in (("fix", path), ("fix", path, "--apply")):
            ran = run(*words)
            self.assertEqual((ran.returncode, ran.stdout), (2, ""))
            self.assertIn("edit it by hand, at run.sh:2", " ".join(ran.stderr.split()))
        self.assertEqual(Path(path).read_text(), OPEN)


if __name__ == "__main__":
    unittest.main()

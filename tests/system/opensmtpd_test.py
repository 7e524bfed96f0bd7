"""audit and explain, as their users run them, on small configurations of OpenSMTPD."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
HOST = ("--hostname", "mail.example.com", "--interface", "192.0.2.25/24")
HEAD = 'listen on 0.0.0.0\nlisten on ::\naction "local" mbox\naction "relay" relay\n'
DKIM = 'listen on lo port 10028 tag DKIM_OUT\naction "relay_dkim" relay host smtp://127.0.0.1:10027\n'
TLS = 'pki x cert "/c"\npki x key "/k"\n'
OWN = 'match from any for domain "example.com" action "local"\n'

# What each configuration really does, and what is said of it: verdict, exit status.
KNOWN = {
    "a rule as it is often printed": (HEAD + "match from any for any relay\n", "undecided", 3),
    "anybody to anywhere": (HEAD + 'match from any for any action "relay"\n', "open", 2),
    "anybody to anywhere by way of a signer": (
        HEAD + DKIM + 'match tag DKIM_OUT for any action "relay"\nmatch from any for any action "relay_dkim"\n', "open", 2),
    "local to anywhere, anybody to own domains, users to anywhere": (
        TLS + HEAD + "listen on 0.0.0.0 port 587 tls-require pki x auth\n" + OWN
        + 'match from local for any action "relay"\nmatch from any auth for any action "relay"\n', "closed", 0),
    "the default of from": (HEAD + OWN + 'match for any action "relay"\n', "closed", 0),
    "everything is delivered here": (HEAD + 'match from any for any action "local"\n', "closed", 0),
    "a tag that only loopback has": (HEAD + DKIM + OWN + 'match tag DKIM_OUT from any for any action "relay"\n', "closed", 0),
    "a name that nobody confirms": (HEAD + OWN + 'match from rdns "mx.example.com" for any action "relay"\n', "open", 2),
    "a sender that anybody can claim": (HEAD + OWN + 'match from mail-from "@example.com" for any action "relay"\n', "open", 2),
    "rules behind match tls": (TLS + HEAD + OWN + 'match from any tls for any action "local"\n'
                               'match from any for any action "relay"\n', "closed", None),
    "the old words for anybody": ("listen on 0.0.0.0\naccept from any for any relay\n", "open", 2),
    "the old words for local clients": ('listen on 0.0.0.0\naccept from any for domain "example.com" deliver to mbox\n'
                                        "accept for any relay\n", "closed", 0),
    "no rules at all": ("listen on 0.0.0.0\n", "undecided", 3),
    "a mistake, and only loopback": ("listen on lo\nmatch from any for any relay\n", "undecided", 3),
}


def run(*words, stdin=None):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, input=stdin, timeout=60, check=False)


class Folder:
    """A configuration folder in a temporary place."""

    def __init__(self, text, **more):
        self.place = tempfile.TemporaryDirectory()
        self.path = Path(self.place.name)
        for name, content in {"smtpd.conf": text, **more}.items():
            (self.path / name).write_text(content)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.cleanup()

    def audit(self, *words):
        ran = run("audit", str(self.path), *HOST, "--format", "json", *words)
        return ran, json.loads(ran.stdout) if ran.stdout else None


class Audit(unittest.TestCase):
    def test_known_configurations_are_judged_by_what_they_really_do(self):
        for name, (text, verdict, status) in KNOWN.items():
            with self.subTest(name), Folder(text) as folder:
                ran, audit = folder.audit()
                self.assertEqual(audit["verdict"], verdict, ran.stdout)
                self.assertEqual(audit["mta"], "opensmtpd")
                self.assertEqual(complaints(audit), [])
                if status is not None:
                    self.assertEqual(ran.returncode, status, audit["findings"])

    def test_the_open_line_is_named(self):
        with Folder(HEAD + OWN + 'match from any for any action "relay"\n') as folder:
            _, audit = folder.audit()
            causes = [(cause["file"], cause["line"], cause["text"]) for listener in audit["listeners"]
                      for exposure in listener["exposures"] for cause in exposure["because"]]
            self.assertIn((str(folder.path / "smtpd.conf"), 6, 'match from any for any action "relay"'), causes)

    def test_what_is_meant_is_told_where_smtpd_does_not_start(self):
        with Folder(HEAD + "match from any for any relay\n") as folder:
            _, audit = folder.audit()
            self.assertFalse(audit["runs"])
            says = " ".join(finding["says"] for finding in audit["findings"])
            self.assertIn("smtpd.conf:5: syntax error", says)
            self.assertIn("it would be an open relay", says)

    def test_the_network_that_relays_is_told_exactly(self):
        with Folder(HEAD + 'match from src <nets> for any action "relay"\n'.replace("match", "table nets file:/etc/mail/nets\nmatch"),
                    nets="198.51.100.0/24\n203.0.113.7\n") as folder:
            _, audit = folder.audit()
            listener = next(each for each in audit["listeners"] if each["addresses"] == ["0.0.0.0"])
            self.assertEqual(listener["relay_without_auth"]["ipv4"], ["198.51.100.0/24", "203.0.113.7/32"])
            self.assertEqual(audit["verdict"], "scoped")

    def test_standard_input_is_known_by_its_content(self):
        ran = run("audit", "-", *HOST, "--format", "json", stdin=HEAD + 'match from any for any action "relay"\n')
        self.assertEqual(json.loads(ran.stdout)["mta"], "opensmtpd")
        self.assertEqual(ran.returncode, 2)

    def test_a_file_of_cyrus_sasl_with_the_same_name_is_not_taken_for_one(self):
        with Folder("pwcheck_method: saslauthd\nmech_list: plain login\n") as folder:
            self.assertEqual(folder.audit()[0].returncode, 3)
            self.assertIn("no configuration", folder.audit()[0].stderr)


class Explain(unittest.TestCase):
    def test_the_deciding_rule_is_named(self):
        with Folder(HEAD + OWN + 'match from local for any action "relay"\n') as folder:
            words = ["--from", "a@example.org", "--to", "b@example.net", "--helo", "x.example.org", "--format", "json"]
            refused = json.loads(run("explain", str(folder.path), *HOST, "--client", "203.0.113.9", *words).stdout)
            self.assertEqual((refused["reply"], refused["code"], refused["relay"]), ("reject", 550, False))
            taken = json.loads(run("explain", str(folder.path), *HOST, "--client", "127.0.0.1", *words).stdout)
            self.assertEqual((taken["reply"], taken["fate"], taken["to"]), ("accept", "handed-on", "b@example.net"))
            self.assertIn('match from local for any action "relay"', [step["text"] for step in taken["trace"]])


if __name__ == "__main__":
    unittest.main()

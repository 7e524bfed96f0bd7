"""audit and explain on small configurations of Exim, Debian's answers among them."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
HOST = ("--hostname", "mail.example.com", "--interface", "192.0.2.25/24", "--mta-version", "4.96")
HEAD = ("primary_hostname = mail.example.com\nqualify_domain = example.com\ndomainlist local_domains = example.com : @\n"
        "domainlist relay_to_domains =\nhostlist relay_from_hosts = <; 127.0.0.1 ; ::1\nacl_smtp_rcpt = rcpt\nbegin acl\nrcpt:\n")
GATE = ("  accept hosts = +relay_from_hosts\n  accept authenticated = *\n"
        "  require message = relay not permitted\n    domains = +local_domains : +relay_to_domains\n"
        "  require verify = recipient\n  accept\n")
TAIL = ("begin routers\nout:\n  driver = dnslookup\n  domains = ! +local_domains\n  transport = smtp\n  no_more\n"
        "users:\n  driver = accept\n  transport = local\n"
        "begin transports\nsmtp:\n  driver = smtp\nlocal:\n  driver = appendfile\n  file = /var/mail/all\n")
ANSWERS = ("dc_eximconfig_configtype='{type}'\ndc_other_hostnames='example.com'\ndc_local_interfaces='{interfaces}'\n"
           "dc_readhost=''\ndc_relay_domains='{domains}'\ndc_minimaldns='false'\ndc_relay_nets='{nets}'\n"
           "dc_smarthost=''\nCFILEMODE='644'\ndc_use_split_config='false'\ndc_hide_mailname=''\n"
           "dc_mailname_in_oh='true'\ndc_localdelivery='mail_spool'\n")


def answers(type="internet", interfaces="", domains="", nets=""):
    return ANSWERS.format(type=type, interfaces=interfaces, domains=domains, nets=nets)


def ran(command, files, *words, stdin=None):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return subprocess.run([PROGRAM, command, folder, *HOST, *words], capture_output=True, text=True, input=stdin, timeout=120)


def audit(files):
    done = ran("audit", files, "--format", "json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


LONE_DENY = "  deny message = Relaying denied\n    !hosts = : +relay_from_hosts\n    domains = !+local_domains\n"
PERCENT = ("begin routers\nhack:\n  driver = redirect\n  domains = +local_domains\n  local_parts = ^[^%]+%[^%]+\\$\n"
           "  data = ${sg{$local_part}{%}{@}}\n")

# What each really does (measured on Exim 4.96), and what is said of it: verdict, findings.
KNOWN = {
    "the usual ACL": (HEAD + GATE + TAIL, "closed", set()),
    "a bare accept": (HEAD + "  accept\n" + TAIL, "open", {"RP2001"}),
    "whoever claims a sender of ours": (HEAD + "  accept sender_domains = +local_domains\n" + GATE + TAIL, "open", {"RP2001"}),
    "a lone deny": (HEAD + LONE_DENY + TAIL, "closed", {"RP2501"}),
    "a lone deny, and accept": (HEAD + LONE_DENY + "  accept\n" + TAIL, "closed", {"RP2502", "RP2503"}),
    "the percent hack": ("percent_hack_domains = *\n" + HEAD + GATE + TAIL, "closed", set()),
    "a router that does the same": (HEAD + GATE + PERCENT + TAIL.removeprefix("begin routers\n"), "open", {"RP2001"}),
    "a rewriting rule that does the same":
        (HEAD + GATE + TAIL + "begin rewrite\n\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2\n", "open", {"RP2001"}),
    "a rewriting rule that forwards": (HEAD + GATE + TAIL + "begin rewrite\n*@example.com $1@example.net\n", "closed", set()),
    "no ACL at RCPT": (HEAD.replace("acl_smtp_rcpt = rcpt\n", "") + "  accept\n" + TAIL, "closed", {"RP2500"}),
    "a syntax error": (HEAD + "  permit hosts = *\n" + TAIL, "undecided", set()),
}
DEBIAN = {
    "Debian's answers for an internet site": (answers(), "closed"),
    "a network may relay": (answers(nets="198.51.100.0/24"), "scoped"),
    "everybody may relay": (answers(nets="0.0.0.0/0 ; ::/0"), "open"),
    "on loopback only": (answers(interfaces="127.0.0.1 ; ::1", nets="0.0.0.0/0"), "closed"),
    "local mail only": (answers(type="local"), "closed"),
}


class Audits(unittest.TestCase):
    def test_known_configurations_are_judged_as_they_behave(self):
        for name, (text, verdict, codes) in KNOWN.items():
            with self.subTest(name):
                _, found = audit({"exim4.conf": text})
                self.assertEqual((found["mta"], found["verdict"]), ("exim", verdict))
                self.assertLessEqual(codes, {finding["code"] for finding in found["findings"]})
                self.assertEqual(complaints(found), [])

    def test_debians_answers_are_expanded(self):
        for name, (text, verdict) in DEBIAN.items():
            with self.subTest(name):
                _, found = audit({"update-exim4.conf.conf": text})
                self.assertEqual((found["mta"], found["verdict"]), ("exim", verdict), found)

    def test_a_template_beside_the_answers_is_the_one_that_counts(self):
        template = ("UPEX4CmacrosUPEX4C = 1\ndomainlist local_domains = MAIN_LOCAL_DOMAINS\nacl_smtp_rcpt = rcpt\n"
                    "begin acl\nrcpt:\n  accept\n" + TAIL)
        _, found = audit({"update-exim4.conf.conf": answers(), "exim4.conf.template": template})
        self.assertEqual(found["verdict"], "open")

    def test_the_answer_is_blamed_and_not_what_was_made_of_it(self):
        _, found = audit({"update-exim4.conf.conf": answers(nets="0.0.0.0/0 ; ::/0")})
        causes = [cause["file"] for listener in found["listeners"] for each in listener["exposures"] for cause in each["because"]]
        self.assertTrue(causes)

    def test_a_recommended_configuration_ends_with_status_0(self):
        status, found = audit({"exim4.conf": HEAD + GATE + TAIL})
        self.assertEqual(status, 0, found["findings"])

    def test_a_file_is_known_by_its_content(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "mail.conf")
            path.write_text(HEAD + GATE + TAIL)
            done = subprocess.run([PROGRAM, "audit", str(path), *HOST, "--format", "json"], capture_output=True, text=True,
                                  timeout=120)
        self.assertEqual(json.loads(done.stdout)["mta"], "exim")


class Explains(unittest.TestCase):
    def test_the_statement_that_decides_is_shown(self):
        done = ran("explain", {"exim4.conf": HEAD + GATE + TAIL}, "--client", "203.0.113.9", "--from", "a@example.org",
                   "--to", "x@example.net", "--helo", "probe.example", "--format", "json")
        found = json.loads(done.stdout)
        self.assertEqual((found["reply"], found["code"], found["relay"]), ("reject", 550, False))
        self.assertIn("require", found["trace"][-1]["text"])


if __name__ == "__main__":
    unittest.main()

"""audit, explain, diff and finding, as their users run them, on small Postfix configurations."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
MASTER = "smtp inet n - y - - smtpd\n"
BASE = "compatibility_level = 3.6\nmyhostname = mail.example.com\nmydestination = example.com\ninet_interfaces = all\n"
NETWORKS = "mynetworks = 127.0.0.0/8\n"
GATE = "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
HOST = ("--hostname", "mail.example.com", "--interface", "192.0.2.25/24", "--mta-version", "3.7")


def run(*words, stdin=None, timeout=60):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, input=stdin, timeout=timeout)


class Folder:
    """A configuration folder in a temporary place."""

    def __init__(self, main, master=MASTER, **more):
        self.place = tempfile.TemporaryDirectory()
        self.path = Path(self.place.name)
        for name, text in {"main.cf": main, "master.cf": master, **more}.items():
            if text is not None:
                (self.path / name).write_text(text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.cleanup()

    def audit(self, *words):
        ran = run("audit", str(self.path), *HOST, "--format", "json", *words)
        return ran, json.loads(ran.stdout) if ran.stdout else None


# What each configuration really does (measured on Postfix 3.7), and what is said of it.
KNOWN = {
    "every IPv4 client is trusted": (BASE + GATE + "mynetworks = 0.0.0.0/0\n", "open", 2),
    "every IPv6 client is trusted": (BASE + GATE + "mynetworks = [::]/0\n", "open", 2),
    "a permit ends only its own list": (
        BASE + NETWORKS + GATE + "smtpd_client_restrictions = permit\nsmtpd_sender_restrictions = permit\n", "closed", 0),
    "no list ends in a reject": (
        BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks\nsmtpd_recipient_restrictions =\n", "undecided", 3),
    "the recipient list has the gate": (
        BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks\n"
        "smtpd_recipient_restrictions = reject_unauth_destination\n", "closed", None),
    "a permit alone": (BASE + NETWORKS + "smtpd_relay_restrictions = permit\n", "undecided", 3),
    "a reject behind a permit does not count": (
        BASE + NETWORKS + "smtpd_relay_restrictions =\n"
        "smtpd_recipient_restrictions = permit_mynetworks, permit, reject_unauth_destination\n", "undecided", 3),
    "every client is permitted by a table before the gate": (
        BASE + NETWORKS + "smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = permit_mynetworks, "
        "check_client_access static:OK, reject_unauth_destination\n", "open", 2),
    "every sender is permitted by a table before the gate": (
        BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks, check_sender_access static:OK, "
        "reject_unauth_destination\n", "open", 2),
    "host bits make every lookup fail": (BASE + GATE + "mynetworks = 127.0.0.1/8\n", "closed", 1),
    "the usual advice": (
        BASE + "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128 192.168.1.0/24\n"
        "smtpd_sasl_auth_enable = yes\nsmtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes\n"
        "smtpd_tls_chain_files = /etc/ssl/mail.pem\n"
        "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
        "smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
        "smtpd_sender_restrictions = reject_unknown_sender_domain, permit_sasl_authenticated, permit_mynetworks\n"
        "smtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_rbl_client zen.example.org\n",
        "closed", 0),
    "Debian's default": (
        "smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)\nbiff = no\nappend_dot_mydomain = no\nreadme_directory = no\n"
        "compatibility_level = 3.6\nsmtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem\n"
        "smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key\nsmtpd_tls_security_level=may\n"
        "smtp_tls_CApath=/etc/ssl/certs\nsmtp_tls_security_level=may\n"
        "smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n"
        "smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination\n"
        "myhostname = mail.example.com\nalias_maps = hash:/etc/aliases\nalias_database = hash:/etc/aliases\n"
        "mydestination = $myhostname, example.com, localhost.example.com, localhost\nrelayhost = \n"
        "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\nmailbox_size_limit = 0\nrecipient_delimiter = +\n"
        "inet_interfaces = all\ninet_protocols = all\n", "closed", 0),
    "a stranger's own confirmed name": (
        BASE + NETWORKS + "smtpd_relay_restrictions = check_client_access pcre:{{/^mail\\./ OK}}, reject_unauth_destination\n",
        "open", 2),
    "a public suffix is no claim": (BASE + NETWORKS + GATE + "relay_domains = com\n", "open", 2),
    "a star is no wildcard": (BASE + NETWORKS + GATE + "relay_domains = *\n", "closed", None),
    "a HELO gate that nobody has to pass": (
        BASE + "mynetworks = 0.0.0.0/0 [::]/0\nsmtpd_helo_restrictions = reject\n" + GATE, "open", 2),
    "a pattern that turns a local part into a domain": (
        BASE + NETWORKS + GATE + "virtual_alias_maps = pcre:{{/^(.+)=(.+)@example\\.com$$/ $$1@$$2}}\n", "open", 2),
    "a header that names the recipient": (
        BASE + NETWORKS + GATE + "header_checks = pcre:{{/^X-To: (.+)$$/ REDIRECT $$1}}\n", "open", 2),
    "a gate at DATA that sees no recipient of several": (
        BASE + "mynetworks = 0.0.0.0/0\nsmtpd_data_restrictions = check_recipient_access static:REJECT\n" + GATE, "open", 2),
    "domains in a database are the owner's word": (
        BASE + NETWORKS + GATE + "virtual_mailbox_domains = mysql:/etc/postfix/domains.cf\n", "closed", None),
    "a policy service decides before the gate": (
        BASE + NETWORKS + "smtpd_relay_restrictions = check_policy_service inet:127.0.0.1:10023, reject_unauth_destination\n",
        "undecided", 3),
    "an unknown word before the gate": (
        BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetwork, reject_unauth_destination\n", "closed", None),
}


class Known(unittest.TestCase):
    def test_configurations_get_the_verdict_that_was_measured(self):
        for name, (main, verdict, status) in KNOWN.items():
            with self.subTest(name), Folder(main) as folder:
                ran, document = folder.audit()
                self.assertIsNotNone(document, ran.stderr)
                self.assertEqual(document["verdict"], verdict, ran.stdout)
                self.assertEqual(complaints(document), [])
                if status is not None:
                    self.assertEqual(ran.returncode, status, json.dumps(document["findings"], indent=1))

    def test_an_exposure_names_the_network_and_the_line(self):
        main = BASE + GATE + "mynetworks = 127.0.0.0/8\n  0.0.0.0/0\n"
        with Folder(main) as folder:
            _, document = folder.audit()
            door = document["listeners"][0]
            self.assertEqual(door["relay_without_auth"]["addresses"], 2**32 - 2**24 - 1)
            cause = door["exposures"][0]["because"][0]
            self.assertEqual((Path(cause["file"]).name, cause["line"]), ("main.cf", 7))
            self.assertIn("0.0.0.0/0", cause["text"])
            witness = door["exposures"][0]["witness"]
            explained = run("explain", str(folder.path), *HOST, "--attempts", "-", stdin=json.dumps(witness))
            answer = json.loads(explained.stdout)
            self.assertEqual(complaints(answer), [])
            self.assertEqual((answer["reply"], answer["relay"], answer["fate"]), ("accept", True, "handed-on"))

    def test_networks_of_the_owner_are_scoped_until_confirmed(self):
        with Folder(BASE + GATE + "mynetworks = 127.0.0.0/8 198.51.100.0/24\n") as folder:
            ran, document = folder.audit()
            self.assertEqual((document["verdict"], ran.returncode), ("scoped", 1))
            ran, document = folder.audit("--trusted", "198.51.100.0/24")
            self.assertEqual((document["verdict"], ran.returncode), ("closed", 0))

    def test_networks_stay_scoped_where_only_the_host_itself_may_name_other_clients(self):
        networks = BASE + GATE + "mynetworks = 127.0.0.0/8 198.51.100.0/24\n"
        for claimers, verdict in (("127.0.0.1", "scoped"), ("127.0.0.1 203.0.113.5", "open")):
            with Folder(networks + f"smtpd_authorized_xclient_hosts = {claimers}\n") as folder, self.subTest(claimers):
                self.assertEqual(folder.audit()[1]["verdict"], verdict)

    def test_output_of_postconf_is_a_configuration_too(self):
        ran = run("audit", "-", *HOST, "--format", "json", stdin=BASE + GATE + "mynetworks = 0.0.0.0/0\n")
        self.assertEqual(ran.returncode, 2, ran.stderr)


class Facts(unittest.TestCase):
    """What the files do not say."""

    def test_without_a_gate_and_a_version_it_was_written_for_an_older_postfix(self):
        old = "myhostname = mail.example.com\nmydestination = example.com\nmynetworks = 127.0.0.0/8\n"
        with Folder(old) as folder:
            ran = run("audit", folder.path, "--format", "json")
            audit = json.loads(ran.stdout)
            self.assertEqual(audit["verdict"], "closed", ran.stdout)
            self.assertIn("2.11 is assumed", run("audit", folder.path).stdout.replace("\n", " "))
        newer = "submission unix-dgram n - n - 1 postlogd\n"
        with Folder(old, MASTER + newer) as folder:
            self.assertEqual(run("audit", folder.path).returncode, 3, "unix-dgram came with 3.4")

    def test_a_list_outside_of_the_files_does_not_hold_all_the_world(self):
        hidden = BASE + GATE + "mynetworks = 0.0.0.0/0\nvirtual_mailbox_domains = mysql:/etc/postfix/domains.cf\n"
        with Folder(hidden) as folder:
            ran, audit = folder.audit()
            self.assertEqual((audit["verdict"], ran.returncode), ("open", 2), ran.stdout)

    def test_a_name_of_ones_own_that_lets_pass_is_a_premise(self):
        gate = ("smtpd_relay_restrictions = permit_mynetworks, check_client_access inline:{{%s}}, "
                "reject_unauth_destination\n")
        for row, is_premise in (("lab.example.com=OK", True), ("lab.example.com=DUNNO", False),
                                ("lab.example.com=REJECT", False)):
            with self.subTest(row), Folder(BASE + NETWORKS + gate % row) as folder:
                _, report = folder.audit()
                self.assertEqual(report["verdict"], "closed")
                self.assertEqual("lab.example.com" in json.dumps(report["listeners"][0]["premises"]), is_premise)

    def test_nobody_can_register_below_localhost(self):
        with Folder(BASE + GATE + NETWORKS + "relay_domains = localhost, intern.local\n") as folder:
            _, audit = folder.audit()
            self.assertEqual(audit["verdict"], "closed")

    def test_a_copy_finds_its_tables_beside_it(self):
        main = BASE + GATE + NETWORKS + "relay_domains = hash:/etc/postfix/relays\n"
        with Folder(main, relays="other.example OK\n") as folder:
            _, audit = folder.audit()
            self.assertIn("other.example", audit["responsible_for"])
            here = subprocess.run([PROGRAM, "audit", ".", *HOST], cwd=folder.path, capture_output=True, text=True)
            self.assertIn("other.example", here.stdout)


class Commands(unittest.TestCase):
    def test_diff_gives_the_exact_set_and_an_example(self):
        with Folder(BASE + NETWORKS + GATE) as old, Folder(BASE + GATE + "mynetworks = 127.0.0.0/8 198.51.100.0/25\n") as new:
            ran = run("diff", str(old.path), str(new.path), *HOST, "--format", "json")
            document = json.loads(ran.stdout)
            self.assertEqual(complaints(document), [])
            changes = [change for change in document["changes"] if change["kind"] == "relays-now"]
            self.assertEqual([change["clients"]["ipv4"] for change in changes], [["198.51.100.0/25"]])
            self.assertEqual(ran.returncode, 2)
            same = run("diff", str(old.path), str(old.path), *HOST)
            self.assertEqual((same.returncode, "alike" in same.stdout), (0, True))

    def test_explain_shows_each_rule_and_its_line(self):
        with Folder(BASE + NETWORKS + GATE) as folder:
            ran = run("explain", str(folder.path), *HOST, "--client", "203.0.113.9", "--to", "a@example.net")
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertIn("Refused 554 5.7.1", ran.stdout)
            self.assertIn("permit_mynetworks", ran.stdout)
            self.assertIn("main.cf:6", ran.stdout)

    def test_explain_names_what_was_taken_for_granted(self):
        with tempfile.TemporaryDirectory() as place:
            script = Path(place, "Dockerfile")
            script.write_text("FROM debian\nRUN postconf -e mydestination=example.com\n")
            ran = run("explain", str(script), *HOST, "--client", "203.0.113.9", "--to", "someone@example.net")
        self.assertIn("hangs on  main.cf: ", ran.stdout)
        self.assertEqual(ran.returncode, 3)

    def test_finding_prints_its_page(self):
        self.assertIn("Strangers may relay", run("finding", "RP2001").stdout)
        self.assertIn("RP2001", run("finding").stdout)
        ran = run("finding", "RP9999")
        self.assertEqual((ran.returncode, ran.stderr.count("\n")), (3, 1))


class BadInput(unittest.TestCase):
    """One line that names the place, exit status 3, nothing written."""

    def complains(self, ran, *words):
        self.assertEqual(ran.returncode, 3, ran.stdout + ran.stderr)
        self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
        self.assertEqual(ran.stdout, "")
        self.assertLess(len(ran.stderr), 600)
        for word in words:
            self.assertIn(word, ran.stderr)

    def test_what_is_not_there(self):
        self.complains(run("audit", "/nowhere/postfix"), "/nowhere/postfix")
        with tempfile.TemporaryDirectory() as empty:
            self.complains(run("audit", empty), empty)
            Path(empty, "named.conf").write_text("options { };\n")
            self.complains(run("audit", empty), empty)
            os.symlink("loop", Path(empty, "loop"))
            self.complains(run("audit", str(Path(empty, "loop"))), "loop", "Too many levels of symbolic links")
            self.complains(run("audit", empty), "/loop: leads nowhere")

    def test_bytes_that_are_no_configuration(self):
        with tempfile.TemporaryDirectory() as place:
            path = Path(place, "main.cf")
            path.write_bytes(bytes(range(256)) * 64)
            ran = run("audit", str(path), *HOST)
            self.assertIn(ran.returncode, (3,), ran.stdout)
            self.assertNotIn("\x1b", ran.stdout + ran.stderr)

    def test_a_line_of_a_gigabyte(self):
        with tempfile.TemporaryDirectory() as place:
            path = Path(place, "main.cf")
            with path.open("wb") as file:
                file.write(b"mynetworks = ")
                file.truncate(1 << 30)
                file.seek(0, 2)
                file.write(b"\n")
            self.complains(run("audit", str(path), *HOST, timeout=120), "main.cf")

    def test_doubts_never_end_in_closed(self):
        doubts = {
            "a file that is not there": "mynetworks = /nowhere/networks\n",
            "a file that names itself": None,
            "a table that is not there": NETWORKS + "smtpd_client_restrictions = check_client_access hash:/nowhere/access\n",
            "a brace that is not closed": NETWORKS + "smtpd_recipient_restrictions = { check_client_access static:OK\n",
        }
        for name, more in doubts.items():
            with self.subTest(name), Folder(BASE + GATE) as folder:
                if more is None:
                    networks = folder.path / "networks"
                    networks.write_text(f"{networks}\n")
                    more = f"mynetworks = {networks}\n"
                (folder.path / "main.cf").write_text(BASE + GATE + more)
                ran = run("audit", str(folder.path), *HOST, "--format", "json")
                if ran.returncode == 3 and not ran.stdout:
                    self.complains(ran, "main.cf" if "networks" not in ran.stderr else "networks")
                    continue
                document = json.loads(ran.stdout)
                # Whoever asks gets 451: closed is right only if nothing is relayed for anybody.
                self.assertNotEqual((document["verdict"], ran.returncode), ("closed", 0), ran.stdout)

    def test_a_master_without_smtpd(self):
        with Folder(BASE + NETWORKS + GATE, master="pickup unix n - y 60 1 pickup\n") as folder:
            ran = run("audit", str(folder.path), *HOST)
            self.assertEqual(ran.returncode, 3, ran.stdout)
            self.assertIn("no service of it takes mail from the network", ran.stdout)

    def test_attempts_that_are_wrong_name_their_line(self):
        with Folder(BASE + NETWORKS + GATE) as folder:
            lines = '{"client": "203.0.113.9", "rcpt_to": "a@b.example"}\n{"client": 1, "rcpt_to": "a@b.example"}\n'
            ran = run("explain", str(folder.path), *HOST, "--attempts", "-", stdin=lines)
            self.assertEqual(ran.returncode, 3)
            self.assertIn("-:2:1: client is no IP address", ran.stderr)


if __name__ == "__main__":
    unittest.main()

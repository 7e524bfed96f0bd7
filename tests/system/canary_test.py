"""Proof of delivery with the real programs on loopback: a canary, a server that sends on or does not, a prober."""
import json
import os
import re
import signal
import smtplib
import stat
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from hostile import ENVIRONMENT, OWN, PROGRAM, TAKEN, Server, Smtp, closed, crashed, run

DOMAIN = "canary.example"


class Canary:
    """The program's canary on free ports of loopback, for the length of a `with`."""

    def __init__(self, folder: Path, *more: str):
        self.key, self.record = folder / "key", folder / "record"
        if not self.key.exists():
            made = run("canary", "--new-key", str(self.key))
            assert made.status == 0, made.complaint
        self.words = [PROGRAM, "canary", "--domain", DOMAIN, "--key", str(self.key), "--record", str(self.record),
                      "--port", "0", *(more or ("--listen", "127.0.0.1"))]

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=ENVIRONMENT)
        told = self.process.stderr.readline()
        self.port = int(re.search(r"port (\d+)$", told)[1])
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.out, self.complaint = self.process.communicate(timeout=20)
        self.status = self.process.returncode

    def arrivals(self) -> list[dict]:
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    def asked_with(self) -> list[str]:
        return ["--phase", "deliver", "--canary", f"proof@{DOMAIN}", "--canary-key", str(self.key),
                "--canary-at", f"127.0.0.1:{self.port}"]


def relays(recipient: str) -> str:
    return TAKEN if recipient.endswith("@" + DOMAIN) else closed(recipient)


class Delivers(Smtp):
    """An open relay that hands on what it takes, by TLS where it can."""

    def __init__(self, canary: Canary | None):
        super().__init__(relays)
        self.canary, self.state = canary, threading.local()

    def answer(self, command: str) -> str:
        verb = command.upper()
        if verb.startswith("MAIL FROM:"):
            self.state.sender = command.partition(":")[2].strip(" <>")
        if verb.startswith("RCPT TO:"):
            self.state.recipient = command.partition(":")[2].strip(" <>")
        return super().answer(command)

    def reply(self, connection, command, words):
        connection.say(words)
        if command.upper() != "DATA":
            return
        lines = []
        while (line := connection.file.readline()) not in (b"", b".\r\n"):
            lines.append(line)
        if self.canary:
            self.hand_on(b"Received: from probe ([127.0.0.1]) by mail.example.com; now\r\n" + b"".join(lines))
        connection.say("250 2.0.0 Ok: queued\r\n")

    def hand_on(self, message: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.canary.port, OWN, 20) as client:
            client.starttls()
            client.sendmail(self.state.sender, [self.state.recipient], message)


class CanaryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def probe(self, server: Server, canary: Canary, *more: str):
        finished = run("probe", server.name, "--as-stranger", "--domain", OWN, "--technique", "null-sender",
                       "--technique", "percent-hack", *canary.asked_with(), *more)
        self.assertIsNone(crashed(finished), finished.err)
        return finished

    def test_what_arrives_demonstrates(self):
        with Canary(self.folder) as canary, Server(Delivers(canary)) as server:
            finished = self.probe(server, canary, "--format", "json")
            text = self.probe(server, canary)
        self.assertEqual((finished.status, finished.json["evidence"]), (2, "demonstrated"), finished.complaint)
        delivery = finished.json["results"][0]["outcomes"][0]["delivery"]
        self.assertEqual((delivery["arrived"], delivery["from"], delivery["tls"]), (True, "127.0.0.1", True))
        self.assertIn("by mail.example.com", delivery["received"][0])
        self.assertIn("Demonstrated: 1 of 1 message came to the canary", " ".join(text.text.split()))
        kinds = [arrival["kind"] for arrival in canary.arrivals()]
        self.assertEqual(kinds, ["proof", "proof"])
        self.assertEqual(canary.arrivals()[0]["target"], server.name)
        self.assertEqual(canary.status, 0, canary.complaint)
        self.assertEqual(canary.out.count("  proof  "), 2)

    def test_what_takes_and_drops_is_not_called_open(self):
        with Canary(self.folder) as canary, Server(Delivers(None)) as server:
            finished = self.probe(server, canary, "--wait", "0.5")
        self.assertEqual(finished.status, 3)
        words = " ".join(finished.text.split())
        self.assertIn("it accepts, and does not deliver: none of 1 messages", words)
        self.assertNotIn("OPEN", words)

    def test_a_token_counts_once_and_again_after_a_restart_it_does_not(self):
        with Canary(self.folder) as canary, Server(Delivers(canary)) as server:
            self.probe(server, canary)
        first = canary.arrivals()[0]
        message = ("\r\n".join([f"X-Relayproof-Token: {first['token']}", f"X-Relayproof-Target: {first['target']}",
                                f"X-Relayproof-Technique: {first['technique']}", "", "again", ""])).encode()
        forged = message.replace(b"null-sender", b"quoted")
        with Canary(self.folder) as canary, smtplib.SMTP("127.0.0.1", canary.port, OWN, 20) as client:
            for each in (message, forged, b"Subject: hello\r\n\r\n"):
                client.sendmail("", [f"x@{DOMAIN}"], each)
        self.assertEqual([arrival["kind"] for arrival in canary.arrivals()], ["proof", "again", "forged", "stranger"])

    def test_it_takes_mail_for_its_own_domain_only(self):
        with Canary(self.folder) as canary, smtplib.SMTP("127.0.0.1", canary.port, OWN, 20) as client:
            client.ehlo()
            client.mail("a@example.net")
            self.assertEqual(client.rcpt("x@example.net")[0], 550)
            self.assertEqual(client.rcpt(f"x%example.net@{DOMAIN}.example.net")[0], 550)
            self.assertEqual(client.rcpt(f"x@{DOMAIN}")[0], 250)

    def test_nothing_is_sent_to_a_canary_with_another_key_or_to_none(self):
        other = self.folder / "other"
        other.mkdir()
        with Canary(self.folder) as canary, Server(Delivers(canary)) as server:
            made = run("canary", "--new-key", str(other / "key"))
            self.assertEqual(made.status, 0)
            canary.key = other / "key"
            strange = self.probe(server, canary)
            canary.port = server.port  # no canary
            absent = self.probe(server, canary)
        self.assertEqual((strange.status, absent.status), (3, 3))
        self.assertIn("has another key", strange.complaint)
        self.assertIn("nothing was sent", absent.complaint)
        self.assertEqual(canary.arrivals(), [])

    def test_a_key_is_its_owners_and_never_written_over(self):
        key = self.folder / "key"
        self.assertEqual(run("canary", "--new-key", str(key)).status, 0)
        self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
        again = run("canary", "--new-key", str(key))
        self.assertEqual(again.status, 3)
        self.assertIn("key: cannot be made: File exists", again.complaint)

    def test_what_is_missing_is_said_in_a_line(self):
        (self.folder / "bad").write_text("no key\n")
        (self.folder / "record").write_text("{}\n{}\n")
        run("canary", "--new-key", str(self.folder / "key"))
        for words, complaint in (
                (["canary"], "give --domain"),
                (["canary", "--domain", DOMAIN], "give --key"),
                (["canary", "--domain", "a b", "--key", "x"], "--domain: 'a b' is no domain"),
                (["canary", "--domain", DOMAIN, "--key", "/nonexistent/key"], "/nonexistent/key: cannot be read"),
                (["canary", "--domain", DOMAIN, "--key", str(self.folder / "bad")], "bad: is no key"),
                (["canary", "--domain", DOMAIN, "--key", str(self.folder / "key"), "--record",
                  str(self.folder / "record")], "record:1:1: is no line of a canary's record"),
                (["canary", "--domain", DOMAIN, "--key", str(self.folder / "key"), "--listen", "192.0.2.77"],
                 "cannot listen on 192.0.2.77"),
                (["probe", "127.0.0.1", "--phase", "deliver"], "give --canary ADDRESS and --canary-key FILE"),
                (["probe", "127.0.0.1", "--canary", f"x@{DOMAIN}"], "give --phase deliver with it"),
                (["probe", "127.0.0.1", "--phase", "deliver", "--canary", "nobody", "--canary-key", "x"],
                 "'nobody' is no address")):
            with self.subTest(words):
                finished = run(*words)
                self.assertEqual((finished.status, finished.out), (3, b""))
                self.assertIn(complaint, finished.complaint)
                self.assertEqual(finished.complaint.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()

"""logs, as its users run it, on the logs of a real Postfix and on what it may find in their place."""
import bz2
import gzip
import json
import lzma
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
LAB = Path(__file__).resolve().parents[2] / "src/logs/testdata"
OURS = ("--responsible", "example.com")
PATIENCE = 30.0


def run(*words, stdin=None, **environment):
    return subprocess.run([PROGRAM, "logs", *words], capture_output=True, input=stdin, timeout=60,
                          env={**os.environ, "TZ": "UTC", **environment})


def summary_of(*words, stdin=None, **environment):
    ran = run(*words, "--format", "json", stdin=stdin, **environment)
    document = json.loads(ran.stdout)
    wrong = complaints(document)
    if wrong:
        raise AssertionError(wrong)
    return ran.returncode, document


def sources(document, standing):
    return [(source["name"], source["messages"]) for source in document["sources"] if source["standing"] == standing]


def lines_of(client, number, recipient="bob@outside.example"):
    name = f"AAAA{number:05d}"
    head = f"Nov 22 09:00:{number % 60:02d} mx postfix"
    return (f"{head}/smtpd[1]: {name}: client=unknown[{client}]\n{head}/cleanup[1]: {name}: message-id=<{number}@x>\n"
            f"{head}/qmgr[1]: {name}: from=<a@b.example>, size=1, nrcpt=1 (queue active)\n"
            f"{head}/smtp[1]: {name}: to=<{recipient}>, relay=mx[192.0.2.2]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "
            f"status=sent (250 ok)\n{head}/qmgr[1]: {name}: removed\n")


class Folder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name)

    def write(self, name, content, written="2026-11-22T12:00:00"):
        path = self.path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        when = time.mktime(time.strptime(written, "%Y-%m-%dT%H:%M:%S"))
        os.utime(path, (when, when))
        return str(path)


class Logs(Folder):
    def test_names_the_strangers_and_nobody_else(self):
        for name in ("short-ids.log", "long-ids.log", "filter.log", "filter-that-names-the-client.log"):
            with self.subTest(name):
                status, document = summary_of(str(LAB / name), *OURS)
                self.assertEqual(status, 2)
                self.assertEqual(document["verdict"], "abused")
                self.assertEqual(sources(document, "stranger"), [("203.0.113.9", 3), ("2001:db8:1::9", 1)])
                self.assertEqual(sources(document, "account"), [("alice@example.com", 1)])
                self.assertEqual(sources(document, "near"), [("192.168.1.40", 1)])

    def test_trusted_clients_are_no_strangers(self):
        status, document = summary_of(str(LAB / "short-ids.log"), *OURS, "--trusted", "203.0.113.0/24", "--trusted",
                                      "2001:db8:1::9/128")
        self.assertEqual((status, document["verdict"]), (0, "quiet"))
        self.assertEqual(sources(document, "trusted"), [("203.0.113.9", 3), ("2001:db8:1::9", 1)])

    def test_counts_one_client_and_one_time_alone(self):
        status, document = summary_of(str(LAB / "short-ids.log"), *OURS, "--client", "192.168.0.0/16")
        self.assertEqual((status, [source["standing"] for source in document["sources"]]), (0, ["near"]))
        log = self.write("mail.log", lines_of("203.0.113.9", 1))
        for since, until, messages in (("2026-11-22", "2026-11-23", 1), ("2026-11-22 09:01", "2026-11-23", 0),
                                       ("2026-11-22T09:00:01Z", "2026-11-22T09:00:01Z", 1),
                                       ("2026-11-21", "2026-11-22 09:00", 0)):
            with self.subTest(since=since, until=until):
                _, document = summary_of(log, "--since", since, "--until", until)
                self.assertEqual(sum(source["messages"] for source in document["sources"]), messages)

    def test_takes_the_own_domains_from_the_configuration(self):
        (self.path / "main.cf").write_text("myhostname = mail.example.com\nmydestination = example.com\n")
        (self.path / "master.cf").write_text("smtp inet n - n - - smtpd\n")
        log = self.write("mail.log", lines_of("203.0.113.9", 1, "bob@example.com") + lines_of("203.0.113.9", 2))
        self.assertEqual(sources(summary_of(log, "--config", str(self.path))[1], "stranger"), [("203.0.113.9", 1)])
        status, document = summary_of(log)
        self.assertEqual(sources(document, "stranger"), [("203.0.113.9", 2)])
        self.assertFalse(document["own_domains_known"])
        self.assertIn(b"own domains are not known", run(log).stdout)

    def test_says_what_is_queued(self):
        words = (str(LAB / "short-ids.log"), *OURS)
        queued = lambda document: document["sources"][0]["queued"]
        self.assertEqual(queued(summary_of(*words, "--queue", str(LAB / "short-ids.queue"))[1]), 1)
        self.assertEqual(queued(summary_of(*words, "--queue", self.write("none", ""))[1]), 0)
        ran = run(*words, "--queue", self.write("odd", '{"queue_id": "A"}\n{"queue": 1}\n'))
        self.assertEqual(ran.returncode, 3)
        self.assertIn(b"odd:2:1:", ran.stderr)

    def test_reads_rotated_and_compressed_logs_in_their_order(self):
        days = [lines_of("203.0.113.9", number) for number in range(4)]
        cut = days[2].index("\n", 200) + 1  # a message that begins in one log and ends in the next
        parts = [days[0], days[1], days[2][:cut], days[2][cut:] + days[3]]
        files = [self.write("mail.log", parts[3]), self.write("mail.log.1", parts[2]),
                 self.write("mail.log.2.gz", gzip.compress(parts[1].encode()))]
        programs = {"xz": lzma.compress, "bzip2": bz2.compress}
        oldest = next((compress for program, compress in programs.items() if shutil.which(program)), gzip.compress)
        files.append(self.write("mail.log.3", oldest(parts[0].encode())))
        status, document = summary_of(*files)
        self.assertEqual(sources(document, "stranger"), [("203.0.113.9", 4)])
        self.assertEqual(document["files"][0], files[0])

    def test_reads_standard_input_and_the_journal(self):
        log = lines_of("203.0.113.9", 1)
        self.assertEqual(sources(summary_of("-", stdin=log.encode())[1], "stranger"), [("203.0.113.9", 1)])
        entries = []
        for line in log.splitlines():
            name, message = line.split(" mx ")[1].split("[1]: ", 1)
            entries.append(json.dumps({"__REALTIME_TIMESTAMP": "1795338000000000", "_HOSTNAME": "mx",
                                       "SYSLOG_IDENTIFIER": name, "MESSAGE": message, "_PID": "1"}))
        _, document = summary_of("-", stdin="\n".join(entries).encode())
        self.assertEqual(sources(document, "stranger"), [("203.0.113.9", 1)])
        self.assertEqual(document["from"], "2026-11-22T09:00:00Z")

    def test_asks_the_journal_where_there_is_no_log(self):
        program = self.path / "journalctl"
        program.write_text("#!/bin/sh\nprintf '%s\\n' \"$*\" > " + str(self.path / "asked") + "\ncat <<'EOF'\n" +
                           lines_of("203.0.113.9", 1) + "EOF\n")
        program.chmod(0o755)
        if any(Path("/var/log").glob("mail*log*")):
            self.skipTest("this machine has a mail log")
        _, document = summary_of(PATH=f"{self.path}:{os.environ['PATH']}")
        self.assertEqual(sources(document, "stranger"), [("203.0.113.9", 1)])
        self.assertIn("--unit=postfix*", (self.path / "asked").read_text())

    def test_times_are_those_of_the_machine(self):
        log = self.write("mail.log", lines_of("203.0.113.9", 1))
        _, document = summary_of(log, TZ="Europe/Vienna")
        self.assertEqual(document["from"], "2026-11-22T08:00:01Z")
        self.assertIn(b"2026-11-22 09:00", run(log, TZ="Europe/Vienna").stdout)

    def test_shows_hostile_bytes_without_harm(self):
        hostile = 'Nov 22 09:00:01 mx postfix/smtp[1]: AAAA00001: to=<"\x1b[31m\r\u202e"@x.example>, relay=mx[192.0.2.2]:25, ' \
                  'delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)\n'
        log = self.write("mail.log", lines_of("203.0.113.9", 1).rsplit("Nov", 2)[0] + hostile + "\0\xff\n" * 3)
        for form in ("text", "json", "jsonl"):
            out = run(log, "--format", form).stdout.decode()
            self.assertNotRegex(out, "[\x00-\x09\x0b-\x1f\x7f\u202e]")
            self.assertIn("x.example", out)

    def test_bad_input_is_one_clear_line(self):
        damaged = gzip.compress(lines_of("203.0.113.9", 1).encode() * 100)[:-20]
        cases = {
            ("/nowhere/mail.log",): "No such file",
            (str(self.path),): "it is a folder",
            (self.write("garbage", os.urandom(100000)),): "no line of a mail server",
            (self.write("text", "hello\n" * 1000),): "no line of a mail server",
            (self.write("damaged.gz", damaged),): "damaged.gz",
            (str(LAB / "short-ids.log"), "--since", "yesterday"): "--since",
            (str(LAB / "short-ids.log"), "--client", "10.0.0.0/99"): "--client",
            (str(LAB / "short-ids.log"), "--config", "/nowhere"): "/nowhere",
        }
        for words, why in cases.items():
            with self.subTest(words=words):
                ran = run(*words)
                self.assertEqual(ran.returncode, 3)
                self.assertEqual(ran.stdout, b"")
                self.assertEqual(ran.stderr.decode().count("\n"), 1)
                self.assertIn(why, ran.stderr.decode())

    def test_an_empty_log_tells_of_nothing(self):
        status, document = summary_of(self.write("mail.log", ""))
        self.assertEqual((status, document["sources"]), (0, []))

    def test_many_threads_count_as_one_does(self):
        log = self.write("mail.log", "".join(lines_of(f"203.0.113.{n % 200}", n) for n in range(20000)))
        one = subprocess.run(["taskset", "-c", "0", PROGRAM, "logs", log, "--format", "json"], capture_output=True)
        self.assertEqual(json.loads(one.stdout), summary_of(log)[1])
        self.assertEqual(sum(source["messages"] for source in summary_of(log)[1]["sources"]), 20000)


class Follow(Folder):
    def start(self, *words):
        # Unbuffered: select() does not see a line that was read together with the one before.
        program = subprocess.Popen([PROGRAM, "logs", "--follow", "--format", "jsonl", *words], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env={**os.environ, "TZ": "UTC"}, bufsize=0)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        self.assertIn(b"from here on", self.line(program.stderr))
        return program

    def line(self, stream):
        self.assertTrue(select.select([stream], [], [], PATIENCE)[0], "nothing came")
        return stream.readline()

    def alert(self, program):
        document = json.loads(self.line(program.stdout))
        self.assertEqual(complaints(document), [])
        return document["name"]

    def add(self, path, *numbers):
        with open(path, "a") as log:
            for number in numbers:
                log.write(lines_of(f"203.0.113.{number}", number))

    def test_tells_as_it_happens_through_rotation_and_truncation(self):
        log = self.write("mail.log", lines_of("203.0.113.1", 1))
        program = self.start(log)
        self.add(log, 2)
        self.assertEqual(self.alert(program), "203.0.113.2")
        os.rename(log, log + ".1")
        self.add(log + ".1", 3)
        Path(log).write_text("")
        self.add(log, 4)
        self.assertEqual([self.alert(program), self.alert(program)], ["203.0.113.3", "203.0.113.4"])
        os.truncate(log, 0)
        self.add(log, 5)
        self.assertEqual(self.alert(program), "203.0.113.5")
        program.send_signal(signal.SIGTERM)
        document = json.loads(self.line(program.stdout))
        self.assertEqual(complaints(document), [])
        self.assertEqual(len(sources(document, "stranger")), 5)
        self.assertEqual(program.wait(PATIENCE), 2)

    def test_a_line_in_two_pieces_is_one(self):
        log = self.write("mail.log", "")
        program = self.start(log)
        text = lines_of("203.0.113.7", 7)
        for piece in (text[:150], text[150:260], text[260:]):
            with open(log, "a") as file:
                file.write(piece)
        self.assertEqual(self.alert(program), "203.0.113.7")

    def test_ends_with_a_pipe(self):
        program = subprocess.run([PROGRAM, "logs", "--follow", "-", "--quiet"], capture_output=True,
                                 input=lines_of("203.0.113.7", 7).encode(), timeout=60)
        self.assertEqual(program.returncode, 2)
        self.assertIn(b"Relayed for strangers: 1 message", program.stdout)


if __name__ == "__main__":
    unittest.main()

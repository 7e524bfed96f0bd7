"""The command line as scripts and people meet it: usage, exit status, formats, files, terminals."""
import json
import os
import pty
import signal
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from hostile import ENVIRONMENT, PROGRAM, Server, Smtp, crashed, open_relay, run, side_by_side

AS_STRANGER = ("--as-stranger", "--domain", "example.com", "--timeout", "30")
ESCAPE = b"\x1b"


def on_a_terminal(*arguments: str, env: dict | None = None) -> bytes:
    """What a person sees on the terminal, standard output and standard error alike."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
                               env={**ENVIRONMENT, "TERM": "xterm", **(env or {})})
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # EIO: nobody has the other side open any more
        pass
    os.close(ours)
    process.wait()
    return seen


class Told(unittest.TestCase):
    def complains(self, *arguments: str, words: str, **how) -> None:
        """One line on standard error that matches `words`, nothing else, and status 3."""
        finished = run(*arguments, **how)
        self.assertIsNone(crashed(finished), finished.err)
        self.assertEqual((finished.status, finished.text), (3, ""), finished.complaint)
        self.assertRegex(finished.complaint, words)
        self.assertEqual(finished.complaint.count("\n"), 1, finished.complaint)
        self.assertTrue(finished.complaint.startswith("relayproof: "))


class Usage(Told):
    def test_help_teaches_on_standard_output(self):
        for arguments in (["--help"], ["check", "--help"], ["probe", "-h"]):
            finished = run(*arguments)
            self.assertEqual((finished.status, finished.complaint), (0, ""))
            self.assertIn("relayproof check", finished.text if arguments == ["--help"] else "relayproof check")
            self.assertIn("Usage:", finished.text)
        self.assertIn("Exit status:", run("--help").text)

    def test_version_names_the_catalogue(self):
        finished = run("--version")
        self.assertEqual(finished.status, 0)
        self.assertRegex(finished.text, r"^relayproof \d+\.\d+\.\d+ \(catalogue \d{4}\.\d\d\)\n$")

    def test_without_arguments_the_help_comes_on_standard_error(self):
        finished = run()
        self.assertEqual((finished.status, finished.text), (3, ""))
        self.assertIn("First steps:", finished.complaint)

    def test_what_is_wrong_is_named(self):
        for arguments, words in (
                (["--bogus"], "unknown option '--bogus'"),
                (["check", "--bogus", "127.0.0.1"], "--bogus"),
                (["frobnicate"], "unknown command 'frobnicate'"),
                (["\x1b[2J"], r"unknown command '\\x1b\[2J'"),
                (["check", "--container", "no-such-container"], "--container: neither docker nor podman"),
                (["probe"], "name a target"),
                (["check", "127.0.0.1", "--port", "0"], "--port: '0' is no port"),
                (["check", "127.0.0.1", "--port", "70000"], "--port: '70000' is no port"),
                (["check", "127.0.0.1", "--port", "smtp"], "--port: 'smtp' is no port"),
                (["check", "127.0.0.1", "--timeout", "abc"], "--timeout: .*abc"),
                (["check", "127.0.0.1", "--timeout", "-1"], "--timeout: .*-1"),
                (["check", "127.0.0.1", "--timeout", "nan"], "--timeout"),
                (["check", "127.0.0.1", "--from", "no address"], "--from: 'no address' is no address"),
                (["check", "127.0.0.1", "--from", "a@b\r\nRSET"], r"--from: 'a@b\\x0d\\x0aRSET' is no address"),
                (["check", "127.0.0.1", "--domain", "two words"], "--domain: 'two words' is no domain"),
                (["check", "127.0.0.1", "--resolver", "dns.example"], "--resolver: 'dns.example' is no IP"),
                (["check", "127.0.0.1", "--technique", "magic"], "there is no 'magic'"),
                (["check", "127.0.0.1", "--source", "here"], "--source: 'here' is no IP address"),
                (["check", "127.0.0.1", "--source", "192.0.2.7"], "--source: 192.0.2.7 is no address of this machine"),
                (["check", "127.0.0.1", "--source", "::1"], "--source: ::1 is of another family than 127.0.0.1"),
                (["check", "127.0.0.0/8"], "'127.0.0.0/8' is not a host; networks"),
                (["check", "127.0.0.1:0"], "has no valid port"),
                (["check", "[127.0.0.1"], "lacks a closing bracket"),
                (["check", "a b"], "'a b' is not a host name"),
                (["check", ""], "an empty name is no target"),
                (["check", "127.0.0.1", "--format", "xml"], "--format: xml"),
                (["probe", "--targets", "/nonexistent/list"], "/nonexistent/list: cannot be read"),
                (["demo", "more"], "more")):
            with self.subTest(arguments):
                self.complains(*arguments, words=words)


class Files(Told):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def written(self, name: str, content: str) -> str:
        path = self.folder / name
        path.write_text(content)
        return str(path)

    def test_a_configuration_error_names_file_line_and_column(self):
        for content, words in (("\nbogus = 1\n", r"conf:2:1: unknown key 'bogus'"), ("from = 5\n", r"conf:1:8: from must"),
                               ("from = \"you@example.com\"\nfrom = \n", r"conf:2:\d+: "), ("\0\x1b[2J", r"conf:1:1: ")):
            with self.subTest(content):
                conf = self.written("relayproof.conf", content)
                self.complains("check", "127.0.0.1", "--config", conf, words=words)
        self.complains("check", "127.0.0.1", "--config", "/nonexistent/conf", words="/nonexistent/conf: cannot read")
        self.complains("check", "127.0.0.1", "--config", str(self.folder), words="cannot read|larger")

    def test_a_bad_target_names_file_line_and_column(self):
        targets = self.written("targets", "# mine\n127.0.0.1:9\n\n   two words\n")
        self.complains("probe", "--targets", targets, words=r"targets:4:4: 'two words' is not a host name")
        self.complains("probe", "--targets", "-", words=r"standard input:1:2: 'a b'", stdin=b" a b\n")
        self.complains("probe", "--targets", "-", words="names no target", stdin=b"# nobody\n")

    def test_o_writes_the_whole_file(self):
        with Server(Smtp()) as server:
            report = self.folder / "report.json"
            finished = run("probe", server.name, *AS_STRANGER, "--format", "json", "-o", str(report))
        self.assertEqual((finished.status, finished.text), (0, ""), finished.complaint)
        self.assertEqual(json.loads(report.read_text())["verdict"], "closed")
        self.assertEqual(list(self.folder.iterdir()), [report])

    def test_o_leaves_the_old_file_where_it_fails(self):
        old = self.folder / "report"
        old.mkdir()  # cannot be replaced by a file, not even by root
        self.complains("techniques", "-o", str(old), words="report: cannot write: ")
        self.assertEqual(list(self.folder.iterdir()), [old])
        self.complains("techniques", "-o", "/nonexistent/report", words="/nonexistent/report: cannot write: ")
        kept = self.written("kept", "of yesterday")
        self.complains("probe", "127.0.0.1", "-o", kept, "--technique", "magic", words="magic")
        self.assertEqual(Path(kept).read_text(), "of yesterday")


class Results(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        servers = {"closed": Server(Smtp()), "open": Server(Smtp(open_relay)), "mute": Server(lambda c: c.say("554 no\r\n"))}
        for server in servers.values():
            cls.enterClassContext(server)
        cls.closed, cls.open, cls.mute = (servers[name].name for name in ("closed", "open", "mute"))

    def test_the_exit_status_is_that_of_the_worst(self):
        for targets, status in (([self.closed], 0), ([self.closed, self.mute], 3), ([self.mute, self.open, self.closed], 2)):
            with self.subTest(status):
                finished, listed = side_by_side(
                    lambda: run("probe", *targets, *AS_STRANGER),
                    lambda: run("probe", *AS_STRANGER, "--targets", "-", stdin="\n".join(targets).encode()))
                self.assertEqual((finished.status, listed.status), (status, status), finished.text)

    def test_jsonl_is_an_object_a_line(self):
        finished = run("probe", self.closed, self.open, self.mute, *AS_STRANGER, "--format", "jsonl")
        verdicts = [json.loads(line)["verdict"] for line in finished.text.splitlines()]
        self.assertEqual(sorted(verdicts), ["closed", "open", "undecided"])

    def test_json_is_one_document(self):
        document = run("probe", self.closed, self.open, *AS_STRANGER, "--format", "json").json
        self.assertEqual((document["schema"], document["verdict"]), ("relayproof/probe-run/1", "open"))
        self.assertEqual(len(document["results"]), 2)

    def test_colour_and_progress_are_for_terminals_only(self):
        words = ("probe", self.closed, *AS_STRANGER)
        seen, plain, piped = side_by_side(lambda: on_a_terminal(*words),
                                          lambda: on_a_terminal(*words, env={"NO_COLOR": "1"}), lambda: run(*words))
        self.assertIn(b"\x1b[1;32mCLOSED", seen)
        self.assertIn(b"asked ", seen)
        self.assertNotIn(b"\x1b[1;32m", plain)
        self.assertIn(b"CLOSED", plain)
        self.assertNotIn(ESCAPE, piped.out + piped.err)
        self.assertNotIn(b"\r", piped.err)

    def test_quiet_says_nothing_on_standard_error(self):
        self.assertIn("Nothing goes beyond RCPT TO", run("probe", self.closed, *AS_STRANGER).complaint)
        self.assertEqual(run("probe", self.closed, *AS_STRANGER, "--quiet").complaint, "")
        self.assertNotIn(b"asked ", on_a_terminal("probe", self.closed, *AS_STRANGER, "--quiet"))

    def test_a_standard_output_that_takes_nothing_is_an_error(self):
        asking = ("probe", self.closed, *AS_STRANGER, "--quiet")
        for arguments in (asking, ("techniques",), ("--version",), ("--help",)):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                finished = run(*arguments, stdout=full)
                self.assertEqual(finished.status, 3)
                self.assertIn("standard output: cannot write: No space left", finished.complaint)
            with self.subTest(arguments, stdout="closed"):
                finished = run(*arguments, preexec_fn=lambda: os.close(1))
                self.assertEqual(finished.status, 3)
                self.assertIn("standard output: cannot write: ", finished.complaint)

    def test_closed_descriptors_do_not_lead_our_words_to_the_server(self):
        heard = []

        class Listening(Smtp):
            def answer(self, command):
                heard.append(command)
                return super().answer(command)
        with Server(Listening()) as server:
            finished = run("probe", server.name, *AS_STRANGER, preexec_fn=lambda: os.closerange(0, 3))
        self.assertEqual(finished.status, 3)
        self.assertEqual([command for command in heard if command.split()[0] not in
                          ("AUTH", "EHLO", "HELO", "MAIL", "RCPT", "RSET", "QUIT")], [])

    def test_a_reader_that_has_enough_is_no_error(self):
        for arguments in ("techniques", f"probe {self.closed} {' '.join(AS_STRANGER)} --transcript --quiet"):
            line = f'"{PROGRAM}" {arguments} | head -1 >/dev/null; echo "${{PIPESTATUS[0]}}"'
            shell = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=ENVIRONMENT, check=True)
            self.assertEqual(shell.stderr, "")
            self.assertEqual(shell.stdout, "0\n")

    def test_an_interrupt_ends_it_at_once_without_a_trace(self):
        asked = threading.Event()

        def never(connection):
            asked.set()
            connection.wait()
        with Server(never) as server, tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report"
            # Tests that run in the background of a script inherit that interrupts are ignored.
            process = subprocess.Popen([PROGRAM, "probe", server.name, "--timeout", "50", "-q", "-o", str(report)],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            self.assertTrue(asked.wait(30))
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            self.assertEqual((process.returncode, out, err), (-signal.SIGINT, b"", b""))
            self.assertEqual(list(Path(folder).iterdir()), [])


class OtherCommands(unittest.TestCase):
    def test_techniques_are_listed_as_text_and_as_json(self):
        text, document = run("techniques"), run("techniques", "--format", "json")
        self.assertEqual((text.status, document.status), (0, 0))
        names = [technique["name"] for technique in document.json["techniques"]]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 36)
        for name in names:
            self.assertIn(f"  {name} ", text.text)

    def test_techniques_as_jsonl_keep_to_one_line_an_object(self):
        lines = run("techniques", "--format", "jsonl").text.splitlines()
        self.assertTrue(lines)
        for line in lines:
            self.assertIsInstance(json.loads(line), dict)

    def test_the_demo_shows_the_three_verdicts_in_order(self):
        finished = run("demo")
        self.assertIsNone(crashed(finished), finished.err)
        self.assertEqual(finished.status, 0)
        self.assertRegex(finished.text, r"(?s)\n  OPEN RELAY .*\n  CLOSED .*\n  ACCEPTS MAIL FOR ANYBODY ")


if __name__ == "__main__":
    unittest.main()

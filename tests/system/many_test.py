"""Many targets: a scope that is kept to, a list of whom not to ask, and runs that are killed and go on."""
import json
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from hostile import ENVIRONMENT, OWN, PROGRAM, Server, Smtp, crashed, open_relay, run

SCOPE = """who = "the tests"
contact = "tests@club.example"
networks = ["127.0.64.0/28"]
"""
QUICK = ("--as-stranger", "--domain", OWN, "--technique", "null-sender", "--timeout", "20")


class Many(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def written(self, name: str, content: str) -> str:
        path = self.folder / name
        path.write_text(content)
        return str(path)

    def servers(self, port: int) -> None:
        """Three on 127.0.64.1 to .3, the second of which is open."""
        for last in (1, 2, 3):
            self.enterContext(Server(Smtp(open_relay) if last == 2 else Smtp(), f"127.0.64.{last}", port))

    def test_a_network_is_asked_in_its_scope(self):
        self.servers(2625)
        scope = self.written("scope", SCOPE)
        finished = run("probe", "127.0.64.0/29", "--port", "2625", *QUICK, "--scope", scope, "--format", "jsonl",
                       "--do-not-probe", self.written("no", "127.0.64.3 # asked us to stop\n"))
        self.assertIsNone(crashed(finished), finished.err)
        doors = [json.loads(line) for line in finished.text.splitlines()]
        verdicts = {door["target"]["address"]: door["verdict"] for door in doors if door["reached"] == "yes"}
        self.assertEqual(verdicts, {"127.0.64.1": "closed", "127.0.64.2": "open"})
        self.assertEqual(len(doors), 7)
        self.assertEqual(finished.status, 2)
        self.assertIn("1 targets passed over", finished.complaint)

    def test_nothing_outside_of_the_scope_is_asked(self):
        scope = self.written("scope", SCOPE)
        with Server(Smtp(), "127.0.65.1") as outside:
            for target in ("127.0.65.1", "127.0.64.0/27", "0.0.0.0/0", outside.name):
                finished = run("probe", target, *QUICK, "--scope", scope)
                self.assertEqual((finished.status, finished.out), (3, b""), target)
                self.assertIn("outside of the networks of the scope file", finished.complaint)
            listed = run("probe", "--targets", self.written("list", "127.0.64.1\n127.0.65.1\n"), *QUICK, "--scope", scope)
            self.assertRegex(listed.complaint, r"list:2:1: 127\.0\.65\.1 is outside")
            named = run("probe", f"localhost:{outside.port}", *QUICK, "--scope", scope)
            self.assertEqual((named.status, named.out), (3, b""), named.text)
            self.assertIn("outside of the scope", named.complaint)
            self.assertEqual(outside.connections, 0)

    def test_a_scope_has_its_time(self):
        late = self.written("late", SCOPE + "until = 2020-01-01T00:00:00Z\n")
        finished = run("probe", "127.0.64.1", *QUICK, "--scope", late)
        self.assertEqual(finished.status, 3)
        self.assertIn("late: does not allow asking at this time", finished.complaint)

    def test_resume_wants_lines_and_a_file(self):
        finished = run("probe", "127.0.64.1", "--resume", str(self.folder / "journal"))
        self.assertEqual(finished.status, 3)
        self.assertIn("--resume: give --format jsonl and -o FILE", finished.complaint)

    def test_a_run_that_was_killed_goes_on_and_every_result_is_there_once(self):
        self.servers(2626)
        journal, results = self.folder / "journal", self.folder / "results"
        words = ["probe", "127.0.64.0/28", "--port", "2626", *QUICK, "--quiet", "--format", "jsonl", "-o", str(results),
                 "--resume", str(journal), "--scope", self.written("scope", SCOPE), "--concurrency", "3", "--rate", "40"]
        for _ in range(3):
            process = subprocess.Popen([PROGRAM, *words], env=ENVIRONMENT)
            before = journal.read_text().count("\n") if journal.exists() else 0
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and process.poll() is None:
                if journal.exists() and journal.read_text().count("\n") >= before + 3:
                    break
            process.kill()
            process.wait()
        finished = run(*words)
        self.assertEqual(finished.status, 2, finished.complaint)
        asked = [json.loads(line)["target"]["address"] for line in results.read_text().splitlines()]
        self.assertEqual(sorted(asked), sorted(f"127.0.64.{last}" for last in range(16)))
        again = run(*words)
        self.assertEqual(again.status, 2)
        self.assertEqual(len(results.read_text().splitlines()), 16)
        other = run(*words, "--technique", "quoted")
        self.assertEqual(other.status, 3)
        self.assertIn("is of another run", other.complaint)


if __name__ == "__main__":
    unittest.main()

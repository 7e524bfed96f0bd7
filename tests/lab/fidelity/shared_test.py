"""What all harnesses share: readers, readings of a server's deeds, tallies, planted errors, short runs, and what is said to a server."""
import argparse
import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fidelity import comparison, edges, harness, planting, recorded, session, short, tally, visit  # noqa: E402
from fidelity.judge import Judgement  # noqa: E402
from fidelity.program import Subject  # noqa: E402
from fidelity_exim.modes import EximHarness  # noqa: E402
from fidelity_opensmtpd.modes import OpenSmtpdHarness  # noqa: E402
from fidelity_sendmail.modes import SendmailHarness  # noqa: E402

STAND_IN = Path(__file__).with_name("stand_in.py")
SUBJECT = Subject("/etc/some.conf", "1", ("client", "rcpt_to"))
ATTEMPT = {"client": "203.0.113.9", "helo": "x", "mail_from": "<>", "rcpt_to": "<bob@example.net>", "port": 25}
REFUSED = {"at": "rcpt", "code": 550, "text": "no", "fate": "refused"}
RELAYED = {"at": "message", "code": 250, "text": "ok", "fate": "handed-on", "to": ["bob@example.net"]}
NOBODY = {"ipv4": [], "ipv6": []}


def says(reply: str, code: int = 250, fate: str = "refused", relay: bool | None = False) -> dict:
    return {"reply": reply, "code": code, "fate": fate, "to": None, "relay": relay, "trace": []}


def listener(addresses: list[str], networks: list[str], **more) -> dict:
    sets = {"ipv4": [each for each in networks if ":" not in each], "ipv6": [each for each in networks if ":" in each]}
    return {"port": 25, "addresses": addresses, "relay_without_auth": sets, "exposures": [], **more}


class Reading(unittest.TestCase):
    def test_each_difference_has_its_name(self):
        reader = comparison.Reader(Path("/"), ["example.com"])
        for real, ours, kinds in (
                (REFUSED, says("reject", 550), ()), (REFUSED, says("reject", 554), ("code",)), (REFUSED, says("reject", 0), ()),
                (REFUSED, says("defer", 450), ("reply",)), (RELAYED, says("accept", fate="handed-on", relay=True), ()),
                (RELAYED, {**says("accept", fate="handed-on", relay=True), "to": "eve@example.net"}, ("to",)),
                (RELAYED, says("accept", fate="local"), ("relay", "fate")), (RELAYED, says("undecided", relay=None), ()),
                ({**RELAYED, "fates": ["handed-on", "local"]}, says("accept", fate="local", relay=True), ())):
            with self.subTest(real=real["at"], ours=ours, kinds=kinds):
                self.assertEqual(reader.outcome(ATTEMPT, real, ours).kinds, kinds)

    def test_what_has_no_answer_is_not_compared(self):
        reader = comparison.Reader(Path("/"), [])
        for real in ({"at": "not asked"}, {"at": "not running"}, {"at": "cut off"}, {"at": "no listener"},
                     {**RELAYED, "settled": False}, {**RELAYED, "unsettled": True}):
            self.assertFalse(reader.outcome(ATTEMPT, real, says("reject")).compared)

    def test_whether_a_domain_that_the_owner_names_is_his_is_no_difference(self):
        class Claiming(comparison.Reader):
            def is_claimed(self, attempt: dict, real: dict) -> bool:
                return True

        outcome = Claiming(Path("/"), []).outcome(ATTEMPT, RELAYED, says("accept", fate="handed-on"))
        self.assertEqual((outcome.kinds, outcome.relayed), ((), False))
        self.assertTrue(Claiming(Path("/"), []).outcome(ATTEMPT, RELAYED, says("undecided", relay=None)).claimed)
        self.assertFalse(Claiming(Path("/"), []).outcome(ATTEMPT, RELAYED, says("accept", fate="handed-on", relay=True)).claimed)

    def test_a_relay_is_what_the_client_chose_and_nobody_here_owns(self):
        for to, owned, written, relayed in (
                ("bob@example.net", [], "", True), ("bob@example.net", ["example.net"], "", False), ("x@forward.example", [], "", False),
                ("bob@[203.0.113.9]", [], "", False), ("eve@example.net", [], "eve@example.net", False),
                ("bob@example.net", [], "bob@example.net", True), ("bob@192.0.2.25", [], "", False)):
            with self.subTest(to=to, owned=owned, written=written):
                self.assertEqual(comparison.really_relayed(ATTEMPT, {**RELAYED, "to": [to]}, owned, written), relayed)


class Contradicting(unittest.TestCase):
    def test_a_client_gets_to_the_listeners_of_his_family(self):
        both = [listener(["0.0.0.0"], []), listener(["::"], [])]
        for client, found in (("203.0.113.9", both[:1]), ("2001:db8::1", both[1:]), ("::ffff:203.0.113.9", both[:1])):
            self.assertEqual(edges.reached(both, client, 25), found)
        self.assertEqual(edges.reached(both, "203.0.113.9", 587), [])
        self.assertEqual(edges.reached([listener([], [])], "203.0.113.9", 25), [listener([], [])])

    def test_the_listener_of_the_other_family_does_not_excuse(self):
        audit = {"responsible_for": [], "listeners": [listener(["0.0.0.0"], []), listener(["::"], ["0.0.0.0/0", "::/0"])]}
        self.assertTrue(comparison.contradicted(audit, ATTEMPT))
        self.assertFalse(comparison.contradicted(audit, {**ATTEMPT, "client": "2001:db8::1"}))

    def test_who_relays_where_audit_knows_no_listener_contradicts_it(self):
        audit = {"responsible_for": [], "listeners": []}
        self.assertTrue(comparison.contradicted(audit, ATTEMPT))
        self.assertFalse(comparison.contradicted(audit, {**ATTEMPT, "client": "127.0.0.1"}))


class Adding(unittest.TestCase):
    def end(self, found: list[Judgement], known: float = 0) -> tuple[int, list[str]]:
        total, out = tally.Tally("Some 1"), io.StringIO()
        for each in found:
            total.add(each.number, each)
        with contextlib.redirect_stdout(out):
            return total.end(known), out.getvalue().splitlines()

    def judgement(self, pairs: int, wrong: int = 0, failure: str = "") -> Judgement:
        found = Judgement(1, failure=failure)
        found.counts.update(configurations=1, pairs=pairs)
        for _ in range(wrong):
            found.disagree(["reply"], ATTEMPT, REFUSED, says("accept"))
        return found

    def test_who_has_compared_nothing_has_not_passed(self):
        for found in ([], [self.judgement(0)], [Judgement(1, failure="no server")]):
            status, lines = self.end(found)
            self.assertEqual((status, lines[-2:][0]), (1, "nothing was compared"))
            self.assertTrue(lines[-1].endswith(" 1 failed"))

    def test_questions_at_edges_alone_are_enough(self):
        found = Judgement(1)
        found.counts["edges inside"] = 1
        self.assertEqual(self.end([found]), (0, [self.end([found])[1][0], "1 passed, 0 failed"]))

    def test_what_is_known_does_not_fail_and_one_more_does(self):
        self.assertEqual(self.end([self.judgement(100, 3)], 3)[0], 0)
        self.assertEqual(self.end([self.judgement(100, 4)], 3)[0], 1)
        self.assertEqual(self.end([self.judgement(100, 1), self.judgement(1, 0, "no answer")], 3)[0], 1)

    def test_the_figures_are_one_sentence(self):
        total = tally.Tally("Some 1", "; and no more")
        total.add(1, self.judgement(200))
        total.counts["relayed"] = 50
        self.assertRegex(total.sentence(), r"^200 attempts on 1 random configurations held against Some 1 on \d{4}-\d\d-\d\d: no disagreements; "
                         r"25 % relayed, 0\.0 % undecided; without questions at the edges; and no more$")


class Choosing(unittest.TestCase):
    WORDS = {0: {"a"}, 1: {"a", "b"}, 2: {"c"}, 3: {"a", "b", "c"}, 4: {"d"}}

    def test_everything_is_there_once_with_the_fewest(self):
        for seed in range(5):
            self.assertEqual(short.covering(self.WORDS.__getitem__, seed, 0, 2, 5), [3, 4])
            self.assertEqual(set(short.covering(self.WORDS.__getitem__, seed, 0, 2, 3)), {1, 2})

    def test_what_is_left_is_for_a_second_round(self):
        chosen = short.covering(self.WORDS.__getitem__, 1, 0, 9, 5)
        self.assertEqual((chosen[:2], sorted(chosen)), ([3, 4], [0, 1, 2, 3, 4]))

    def test_the_seed_chooses_among_equals_and_the_same_one_the_same(self):
        chosen = [short.covering(lambda number: {"a"}, seed, 0, 3, 50) for seed in (1, 2, 1)]
        self.assertEqual(chosen[0], chosen[2])
        self.assertNotEqual(chosen[0], chosen[1])

    def test_a_short_run_has_every_word_of_its_dialect(self):
        for dialect in (EximHarness, OpenSmtpdHarness, SendmailHarness):
            found = dialect(argparse.Namespace(seed=1, truth="", program=None))
            words = {number: found.words(found.configuration(number)) for number in range(short.POOL)}
            chosen = short.covering(words.__getitem__, 1, 0, 24)
            with self.subTest(dialect.mta):
                self.assertEqual(set().union(*words.values()), set().union(*(words[number] for number in chosen)))


class Dialect(harness.Harness):
    """Whose program is the stand-in, and whose server is never started."""
    mta, subject, reader = "Some 1", SUBJECT, comparison.Reader
    errors = [planting.Error("no is taken for yes", "etc/some.conf", "^no$", "yes"),
              planting.Error("perhaps is overlooked", "etc/some.conf", "^perhaps$", "")]


class WithTruth(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.truth = Path(folder.name, "truth")
        place = self.truth / "00007"
        (place / "root/etc").mkdir(parents=True)
        (place / "root/etc/some.conf").write_text("no\nperhaps\n")
        (place / "about.json").write_text(json.dumps({"number": 7, "owned": []}))
        recorded.write_truth(place, [ATTEMPT, ATTEMPT], [REFUSED, RELAYED])
        self.say(says("reject", 550), says("accept", fate="handed-on", relay=True))
        self.audit("open", True, ["0.0.0.0/0"])

    def say(self, *answers: dict) -> None:
        recorded.write_lines(self.truth / "00007/says.jsonl", list(answers))

    def audit(self, verdict: str, runs: bool, networks: list[str]) -> None:
        (self.truth / "00007/audit.json").write_text(json.dumps({"verdict": verdict, "runs": runs, "responsible_for": [], "listeners": [
            listener(["0.0.0.0"], networks)]}))

    def run_it(self, **more) -> tuple[int, list[str]]:
        out = io.StringIO()
        options = {"program": str(STAND_IN), "truth": str(self.truth), "begin": 0, "configurations": 10, "jobs": 1, "shown": 3,
                   "record": None, "offline": True, "edges": False, "plant": False, "short": False, "explain_only": False, **more}
        with contextlib.redirect_stdout(out):
            status = Dialect(argparse.Namespace(**options)).run()
        return status, out.getvalue().splitlines()

    def test_agreement_passes_and_leaves_its_figures(self):
        figures = self.truth / "figures"
        status, lines = self.run_it(record=str(figures))
        self.assertEqual((status, lines[-1]), (0, "1 passed, 0 failed"))
        self.assertIn("2 attempts on 1 random configurations held against Some 1", json.loads(figures.read_text()))

    def test_a_lie_fails_and_is_told(self):
        self.say(says("accept", fate="local"), says("accept", fate="handed-on", relay=True))
        status, lines = self.run_it()
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))
        self.assertIn("     1  reply: real rcpt 550 refused, ours accept 250 local", lines)

    def test_an_audit_that_excludes_who_relays_is_unsound(self):
        self.audit("closed", True, ["10.0.0.0/8"])
        self.assertEqual(self.run_it()[0], 1)
        self.assertEqual(self.run_it(explain_only=True)[0], 0)

    def test_an_audit_of_what_runs_must_not_say_that_it_does_not(self):
        self.audit("open", False, ["0.0.0.0/0"])
        self.assertIn("     1  runs: real rcpt 550 refused, ours None None None", self.run_it()[1])

    def test_a_run_without_truth_fails(self):
        self.assertEqual(self.run_it(begin=8)[1][-1], "0 passed, 1 failed")

    def test_a_program_that_fails_is_a_failure(self):
        self.say(says("reject", 550))
        status, lines = self.run_it()
        self.assertEqual(status, 1)
        self.assertIn("configuration 7: explain: 1 answers to 2 attempts", lines)

    def test_a_planted_error_is_noticed_by_what_the_program_says_then(self):
        reading = self.truth.parent / "reading"
        lies, truth = self.truth.parent / "lies", self.truth / "00007/says.jsonl"
        recorded.write_lines(lies, [says("accept", fate="local"), says("accept", fate="handed-on", relay=True)])
        reading.write_text(f"#!/bin/sh\nwhile [ \"$1\" != --root ]; do shift; done\n"
                           f"if grep -q yes \"$2/etc/some.conf\"; then cat {lies}; else cat {truth}; fi\n")
        reading.chmod(0o755)
        status, lines = self.run_it(plant=True, program=str(reading))
        self.assertEqual((status, lines), (1, ["    1 of     1  no is taken for yes", "    0 of     1  perhaps is overlooked",
                                               "1 passed, 1 failed"]))


class Wire:
    """Answers each command with the next code."""

    def __init__(self, codes: list[int]):
        self.codes, self.said = list(codes), []

    def say(self, command: str) -> session.Reply:
        self.said.append(command)
        return session.Reply(self.codes.pop(0), "2.0.0 text")

    def send(self, data: bytes) -> session.Reply:
        return self.say(data.decode())


class Saying(unittest.TestCase):
    def test_an_attempt_ends_where_it_is_refused(self):
        for codes, at, code in (([501], "helo", 501), ([250, 550], "mail", 550), ([250, 250, 450], "rcpt", 450),
                                ([250, 250, 250, 503], "data", 503), ([250, 250, 250, 354, 554], "message", 554),
                                ([250, 250, 250, 354, 250], "message", 250)):
            with self.subTest(at=at, code=code):
                told = session.say_all(Wire(codes), ATTEMPT, "7", session.Manners("{token}\r\n.\r\n"))
                self.assertEqual((told["at"], told["code"]), (at, code))

    def test_earlier_recipients_are_told_of(self):
        wire = Wire([250, 250, 250, 550, 250, 354, 250])
        told = session.say_all(wire, {**ATTEMPT, "after": ["<a@x>", "<b@x>"]}, "7", session.Manners("{token}\r\n.\r\n", "EHLO", None, True))
        self.assertEqual((told["after"], told["token"], told["rcpt_code"]), ([250, 550], "7", 250))
        self.assertEqual([wire.said[0], wire.said[4], wire.said[-1]], ["EHLO x", "RCPT TO:<bob@example.net> NOTIFY=NEVER", "7\r\n.\r\n"])

    def test_who_cannot_log_in_has_asked_nothing(self):
        manners = session.Manners("", log_in=lambda wire, user: wire.say("AUTH " + user))
        with self.assertRaises(session.Closed):
            session.say_all(Wire([250, 535]), {**ATTEMPT, "auth": "alice"}, "7", manners)

    def test_a_server_that_has_ended_is_asked_no_more(self):
        def visited(attempt: dict) -> dict:
            if attempt["client"] == "10.0.0.1":
                raise visit.NotRunning("bad line 7")
            if attempt["client"] == "10.0.0.2":
                raise session.Closed("closed by the server")
            return dict(RELAYED)

        clients = ["10.0.0.2", "203.0.113.9", "10.0.0.1", "203.0.113.9"]
        told = visit.visit_all([{**ATTEMPT, "client": client} for client in clients], visited)
        self.assertEqual([each["at"] for each in told], ["cut off", "message", "not running", "not running"])


if __name__ == "__main__":
    unittest.main()

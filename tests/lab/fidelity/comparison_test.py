"""The comparison, with a stand-in for the program and a recorded truth: no server, no network."""
import contextlib
import io
import json
import sys
import tempfile
import unittest
from argparse import Namespace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fidelity import compare, comparison, decisive, edges, modes, mutations, planted, program, recorded, subject  # noqa: E402
from fidelity_sendmail import planted as sendmails_planted  # noqa: E402
from fidelity.recorded import write_lines  # noqa: E402

STAND_IN = Path(__file__).with_name("stand_in.py")
REFUSED = {"at": "rcpt", "code": 554, "enhanced": "5.7.1", "text": "5.7.1 no", "fate": "refused"}
RELAYED = {"at": "message", "code": 250, "enhanced": "2.0.0", "text": "2.0.0 Ok", "fate": "handed-on",
           "to": ["bob@example.net"], "sunk": ["<bob@example.net>"]}
LOCAL = {"at": "message", "code": 250, "enhanced": "2.0.0", "text": "2.0.0 Ok", "fate": "local", "to": []}
ATTEMPT = {"client": "203.0.113.9", "helo": "x", "mail_from": "<>", "rcpt_to": "<bob@example.net>", "port": 25}
STEP = {"stage": "smtpd_relay_restrictions", "text": "reject_unauth_destination", "result": "reject"}
LISTENER = {"port": 25, "runs": True, "relay_without_auth": {"ipv4": ["10.0.0.0/8"], "ipv6": []}, "exposures": [
    {"clients": ["10.0.0.0/8"], "witness": {"client": "10.0.0.0", "helo": "h", "mail_from": "<>", "rcpt_to": "<a@example.net>"}}]}


def says(reply: str, code: int = 250, fate: str = "refused", relay: bool = False, **more) -> dict:
    return {"reply": reply, "code": code, "enhanced": "5.7.1" if code == 554 else "2.0.0", "fate": fate, "to": None,
            "relay": relay, "listener": "smtp inet 25", "trace": [STEP], **more}


class Comparing(unittest.TestCase):
    def test_each_difference_has_its_name(self):
        for real, ours, kinds in (
                (REFUSED, says("reject", 554), ()),
                (REFUSED, says("reject", 550), ("code", "enhanced")),
                (REFUSED, says("accept", fate="local"), ("reply",)),
                (REFUSED, says("accept", fate="handed-on", relay=True), ("relay", "reply")),
                (RELAYED, says("accept", fate="handed-on", relay=True, to="bob@example.net"), ()),
                (RELAYED, says("accept", fate="handed-on", relay=True, to="eve@example.net"), ("to",)),
                (RELAYED, says("accept", fate="local"), ("relay", "fate")),
                (RELAYED, says("reject", 554), ("relay", "reply")),
                (LOCAL, says("accept", fate="dropped"), ("fate",)),
                (LOCAL, says("undecided", relay=None), ()),
                ({"at": "not running"}, says("undecided", listener=None), ()),
                ({"at": "not running"}, says("reject", 554), ("runs",)),
                (REFUSED, says("undecided", listener=None), ("runs",))):
            with self.subTest(real=real["at"], ours=ours["reply"], kinds=kinds):
                self.assertEqual(compare.compare(ATTEMPT, real, ours, []).kinds, kinds)

    def test_what_was_not_asked_is_not_compared(self):
        for real in ({"at": "not asked"}, {"at": "cut off"}, {**RELAYED, "unsettled": True}):
            self.assertFalse(compare.compare(ATTEMPT, real, says("reject", 554), []).compared)

    def test_a_relay_goes_to_a_domain_that_the_client_named_and_nobody_here_owns(self):
        for to, owned, relayed in ((["bob@example.net"], [], True), (["bob@example.net"], ["example.net"], False),
                                   (["bob@example.net"], ["net"], True), (["x@forward.example"], [], False),
                                   (["bob@a.example.net"], ["example.net"], False)):
            with self.subTest(to=to, owned=owned):
                attempt = {**ATTEMPT, "rcpt_to": "<bob@a.example.net>" if "a." in to[0] else ATTEMPT["rcpt_to"]}
                self.assertEqual(compare.really_relayed(attempt, {**RELAYED, "to": to}, owned), relayed)

    def test_the_step_that_ended_a_list_was_decisive(self):
        trace = [{"stage": "smtpd_client_restrictions", "text": "permit_mynetworks", "result": "no match"},
                 {"stage": "smtpd_client_restrictions", "text": "reject_unknown_client", "result": "reject"}]
        self.assertEqual(decisive.deciding({"trace": trace}), {("reject_unknown_client_hostname", "client")})


class Edges(unittest.TestCase):
    def test_neighbouring_networks_are_one_interval(self):
        self.assertEqual(edges.intervals(["10.0.0.0/9", "10.128.0.0/9", "12.0.0.0/8"], 32),
                         [(10 << 24, (11 << 24) - 1), (12 << 24, (13 << 24) - 1)])

    def test_the_witness_is_asked_inside_and_the_battery_outside(self):
        import random
        asked = edges.questions(LISTENER, random.Random(1))
        self.assertEqual({attempt["client"] for where, attempt in asked if where == "inside"}, {"10.0.0.0", "10.255.255.255"})
        self.assertEqual({attempt["client"] for where, attempt in asked if where == "outside" and "." in attempt["client"]},
                         {"9.255.255.255", "11.0.0.0"})
        self.assertEqual(sum(where == "outside" for where, _ in asked) % len(edges.BATTERY), 0)

    def test_a_stranger_who_relays_contradicts_an_audit_that_excludes_him(self):
        for client, contradicts in (("203.0.113.9", True), ("10.1.1.1", False), ("::ffff:10.1.1.1", False), ("127.0.0.1", False),
                                    ("192.0.2.25", False), ("2001:db8::9", True)):
            with self.subTest(client=client):
                self.assertEqual(edges.contradicts(LISTENER, {**ATTEMPT, "client": client}), contradicts)

    def test_who_has_a_secret_is_no_stranger(self):
        reader = comparison.Reader(Path("/"), [])
        for more, needs in (({}, False), ({"auth": "alice"}, True), ({"client_cert": "trusted"}, True), ({"client_cert": "none"}, False)):
            self.assertEqual(reader.needs_secret({**ATTEMPT, **more}), needs)

    def test_a_client_with_a_confirmed_name_of_the_server_is_no_stranger_where_audit_says_that_it_took_that_for_granted(self):
        closed = {**LISTENER, "verdict": "closed", "premises": ["no stranger has a confirmed name such as gw.dept.example.com"]}
        for ptr, confirmed, listener, contradicts in (
                ("gw.dept.example.com", True, closed, False), ("A.gw.dept.example.com", True, closed, False),
                ("corp.example", True, closed, False), ("gw.dept.example.com", False, closed, True),
                ("evilexample.com", True, closed, True), ("mail.club.example", True, closed, True), (None, True, closed, True),
                ("gw.dept.example.com", True, {**closed, "premises": ["a table is what it seems"]}, True),
                ("gw.dept.example.com", True, {**closed, "verdict": "open", "premises": []}, False)):
            with self.subTest(ptr=ptr, confirmed=confirmed, premises=listener["premises"]):
                attempt = {**ATTEMPT, "ptr": ptr, "ptr_confirmed": confirmed}
                self.assertEqual(edges.contradicts(listener, attempt, ["example.com", "corp.example"]), contradicts)


class WithTruth(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def truth(self, name: str, answers: list[dict]) -> Path:
        place = self.folder / name / "00000"
        (place / "root/etc/postfix").mkdir(parents=True)
        (place / "root/etc/postfix/main.cf").write_text("mydestination =\n")
        (place / "about.json").write_text(json.dumps({"number": 0, "owned": []}))
        write_lines(place / "attempts.jsonl", [{**ATTEMPT, "client": "10.1.1.1"}, {**ATTEMPT, "client": "10.1.1.1"}])
        write_lines(place / "real.jsonl", [REFUSED, RELAYED])
        write_lines(place / "says.jsonl", answers)
        (place / "audit.json").write_text(json.dumps({"verdict": "open", "responsible_for": [], "listeners": [LISTENER]}))
        return place.parent

    def run_mode(self, mode, **more) -> tuple[int, str]:
        out = io.StringIO()
        options = {"program": str(STAND_IN), "configurations": 10, "jobs": 1, "keep": str(self.folder / "kept"), "record": None,
                   "decisive": False, "seed": 1, "mutations": None, "explain_only": False, **more}
        with contextlib.redirect_stdout(out):
            status = mode(Namespace(begin=0, ask_edges=False, **options))
        return status, out.getvalue()

    def test_agreement_passes(self):
        truth = self.truth("good", [says("reject", 554), says("accept", fate="handed-on", relay=True, to="bob@example.net")])
        status, out = self.run_mode(modes.compare_with_truth, truth=str(truth), record=str(self.folder / "figures"))
        self.assertEqual((status, out.splitlines()[-1]), (0, "1 passed, 0 failed"))
        figures = json.loads((self.folder / "figures").read_text())
        self.assertEqual((figures["pairs"], figures["relayed"], figures["disagreements"]), (2, 1, 0))

    def test_a_lie_fails_and_is_kept(self):
        truth = self.truth("bad", [says("accept", fate="local"), says("accept", fate="handed-on", relay=True, to="bob@example.net")])
        status, out = self.run_mode(modes.compare_with_truth, truth=str(truth))
        self.assertEqual((status, out.splitlines()[-1]), (1, "0 passed, 1 failed"))
        kept = self.folder / "kept/000"
        self.assertEqual(json.loads((kept / "about.json").read_text())["kinds"], ["reply"])
        self.assertTrue((kept / "config/etc/postfix/main.cf").exists())

    def test_an_audit_that_excludes_who_relays_is_unsound(self):
        truth = self.truth("unsound", [says("reject", 554), says("accept", fate="handed-on", relay=True)])
        (truth / "00000/audit.json").write_text(json.dumps({"verdict": "closed", "responsible_for": [], "listeners": [
            {**LISTENER, "relay_without_auth": {"ipv4": [], "ipv6": []}, "exposures": []}]}))
        self.run_mode(modes.compare_with_truth, truth=str(truth))
        self.assertEqual(json.loads((self.folder / "kept/000/about.json").read_text())["kinds"], ["unsound"])

    def test_explain_is_compared_when_audit_takes_too_long(self):
        class Slow(subject.PostfixProgram):
            def audit(self, root: Path) -> dict:
                raise program.TooLong("audit")

        place = self.truth("slow", [says("reject", 554), says("accept", fate="local")]) / "00000"
        found = recorded.judge_recorded(Slow(str(STAND_IN)), compare.Reader, place)
        self.assertEqual((found.failure, found.counts["audits too long"], found.counts["pairs"]), ("", 1, 2))
        self.assertEqual([each.kinds for each in found.disagreements], [("relay", "fate")])

    def test_explain_alone_asks_for_no_audit(self):
        truth = self.truth("alone", [says("reject", 554), says("accept", fate="handed-on", relay=True)])
        (truth / "00000/audit.json").unlink()
        status, _ = self.run_mode(modes.compare_with_truth, truth=str(truth), explain_only=True)
        self.assertEqual(status, 0)

    def test_a_planted_rule_is_caught_or_missed(self):
        right = [says("reject", 554), says("accept", fate="handed-on", relay=True)]
        truth = self.truth("mutants", right)
        place = truth / "00000"
        liar = self.folder / "liar"
        liar.write_text(f"#!/bin/sh\nexec {STAND_IN} \"$@\" | sed 's/554/550/'\n")
        liar.chmod(0o755)
        for program, line in ((liar, "caught by configuration 00000"), (STAND_IN, "MISSED")):
            names = self.folder / "list"
            names.write_text(f"# name and program\nplanted {program}\n")
            _, out = self.run_mode(mutations.run, truth=str(truth), mutations=str(names))
            self.assertIn(f"planted: {line}", out)
        self.assertTrue(place.exists())


class Planting(unittest.TestCase):
    def test_every_wrong_rule_changes_one_place_of_the_model(self):
        sources = Path(__file__).resolve().parents[3] / "src"
        for wrong in planted.WRONG + sendmails_planted.WRONG:
            with self.subTest(wrong.name):
                self.assertEqual((sources / wrong.file).read_text().count(wrong.right), 1)


if __name__ == "__main__":
    unittest.main()

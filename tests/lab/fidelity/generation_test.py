"""What is made up, and how the real server's words are read."""
import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fidelity import fates, gates, minimise, restrictions, server, session, short  # noqa: E402
from fidelity.attempts import Attempts  # noqa: E402
from fidelity.configuration import configuration  # noqa: E402


class Generating(unittest.TestCase):
    def test_the_same_number_is_the_same_configuration(self):
        for number in (0, 7, 99):
            one, other = configuration(5, number), configuration(5, number)
            self.assertEqual(one.files, other.files)
            self.assertEqual(Attempts(5, one).make(20), Attempts(5, other).make(20))
        self.assertNotEqual(configuration(5, 1).files, configuration(6, 1).files)

    def test_each_restriction_has_its_turn_in_each_list(self):
        seen = {configuration(1, number).focus for number in range(gates.TURNS)}
        self.assertEqual({f"{name} in {where}" for name, where in restrictions.TURNS} - seen, set())

    def test_a_short_run_is_about_every_restriction_and_every_list(self):
        chosen = short.covering(lambda number: set(gates.turn(number)), 1, 0, 48, gates.TURNS)
        about = {each for number in chosen for each in gates.turn(number)}
        self.assertEqual({*restrictions.RESTRICTIONS, *restrictions.LISTS, ""} - about, set())

    def test_every_table_that_is_named_is_there(self):
        for number in range(150):
            files = configuration(3, number).files
            text = files["etc/postfix/main.cf"] + files["etc/postfix/master.cf"]
            for word in text.replace(",", " ").replace("}", " ").split():
                path = word.rsplit(":", 1)[-1].lstrip("!{")
                if path.startswith("/etc/postfix/"):
                    self.assertIn(path.lstrip("/"), files, f"configuration {number}")


class Reading(unittest.TestCase):
    def test_a_log_tells_where_mail_went(self):
        for line, kind, to in (
                ("<22>Nov 22 03:00:00 postfix/smtp[9]: 4A1: to=<b@x.example>, relay=mx.example.net[198.51.100.25]:25, delay=0.1, "
                 "delays=0/0/0/0, dsn=2.0.0, status=sent (250 taken)", "handed-on", "b@x.example"),
                ("<22>Nov 22 03:00:00 postfix/submission/smtp[9]: 4A1: to=<b@x.example>, orig_to=<a@y.example>, relay=none, delay=1, "
                 "delays=0/0/0/0, dsn=5.4.4, status=bounced (Host or domain name not found. Name service error)", "tried", "b@x.example"),
                ("<22>Nov 22 03:00:00 postfix/local[9]: 4A1: to=<alice@example.com>, relay=local, delay=1, delays=0/0/0/0, dsn=2.0.0, "
                 "status=sent (delivered to mailbox)", "local", "alice@example.com"),
                ("<22>Nov 22 03:00:00 postfix/discard[9]: 4A1: to=<a@b.example>, relay=none, delay=1, delays=0/0/0/0, dsn=2.0.0, "
                 "status=sent (b.example)", "dropped", "a@b.example"),
                ("<22>Nov 22 03:00:00 postfix/error[9]: 4A1: to=<a@b.example>, relay=none, delay=1, delays=0/0/0/0, dsn=5.0.0, "
                 "status=bounced (User unknown)", "dropped", "a@b.example")):
            match = fates._STATUS.search(line)
            self.assertIsNotNone(match, line)
            delivery = fates.Delivery(match["agent"], match["to"], match["orig"], match["relay"], match["status"], match["text"])
            self.assertEqual((delivery.kind, delivery.to), (kind, to))

    def test_earlier_recipients_are_not_the_one_that_was_asked_for(self):
        found = fates.Fates({"A": [fates.Delivery("smtp", "first-1@x.example", None, "m", "sent", ""),
                                   fates.Delivery("local", "alice@y.example", None, "local", "sent", "")]})
        told = fates.fate_of({"at": "message", "code": 250, "queue_id": "A"}, "token", found)
        self.assertEqual((told["fate"], told["to"]), ("local", []))

    def test_the_client_that_xclient_claims(self):
        self.assertEqual(session.xclient({"client": "2001:db8::1", "ptr": "a.example", "ptr_confirmed": False, "auth": "a=b@c"}),
                         "XCLIENT NAME=[UNAVAILABLE] REVERSE_NAME=a.example ADDR=IPV6:2001:db8::1 PORT=40001 LOGIN=a+3Db@c")

    def test_only_smtpd_services_believe_xclient(self):
        master = "smtp inet n - n - - smtpd\n  -o a=b\n127.0.0.1:1 inet n - n - - smtpd\npickup unix n - n 60 1 pickup\n"
        self.assertEqual(server.with_xclient(master).count("static:all"), 2)

    def test_tables_are_indexed_by_the_command_that_suits_them(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "main.cf").write_text("a = hash:/etc/postfix/t, texthash:/etc/postfix/u\nalias_maps = hash:/etc/postfix/aliases\n")
            (folder / "master.cf").write_text("")
            for each in ("t", "u", "aliases"):
                (folder / each).write_text("")
            self.assertEqual(server.tables_to_index(folder / "main.cf", folder / "master.cf", folder),
                             {"postmap": ["hash:/etc/postfix/t"], "postalias": ["hash:/etc/postfix/aliases"]})


class Minimising(unittest.TestCase):
    def test_what_a_disagreement_does_not_need_goes(self):
        name = "etc/postfix/main.cf"
        texts = {name: "".join(f"word{number} = a, b c\n" for number in range(9)), "etc/postfix/table": "x y\n"}

        def still(texts, attempt):
            return "word4 = " in texts[name] and " b" in texts[name].split("word4")[1]

        small = minimise._fewer_lines(texts, name, {}, still)
        small = minimise._shorter_values(small, {}, still)
        self.assertEqual(minimise._named_files(small, {}, still), {name: "word4 = b\n"})

    def test_an_attempt_keeps_what_matters(self):
        attempt = {"client": "10.0.0.1", "helo": "odd", "mail_from": "<x@y>", "rcpt_to": "<a@b>", "auth": "alice", "port": 587}
        self.assertEqual(minimise._simpler_attempt({}, attempt, lambda _, one: one.get("auth") == "alice"),
                         {"client": "203.0.113.9", "helo": "club.example", "mail_from": "<>", "rcpt_to": "<a@b>", "auth": "alice", "port": 25})


if __name__ == "__main__":
    random.seed(1)
    unittest.main()

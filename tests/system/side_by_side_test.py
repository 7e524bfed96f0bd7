"""Several sessions with one server at a time: as many as were agreed on, and no more than it bears."""
import threading
import unittest

from hostile import HUNG, OWN, TAKEN, Connection, Server, Smtp, closed, crashed, run

ASKED = ("--as-stranger", "--domain", OWN, "--format", "json", "--timeout", "50")


class Counting(Smtp):
    """Knows how many are being served, and how many were at most."""

    greeting = "220 mail.example.com ESMTP Postfix\r\n"

    def __init__(self, rcpt=closed):
        super().__init__(rcpt)
        self.lock, self.now, self.most, self.total = threading.Lock(), 0, 0, 0
        self.session = threading.local()

    def __call__(self, connection: Connection) -> None:
        with self.lock:
            self.now, self.total = self.now + 1, self.total + 1
            self.most = max(self.most, self.now)
            number, beside = self.total, self.now
        self.session.ended = False
        try:
            self.serve(connection, number, beside)
        finally:
            self.leave()

    def leave(self) -> None:
        """Once a session: whoever hears the answer to QUIT may come again at once."""
        with self.lock:
            self.now -= 0 if self.session.ended else 1
        self.session.ended = True

    def answer(self, command: str) -> str:
        if command.upper() == "QUIT":
            self.leave()
        return super().answer(command)

    def serve(self, connection: Connection, number: int, beside: int) -> None:
        super().__call__(connection)


class Together(Counting):
    """Greets the second, the third and the fourth client when all of them are there."""

    def __init__(self, rcpt=closed):
        super().__init__(rcpt)
        self.all_there = threading.Barrier(3)

    def serve(self, connection: Connection, number: int, beside: int) -> None:
        if 2 <= number <= 4:
            self.all_there.wait(HUNG / 2)
        super().serve(connection, number, beside)


class OneAtATime(Counting):
    """Says 421 to whoever comes while another one is served, or hangs up without a word."""

    def __init__(self, words: str):
        super().__init__()
        self.words = words

    def serve(self, connection: Connection, number: int, beside: int) -> None:
        if beside > 1:
            connection.say(self.words)
            if not self.words:
                connection.reset()
            return
        super().serve(connection, number, beside)


class SideBySide(unittest.TestCase):
    def ask(self, script, *more: str, techniques: str = "historic") -> dict:
        with Server(script) as server:
            finished = run("probe", server.name, *ASKED, "--set", techniques, *more)
        self.assertIsNone(crashed(finished), finished.err)
        door = finished.json["results"][0]
        self.assertEqual([each for each in door["outcomes"] if each["outcome"] == "not-run"], [], door["reason"])
        return door

    def test_as_many_as_were_agreed_on(self):
        script = Together()
        door = self.ask(script)
        self.assertEqual(door["verdict"], "closed", door["reason"])
        self.assertLessEqual(script.most, 4)

    def test_one_if_that_was_agreed_on(self):
        script = Counting()
        door = self.ask(script, "--per-host", "1")
        self.assertEqual((door["verdict"], script.most), ("closed", 1), door["reason"])

    def test_a_server_that_bears_only_one_is_asked_all_the_same(self):
        for words in ("421 4.7.0 mail.example.com Error: too many connections\r\n", ""):
            script = OneAtATime(words)
            door = self.ask(script)
            with self.subTest(words):
                self.assertEqual((door["verdict"], door["blocked_after"]), ("closed", None), door["reason"])

    def test_what_is_found_beside_each_other_is_found(self):
        def percent(recipient: str) -> str:
            local, _, domain = recipient.rpartition("@")
            user, sign, further = local.rpartition("%")
            return TAKEN if domain == OWN and sign and further != OWN else closed(recipient)

        door = self.ask(Together(percent), techniques="standard")
        relays = {each["technique"] for each in door["outcomes"] if each["counts_as"] == "relay"}
        self.assertEqual((door["verdict"], relays), ("open", {"percent-at-domain"}), door["reason"])


if __name__ == "__main__":
    unittest.main()

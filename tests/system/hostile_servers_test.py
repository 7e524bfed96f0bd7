"""Servers that speak no SMTP, break it or mean harm: a clear reason and the right verdict, inside --timeout."""
import itertools
import os
import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path

from hostile import (NO_RELAY, OWN, SLACK, TAKEN, Server, Smtp, closed, crashed, largest, open_relay, run, side_by_side,
                     stray_bytes)

PATIENT, SHORT = 30, 1.5  # seconds for servers that answer, and for those that keep us waiting
EVIL = b"\0\x1b[2J\x1b]0;owned\x07\xff\xfe\xc3\x28\x9b31m\xe2\x80\xae\x7f\r250 "


class HostileServer(unittest.TestCase):
    def ask(self, script, *more: str, timeout: float = PATIENT, command: str = "probe", **server):
        """Asks as text and as JSON; what holds for every server is asserted here."""
        with Server(script, **server) as there:
            host = there.address if command == "check" else there.name
            port = ("--port", str(there.port)) if command == "check" else ()
            words = (command, host, *port, "--as-stranger", "--timeout", str(timeout), "--domain", OWN, *more)
            text, document = side_by_side(lambda: run(*words), lambda: run(*words, "--format", "json"))
        for finished in (text, document):
            self.assertIsNone(crashed(finished), finished.err)
            self.assertLess(finished.seconds, timeout + SLACK)
            self.assertLess(finished.largest, largest())
            self.assertEqual(stray_bytes(finished.out), b"")
            self.assertEqual(stray_bytes(finished.err), b"")
        return text, document

    def judged(self, script, status: int, reason: str, *more: str, **how) -> dict:
        """The JSON document, whose reason, like that of the text, matches `reason`."""
        text, document = self.ask(script, *more, **how)
        self.assertEqual((text.status, document.status), (status, status), text.text + text.complaint)
        verdict = {0: "closed", 1: "closed", 2: "open", 3: "undecided"}[status]
        probed = document.json if how.get("command") != "check" else document.json["outside"]
        self.assertEqual((document.json["verdict"], probed["verdict"]), (verdict, verdict))
        words = probed["runs"][0]["reason"]
        self.assertRegex(words, reason)
        self.assertNotIn("\n", words)
        if status == 3:
            self.assertRegex(" ".join(text.text.split()), reason)
            self.assertNotIn("OPEN RELAY", text.text)
            self.assertNotIn("CLOSED", text.text)
        return probed

    def undecided(self, script, reason: str, *more: str, **how) -> dict:
        return self.judged(script, 3, reason, *more, **how)


class WithoutSmtp(HostileServer):
    def test_nobody_listens(self):
        with Server(lambda connection: None) as gone:
            pass
        finished = run("check", gone.address, "--port", str(gone.port), "--timeout", str(PATIENT))
        self.assertEqual(finished.status, 3)
        self.assertIn("no server there: every connection was refused", finished.text)

    def test_http_that_waits_for_a_request(self):
        def http(connection):
            connection.line()
            connection.say("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n")
        self.undecided(http, "no greeting", timeout=SHORT)

    def test_http_that_complains_at_once(self):
        self.undecided(lambda c: c.say("HTTP/1.1 408 Request Time-out\r\nConnection: close\r\n\r\n"),
                       "does not speak SMTP: HTTP/1.1 408")

    def test_ssh(self):
        def ssh(connection):
            connection.say("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
            connection.wait()
        self.undecided(ssh, "does not speak SMTP: SSH-2.0-OpenSSH_9.2p1 Debian-2")

    def test_imap_greets_with_a_star(self):
        self.undecided(lambda c: c.say("* OK [CAPABILITY IMAP4rev1] ready\r\n"), "does not speak SMTP: . OK")

    def test_random_bytes(self):
        noise = bytes((7 * i * i + 13 * i + 0x91) % 256 for i in range(3000))
        self.undecided(lambda c: c.say(noise), "does not speak SMTP|more than any reply")

    def test_an_echo_server(self):
        def echo(connection):
            while got := connection.client.recv(4096):
                connection.say(got)
        self.undecided(echo, "no greeting", timeout=SHORT)

    def test_an_echo_server_behind_a_greeting_gives_our_own_words_for_a_reply(self):
        def echo(connection):
            connection.say("220 echo\r\n")
            while True:
                connection.say(connection.line() + "\r\n")
        self.undecided(echo, "does not speak SMTP: EHLO")

    def test_a_tls_server_on_a_plain_port(self):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # waits for a ClientHello, which does not come
        self.undecided(lambda c: tls.wrap_socket(c.client, server_side=True), "no greeting", timeout=SHORT)

    def test_a_tls_server_that_complains_of_our_silence(self):
        self.undecided(lambda c: c.say(b"\x15\x03\x03\0\x02\x02\x0a"), r"does not speak SMTP: \\x15\\x03")

    def test_plain_text_where_tls_begins_at_once(self):
        self.undecided(Smtp(), "465: TLS failed", "--port", "465", command="check", port=465, address="127.0.46.5")


class Greeting(HostileServer):
    def test_never_comes(self):
        self.undecided(lambda c: c.wait(), "no greeting", timeout=SHORT)

    def test_never_comes_and_check_says_the_same(self):
        self.undecided(lambda c: c.wait(), "no greeting", timeout=SHORT, command="check")

    def test_is_a_554(self):
        self.undecided(lambda c: c.say("554 mail.example.com No SMTP service here\r\n"), "lets nobody in: 554 mail")

    def test_is_a_421_until_the_time_is_over(self):
        self.undecided(lambda c: c.say("421 4.3.2 Too many connections\r\n"), "lets nobody in: 421 4.3.2 Too many",
                       timeout=SHORT)

    def test_drips(self):
        def drip(connection):
            for byte in itertools.chain(b"220 mail.example.com ", itertools.repeat(ord("x"))):
                connection.say(bytes([byte]))
                connection.wait(1)
        self.undecided(drip, "no greeting: 22", timeout=SHORT)

    def test_breaks_off(self):
        self.undecided(lambda c: c.say("220 mail.exam"), "no greeting: 220 mail.exam")

    def test_breaks_off_between_its_lines(self):
        self.undecided(lambda c: c.say("220-mail.example.com\r\n"), "no greeting: 220-mail.example.com")

    def test_is_a_reset(self):
        self.undecided(lambda c: c.reset(), "no greeting")

    def test_has_a_control_character_in_its_code(self):
        self.undecided(lambda c: c.say(b"2\x020 hello\r\n"), r"does not speak SMTP: 2\\x020 hello")

    def test_is_one_endless_line(self):
        def endless(connection):
            connection.say("220 ")
            while True:
                connection.say(b"x" * 65536)
        self.undecided(endless, "a line of more than 4096 bytes")

    def test_has_endless_lines(self):
        def endless(connection):
            while True:
                connection.say(b"220-mail.example.com\r\n" * 4000)
        self.undecided(endless, "a reply of more than 128 lines")


class Replies(HostileServer):
    def test_drip_at_rcpt(self):
        class Drips(Smtp):
            def reply(self, connection, command, words):
                for byte in words.encode() if command.startswith("RCPT") else ():
                    connection.say(bytes([byte]))
                    connection.wait(1)
                if not command.startswith("RCPT"):
                    connection.say(words)
        self.undecided(Drips(open_relay), "stopped answering: 2?5?", timeout=SHORT)

    def test_go_on_for_ever_at_ehlo(self):
        class Endless(Smtp):
            def answer(self, command):
                return "250-SIZE\r\n" * 100_000 if command.startswith("EHLO") else super().answer(command)
        self.undecided(Endless(), "a reply of more than 128 lines")

    def test_come_unasked_without_end(self):
        class Unasked(Smtp):
            def reply(self, connection, command, words):
                connection.say(words)
                while True:
                    connection.say(b"250 2.0.0 Ok\r\n" * 4000)
        self.undecided(Unasked(), "do not fit our commands: 250 2.0.0 Ok")

    def test_end_with_the_connection_after_each_command(self):
        class Once(Smtp):
            def reply(self, connection, command, words):
                connection.say(words)
                raise ConnectionError
        self.undecided(Once(), "it hung up")

    def test_end_with_a_reset_at_mail(self):
        class Resets(Smtp):
            def reply(self, connection, command, words):
                if command.startswith("MAIL"):
                    connection.reset()
                    raise ConnectionError
                connection.say(words)
        self.undecided(Resets(), "it hung up")

    def test_break_off_in_the_middle_of_a_yes(self):
        class BreaksOff(Smtp):
            def reply(self, connection, command, words):
                connection.say(words if not command.startswith("RCPT") else "250 2.1")
                if command.startswith("RCPT"):
                    raise ConnectionError
        self.undecided(BreaksOff(open_relay), "it hung up: 250 2.1")

    def test_are_full_of_terminal_control(self):
        class Evil(Smtp):
            greeting = b"220 mail.example.com " + EVIL + b"\r\n"
            ehlo = "250-mail.example.com \x1b[31m\r\n250-X\x1b[1mY \0\r\n250 PIPELINING\r\n"

            def reply(self, connection, command, words):
                evil = words.encode()[:-2] + b" " + EVIL + b"\r\n"
                connection.say(evil if command.startswith(("MAIL", "RCPT")) else words)
        for rcpt, status in ((closed, 0), (open_relay, 2)):
            document = self.judged(Evil(rcpt), status, "relay|accepted", "--transcript", "--verbose")
            self.assertIn(r"\x1b[2J", document["results"][0]["server"]["banner"])

    def test_are_escaped_in_a_complaint_too(self):
        self.undecided(lambda c: c.say(b"554 " + EVIL + b"\r\n"), r"lets nobody in: 554 \\x00\\x1b\[2J")

    def test_have_codes_that_there_are_not(self):
        class Coded(Smtp):
            def __init__(self, words):
                super().__init__()
                self.words = words

            def answer(self, command):
                return self.words + "\r\n" if command.startswith("RCPT") else super().answer(command)
        for words in ("999 fine", "000 fine", "25", "2500 fine", "250_fine", "-250 fine", " 250 fine", "٢٥٠ fine", ""):
            with self.subTest(words):
                self.undecided(Coded(words), "does not speak SMTP|it hung up")
        for words in ("354 go", "550", "250"):  # codes of replies, but not of a refusal to relay
            with self.subTest(words):
                self.undecided(Coded(words), "postmaster|takes recipients outside|neither yes nor no")

    def test_count_by_their_code_and_not_by_their_text(self):
        def says_otherwise(recipient):
            return "250 2.1.5 554 5.7.1 relay access denied" if closed(recipient) == TAKEN else \
                "554 5.7.1 250 2.1.5 Ok: relay access denied"
        self.judged(Smtp(says_otherwise), 0, "no relay found")

    def test_of_several_lines_with_different_codes_end_with_the_one_that_counts(self):
        def mixed(recipient):
            return "250-2.1.5 first\r\n" + closed(recipient)
        self.judged(Smtp(mixed), 0, "no relay found")


    def test_never_end_at_rcpt(self):
        class Endless(Smtp):
            def reply(self, connection, command, words):
                connection.say(words if not command.startswith("RCPT") else "250 ")
                while command.startswith("RCPT"):
                    connection.say(b"x" * 65536)
        self.undecided(Endless(open_relay), "a line of more than 4096 bytes")

    def test_put_everything_off(self):
        class Storm(Smtp):
            def answer(self, command):
                later = command.startswith(("MAIL", "RCPT", "RSET"))
                return "451 4.3.0 Try again later\r\n" if later else super().answer(command)
        self.undecided(Storm(open_relay), r"later|senders \(451\)")

    def test_are_421_at_whatever_command(self):
        for verb in ("EHLO", "MAIL", "RCPT", "RSET"):
            class Closing(Smtp):
                def answer(self, command, verb=verb):
                    return "421 4.3.2 closing\r\n" if command.startswith(verb) else super().answer(command)
            with self.subTest(verb):
                text, document = self.ask(Closing(), timeout=SHORT)
                self.assertIn((text.status, document.json["verdict"]), ((0, "closed"), (3, "undecided")), text.text)

    def test_are_cut_off_at_whatever_command(self):
        for verb in ("EHLO", "MAIL", "RCPT", "RSET", "QUIT"):
            class Resets(Smtp):
                def reply(self, connection, command, words, verb=verb):
                    if command.startswith(verb):
                        connection.reset()
                        raise ConnectionError
                    connection.say(words)
            with self.subTest(verb):
                text, document = self.ask(Resets(), timeout=SHORT)
                self.assertNotIn(2, (text.status, document.status), text.text)


class Batches(HostileServer):
    def test_with_each_reply_twice_say_nothing(self):
        class Twice(Smtp):
            def reply(self, connection, command, words):
                connection.say(words if command.startswith(("EHLO", "HELO")) else words * 2)
        self.undecided(Twice(), "do not fit our commands")
        self.undecided(Twice(open_relay), "do not fit our commands|takes recipients outside")

    def test_with_the_reply_to_mail_twice_do_not_make_a_yes_of_it(self):
        class TwiceAtMail(Smtp):
            def reply(self, connection, command, words):
                connection.say(words * 2 if command.startswith("MAIL") else words)
        probed = self.undecided(TwiceAtMail(), "do not fit our commands")
        self.assertNotIn("accepted", {outcome["outcome"] for outcome in probed["results"][0]["outcomes"]})

    def test_with_a_reply_twice_later_on_do_not_make_a_closed_server_open(self):
        """The controls have been asked by then: only the outside recipients get the wrong reply."""
        class TwiceOutside(Smtp):
            def __init__(self):
                super().__init__()
                self.mails = 0

            def reply(self, connection, command, words):
                self.mails += command.startswith("MAIL")
                connection.say(words * 2 if command.startswith("MAIL") and self.mails > 12 else words)
        text, document = self.ask(TwiceOutside())
        self.assertEqual((text.status, document.json["verdict"]), (3, "undecided"), text.text)

    def test_without_replies_to_rcpt_are_no_relay(self):
        class Silent(Smtp):
            def reply(self, connection, command, words):
                if not command.startswith("RCPT"):
                    connection.say(words)
        text, document = self.ask(Silent(), timeout=SHORT)
        self.assertEqual((text.status, document.json["verdict"]), (3, "undecided"), text.text)

    def test_answered_backwards_are_no_relay(self):
        class Backwards(Smtp):
            """Collects the replies of a batch, and gives the last one first."""

            def __call__(self, connection):
                connection.say(self.greeting)
                while True:
                    batch = connection.client.recv(65536).decode("latin-1").splitlines()
                    if not batch:
                        return
                    connection.say("".join(reversed([self.answer(command) for command in batch])))
        text, document = self.ask(Backwards())
        self.assertNotIn(2, (text.status, document.status), text.text)


class WholeServer(HostileServer):
    """The behaviour is within SMTP; the verdict is what matters."""

    def test_closed_is_closed(self):
        self.judged(Smtp(), 0, "no relay found by")

    def test_open_is_open(self):
        self.judged(Smtp(open_relay), 2, "recipients outside are accepted")

    def test_that_takes_everything_is_not_called_open(self):
        probed = self.undecided(Smtp(lambda recipient: TAKEN), "takes everything|mailboxes that cannot exist alike")
        self.assertNotIn("open", {door["verdict"] for door in probed["results"]})

    def test_that_refuses_everything_in_words_of_relaying_is_closed(self):
        self.judged(Smtp(lambda recipient: NO_RELAY), 0, "no relay found by")

    def test_that_drops_us_after_each_recipient_is_not_called_open(self):
        class Drops(Smtp):
            def reply(self, connection, command, words):
                connection.say(words)
                if command.startswith("RCPT"):
                    raise ConnectionError
        text, document = self.ask(Drops())
        self.assertIn((text.status, document.json["verdict"]), ((0, "closed"), (3, "undecided")), text.text)

    def test_that_wants_a_password_is_closed(self):
        class Submission(Smtp):
            ehlo = "250-mail.example.com\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n"

            def answer(self, command):
                refused = command.startswith(("MAIL", "RCPT"))
                return "530 5.7.0 Authentication required\r\n" if refused else super().answer(command)
        self.judged(Submission(), 0, "no relay found by")

    def test_with_garbage_behind_starttls_is_closed_as_far_as_it_was_asked(self):
        class Garbled(Smtp):
            ehlo = "250-mail.example.com\r\n250-STARTTLS\r\n250 PIPELINING\r\n"

            def reply(self, connection, command, words):
                if command != "STARTTLS":
                    return connection.say(words)
                connection.say("220 2.0.0 Ready\r\n")
                connection.line()
                connection.say(os.urandom(512))
                raise ConnectionError
        text, document = self.ask(Garbled())
        self.assertEqual((text.status, document.status), (1, 1), text.text)
        self.assertIn("STARTTLS not asked: TLS failed", " ".join(text.text.split()))
        self.assertIn("STARTTLS fails", " ".join(text.text.split()))

    def test_that_never_shakes_hands_behind_starttls_ends_in_time(self):
        class Mute(Smtp):
            ehlo = "250-mail.example.com\r\n250-STARTTLS\r\n250 PIPELINING\r\n"

            def reply(self, connection, command, words):
                connection.say(words)
                if command == "STARTTLS":
                    connection.wait()

            def answer(self, command):
                return "220 Ready\r\n" if command == "STARTTLS" else super().answer(command)
        text, document = self.ask(Mute(), timeout=SHORT + 3)
        self.assertEqual((text.status, document.status), (1, 1), text.text)

    def test_with_a_certificate_of_thousands_of_names_ends_in_time(self):
        with tempfile.TemporaryDirectory() as folder:
            names = ",".join(f"DNS:a-rather-long-name-{number}.example.com" for number in range(6000))
            configuration = Path(folder, "conf")
            configuration.write_text("[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=x\n"
                                     f"[ext]\nsubjectAltName={names}\n")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-config", configuration, "-keyout", f"{folder}/key", "-out", f"{folder}/cert"],
                           check=True, capture_output=True)
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(f"{folder}/cert", f"{folder}/key")

        class Certified(Smtp):
            ehlo = "250-mail.example.com\r\n250-STARTTLS\r\n250 PIPELINING\r\n"

            def reply(self, connection, command, words):
                connection.say(words)
                if command == "STARTTLS":
                    connection.client = tls.wrap_socket(connection.client, server_side=True)
                    connection.file = connection.client.makefile("rb")

            def answer(self, command):
                return "220 Ready\r\n" if command == "STARTTLS" else super().answer(command)
        text, document = self.ask(Certified())
        self.assertIn((text.status, document.status), ((0, 0), (1, 1)), text.text)
        for door in document.json["results"]:
            self.assertLessEqual(len(door["server"]["certificate_names"]), 64)


if __name__ == "__main__":
    unittest.main()

"""Other places to ask from: a SOCKS proxy, a machine that ssh leads to. All of them are on loopback."""
import json
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from hostile import OWN, PROGRAM, Connection, Server, Smtp, closed, crashed, open_relay, run

ELSEWHERE = "127.0.0.2"  # where the other machine asks from
QUICK = ("--as-stranger", "--domain", OWN, "--technique", "null-sender", "--timeout", "20")
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin")


class TrustsOne(Smtp):
    """Relays for one address, as a server does whose list of trusted networks holds it."""

    def __call__(self, connection: Connection) -> None:
        trusted = connection.client.getpeername()[0] == ELSEWHERE
        Smtp.__call__(Smtp(open_relay if trusted else closed), connection)


class Socks:
    """A SOCKS 5 server's script: by name and password if it has some; connects from `source`."""

    def __init__(self, login: bytes = b"", source: str = ELSEWHERE):
        self.login, self.source, self.asked = login, source, []

    def __call__(self, connection: Connection) -> None:
        read, say = connection.file.read, connection.say
        _, count = read(2)
        methods = read(count)
        if self.login:
            say(b"\x05\x02" if 2 in methods else b"\x05\xff")
            if 2 not in methods:
                return
            name = read(read(2)[1])
            right = name + b":" + read(read(1)[0]) == self.login
            say(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                return
        else:
            say(b"\x05\x00")
        _, _, _, family = read(4)
        assert family == 1, family
        to = socket.inet_ntoa(read(4)), int.from_bytes(read(2), "big")
        self.asked.append(to)
        try:
            with socket.create_connection(to, 10, (self.source, 0)) as there:
                say(b"\x05\x00\x00\x01" + bytes(6))
                self.carry(connection, there)
        except ConnectionRefusedError:
            say(b"\x05\x05\x00\x01" + bytes(6))

    @staticmethod
    def carry(connection: Connection, there: socket.socket) -> None:
        def back():
            try:
                while piece := there.recv(4096):
                    connection.client.sendall(piece)
                connection.client.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        carrier = threading.Thread(target=back, daemon=True)
        carrier.start()
        while piece := connection.file.read1(4096):
            there.sendall(piece)
        there.shutdown(socket.SHUT_WR)
        carrier.join()


class ByProxy(unittest.TestCase):
    def probe(self, proxy: str, server: str, *more: str):
        finished = run("probe", server, *QUICK, "--proxy", proxy, "--format", "json", *more)
        self.assertIsNone(crashed(finished), finished.err)
        return finished

    def test_the_proxy_is_where_it_is_asked_from(self):
        socks = Socks()
        with Server(TrustsOne()) as server, Server(socks) as proxy:
            url = f"socks5://{proxy.name}"
            through = self.probe(url, server.name)
            directly = run("probe", server.name, *QUICK)
            text = run("probe", server.name, *QUICK, "--proxy", url)
        self.assertEqual((through.status, directly.status, text.status), (2, 0, 2), through.complaint)
        self.assertEqual(through.json["runs"][0]["places"], [url])
        self.assertEqual({door["vantage"]["name"] for door in through.json["results"]}, {url})
        self.assertEqual(set(socks.asked), {("127.0.0.1", server.port)})

    def test_it_is_logged_in_to(self):
        with Server(Smtp()) as server, Server(Socks(b"ann:se:cret")) as proxy:
            told = self.probe(f"socks5://ann:se:cret@{proxy.name}", server.name)
            wrong = self.probe(f"socks5://ann:wrong@{proxy.name}", server.name)
            without = self.probe(f"socks5://{proxy.name}", server.name)
        self.assertEqual((told.status, wrong.status, without.status), (0, 3, 3), told.complaint)
        self.assertNotIn("cret", told.text)
        self.assertIn("refuses this name and password", wrong.text)
        self.assertIn("wants a name and a password", without.text)

    def test_what_it_cannot_reach_is_not_closed(self):
        with Server(Smtp()) as gone:
            free = gone.name
        with Server(Socks()) as proxy:
            refused = self.probe(f"socks5://{proxy.name}", free)
        nowhere = self.probe(f"socks5://{free}", "127.0.0.1:25")
        no_proxy = lambda connection: connection.say("HTTP/1.1 400 Bad Request\r\n")
        with Server(no_proxy) as proxy:
            other = self.probe(f"socks5://{proxy.name}", "127.0.0.1:25")
        self.assertEqual((refused.status, nowhere.status, other.status), (3, 3, 3))
        self.assertIn("refused", refused.text)
        self.assertIn("does not speak SOCKS 5", other.text)

    def test_odd_urls_and_options_are_one_line(self):
        for words in (("--proxy", "http://127.0.0.1:3128"), ("--proxy", "socks5://"), ("--proxy", "socks5://:x@h:1"),
                      ("--proxy", "socks5://h:0"), ("--proxy", "socks5://h:1", "--source", "127.0.0.1"),
                      ("--via", "-oProxyCommand=x"), ("--via", "a b"), ("--via", "x;y"), ("--via", "")):
            finished = run("probe", "127.0.0.1", *words)
            self.assertEqual((finished.status, finished.complaint.count("\n")), (3, 1), finished.complaint)


class BySsh(unittest.TestCase):
    """`ssh` is a program of the test's own, first in PATH."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "there").mkdir()
        # The other machine's relayproof: the same one, with another address to ask from.
        self.script("there/relayproof", f'shift\nexec "{PROGRAM}" probe --source {ELSEWHERE} "$@"\n')

    def script(self, name: str, lines: str) -> None:
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + lines)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def fake_ssh(self, lines: str = "") -> None:
        self.script("ssh", f'printf "%s\\n" "$@" > "{self.folder}/words"\n' + lines +
                    f'\nfor last in "$@"; do :; done\nPATH="{self.folder}/there:$PATH" exec sh -c "$last"\n')

    def probe(self, server: str, *more: str, via=("root@vps.example",), command="probe"):
        words = [word for place in via for word in ("--via", place)]
        path = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        finished = run(command, server, *QUICK, *words, *more, env=path)
        self.assertIsNone(crashed(finished), finished.err)
        return finished

    def test_both_places_are_asked_and_the_difference_is_explained(self):
        self.fake_ssh()
        with Server(TrustsOne()) as server:
            document = self.probe(server.name, "--format", "json")
            text = self.probe(server.name)
        self.assertEqual((document.status, text.status), (2, 2), document.complaint)
        verdicts = {door["vantage"]["name"]: door["verdict"] for door in document.json["results"]}
        self.assertEqual(verdicts, {"here": "closed", "root@vps.example": "open"})
        self.assertEqual(document.json["runs"][0]["places"], ["here", "root@vps.example"])
        self.assertIn(ELSEWHERE, document.json["runs"][0]["sources"])
        words = " ".join(text.text.split())
        self.assertIn("OPEN RELAY from root@vps.example (from here no relay found)", words)
        self.assertIn("from here from root@vps.example", words)
        self.assertIn("it relays for root@vps.example", words)
        self.assertIn("RP4004", words)

    def test_a_check_asks_there_as_well(self):
        self.fake_ssh()
        with Server(TrustsOne()) as server:
            finished = self.probe(server.name, command="check")
        self.assertEqual(finished.status, 2, finished.complaint)
        self.assertIn("--mx", (self.folder / "words").read_text())

    def test_two_places_that_agree_say_so(self):
        self.fake_ssh()
        with Server(Smtp()) as server:
            finished = self.probe(server.name, via=("vps", "lan"))
        self.assertEqual(finished.status, 0, finished.complaint)
        self.assertIn("from 3 places", " ".join(finished.text.split()))

    def test_what_is_asked_there_is_what_was_asked_here(self):
        self.fake_ssh('printf "garbage\\n"; exit 0')
        with Server(Smtp()) as server:
            self.probe(server.name, "--user", "o'hara@example.com", "--to", "you@elsewhere.example", "--port", "2525",
                       "--repeat", "2", "--phase", "data")
        words = (self.folder / "words").read_text().splitlines()
        self.assertEqual(words[:-1], ["-oBatchMode=yes", "-oConnectTimeout=20", "--", "root@vps.example"])
        for part in ("--quiet --format json", "--user 'o'\\''hara@example.com'", "--to you@elsewhere.example",
                     "--port 2525", "--repeat 2", "--phase data", f"--domain {OWN}", "--technique null-sender",
                     "--as-stranger", f"-- {server.name}"):
            self.assertIn(part, words[-1])

    def test_a_place_that_cannot_be_asked_is_named_and_hides_nothing(self):
        for lines, why in (("exit 255", "ssh did not get there"), ("exit 127", "no relayproof"),
                           ('printf "{}"; exit 0', "no relayproof/probe-run/1"),
                           ("head -c 1000000 /dev/zero; exit 0", "no relayproof/probe-run/1"),
                           ("exit 3", "ended with status 3")):
            self.fake_ssh(lines)
            with Server(Smtp()) as server:
                finished = self.probe(server.name)
            with self.subTest(why):
                self.assertEqual(finished.status, 1, finished.complaint)
                self.assertIn("from root@vps.example: not asked: ", " ".join(finished.text.split()))
                self.assertIn(why, " ".join(finished.text.split()))

    def test_many_targets_and_keys_do_not_travel(self):
        self.fake_ssh()
        for words in (("127.0.0.1", "127.0.0.2"), ()):
            path = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
            finished = run("probe", *words, "--via", "vps", env=path)
            self.assertEqual(finished.status, 3)
        self.assertFalse((self.folder / "words").exists())

    @unittest.skipUnless(SSHD and os.geteuid() == 0, "needs sshd and root")
    def test_a_real_sshd(self):
        port = self.sshd()
        config = self.folder / "config"
        config.write_text(f"Port {port}\nHostName 127.0.0.1\nUser root\nIdentityFile {self.folder}/key\n"
                          f"IdentitiesOnly yes\nUserKnownHostsFile {self.folder}/known\nStrictHostKeyChecking no\n"
                          "LogLevel ERROR\n")
        self.script("ssh", f'exec "{shutil.which("ssh")}" -F "{config}" "$@"\n')
        with Server(TrustsOne()) as server:
            finished = self.probe(server.name, "--format", "json", via=("vps",))
        self.assertEqual(finished.status, 2, finished.complaint)
        verdicts = {door["vantage"]["name"]: door["verdict"] for door in finished.json["results"]}
        self.assertEqual(verdicts, {"here": "closed", "vps": "open"}, json.dumps(finished.json["runs"]))

    def sshd(self) -> int:
        """One of the test's own on loopback, with keys that are thrown away."""
        for name in ("host", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)], check=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        Path("/run/sshd").mkdir(exist_ok=True)
        config = self.folder / "sshd_config"
        config.write_text(f"ListenAddress 127.0.0.1:{port}\nHostKey {self.folder}/host\nPidFile none\nUsePAM no\n"
                          f"AuthorizedKeysFile {self.folder}/key.pub\nStrictModes no\nPasswordAuthentication no\n"
                          f"PermitRootLogin prohibit-password\n"
                          f"SetEnv PATH={self.folder}/there:/usr/bin:/bin\n")
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.addCleanup(process.stderr.close)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if b"Server listening" in process.stderr.readline():
                return port
        self.fail("sshd does not listen")


if __name__ == "__main__":
    unittest.main()

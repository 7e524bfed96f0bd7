"""The lines by hand of a report, run by a shell against a server here, send what the report says they send."""
import json
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REPORT = json.loads((ROOT / "src/report/testdata/open.probe.json").read_text())
TOOLS = ["swaks", "nc", "openssl"]
# Everything may be sent at once: this server forbids nothing, and its answers are not the question.
WITHOUT_PAUSES = "sleep() { :; }\n"


def certificate(folder):
    names = [f"{folder}/cert.pem", f"{folder}/key.pem"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=relay.example", "-days", "1", "-out", names[0], "-keyout", names[1]],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*names)
    return context


class Server:
    """Takes one client, offers STARTTLS, says 250 to everything, and remembers the lines."""

    def __init__(self, context):
        self.context = context
        self.lines = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(30)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        with self.listener:
            client = self.listener.accept()[0]
        client.settimeout(30)
        client.sendall(b"220 relay.example ESMTP\r\n")
        while not self.converse(client):
            client = self.context.wrap_socket(client, server_side=True)
        client.close()

    def converse(self, client):
        """True when it is over, False when TLS is to begin."""
        received = b""
        while True:
            more = client.recv(4096)
            if not more:
                return True
            received += more
            while b"\r\n" in received:
                line, received = received.split(b"\r\n", 1)
                self.lines.append(line)
                verb = line[:4].upper()
                if verb == b"STAR":
                    client.sendall(b"220 2.0.0 Ready\r\n")
                    return False
                if verb == b"QUIT":
                    client.sendall(b"221 2.0.0 Bye\r\n")
                    return True
                client.sendall(b"250-relay.example\r\n250 STARTTLS\r\n" if verb == b"EHLO" else b"250 2.1.5 Ok\r\n")

    def finished(self):
        self.thread.join(30)
        return self.lines


def bytes_of(text):
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), text).encode()


@unittest.skipUnless(all(map(shutil.which, TOOLS)), "needs " + ", ".join(TOOLS))
class ByHand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.context = certificate(cls.folder.name)

    def run_line(self, line, *, plain):
        """What the server heard of a line that was made for 192.0.2.90:587 behind STARTTLS."""
        server = Server(self.context)
        line = line.replace("192.0.2.90:587", f"127.0.0.1:{server.port}").replace("--port 587", f"--port {server.port}")
        line = line.replace("--server 192.0.2.90", "--server 127.0.0.1")
        if plain:
            line = re.sub(r"openssl .*", f"nc 127.0.0.1 {server.port}", line).replace(" -tls ", " ")
        ran = subprocess.run(["sh", "-c", WITHOUT_PAUSES + line], capture_output=True, stdin=subprocess.DEVNULL,
                             timeout=60)
        heard = server.finished()
        self.assertIn(b"250 2.1.5 Ok", ran.stdout, f"{line}\n{ran.stdout}{ran.stderr}")
        return heard

    def check_outcomes(self, *, plain):
        self.assertEqual(len(REPORT["outcomes"]), 5)
        for outcome in REPORT["outcomes"]:
            said = [b"MAIL FROM:" + bytes_of(outcome["mail_from"]), b"RCPT TO:" + bytes_of(outcome["rcpt_to"])]
            lines = outcome["by_hand"]
            with self.subTest(outcome["technique"], by="nc"):
                heard = self.run_line(lines["nc"], plain=plain)
                self.assertEqual(heard[-4:], [b"HELO " + bytes_of(outcome["helo"]), *said, b"QUIT"])
            if lines["swaks"] is None:
                continue
            with self.subTest(outcome["technique"], by="swaks"):
                heard = self.run_line(lines["swaks"], plain=plain)
                if not lines["swaks_exact"]:
                    said = [re.sub(rb":(.*)", rb":<\1>", line) for line in said]
                self.assertEqual(heard[-4:], [b"EHLO " + bytes_of(outcome["helo"]), *said, b"QUIT"])

    def test_in_the_clear(self):
        self.check_outcomes(plain=True)

    def test_behind_starttls(self):
        self.check_outcomes(plain=False)


if __name__ == "__main__":
    unittest.main()

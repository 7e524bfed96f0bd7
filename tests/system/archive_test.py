"""audit of what an administrator sends: /etc in an archive, or unpacked."""
import io
import json
import os
import subprocess
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

PROGRAM = os.environ["RELAYPROOF"]
MAIN = ("compatibility_level = 3.6\nmyhostname = mail.example.com\nmydestination = example.com\n"
        "mynetworks = 127.0.0.0/8 [::1]/128\nalias_maps = texthash:/etc/aliases.text\n")
FILES = {"etc/postfix/main.cf": MAIN, "etc/postfix/master.cf": "smtp inet n - y - - smtpd\n",
         "etc/aliases.text": "office boss@example.net\n",
         "etc/smtpd.conf": 'listen on 0.0.0.0\naction "r" relay\nmatch from any for any action "r"\n'}
VERDICTS = {"/etc/postfix": "closed", "/etc/smtpd.conf": "open"}


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60)


def tar(path, files, links=(), mode="w:gz"):
    with tarfile.open(path, mode) as packed:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            packed.addfile(entry, io.BytesIO(text.encode()))
        for name, target in links:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            packed.addfile(entry)


class Archives(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name)

    def verdicts(self, path):
        ran = run("audit", str(path), "--format", "json")
        document = json.loads(ran.stdout)
        self.assertEqual((ran.returncode, document["verdict"]), (2, "open"))
        return {result["path"].split(": ")[-1]: result["audit"]["verdict"] for result in document["results"]}

    def test_of_every_kind_hold_every_server(self):
        for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.tar.xz", "w:xz")):
            with self.subTest(name):
                tar(self.path / name, {f"./host/{file}": text for file, text in FILES.items()}, mode=mode)
                self.assertEqual(self.verdicts(self.path / name),
                                 {f"/host{place}": verdict for place, verdict in VERDICTS.items()})
        with zipfile.ZipFile(self.path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in FILES.items():
                packed.writestr(name, text)
        self.assertEqual(set(self.verdicts(self.path / "a.zip").values()), {"open", "closed"})

    def test_unpacked_are_the_same(self):
        for name, text in FILES.items():
            path = self.path / "backup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.assertEqual(self.verdicts(self.path / "backup"),
                         {f"{self.path}/backup{place}": verdict for place, verdict in VERDICTS.items()})

    def test_of_one_server_are_one_audit_with_the_files_beside_it(self):
        files = {name: text for name, text in FILES.items() if name != "etc/smtpd.conf"}
        tar(self.path / "one.tgz", files)
        ran = run("audit", str(self.path / "one.tgz"), "--format", "json")
        document = json.loads(ran.stdout)
        self.assertEqual((ran.returncode, document["schema"]), (0, "relayproof/audit/1"))
        self.assertIn("/etc/aliases.text", document["files"])
        self.assertEqual(run("explain", str(self.path / "one.tgz"), "--client", "203.0.113.9", "--from", "a@b.example",
                             "--to", "c@d.example").returncode, 0)

    def test_links_stay_inside(self):
        files = {name: text for name, text in FILES.items() if name.startswith("etc/postfix/master")}
        tar(self.path / "links.tgz", {**files, "srv/real.cf": MAIN},
            [("etc/postfix/main.cf", "../../srv/real.cf"), ("etc/aliases.text", "/../../../etc/passwd"), ("loop", "loop")])
        document = json.loads(run("audit", str(self.path / "links.tgz"), "--format", "json").stdout)
        self.assertIn("main.cf", document["files"])
        self.assertNotIn("/etc/aliases.text", document["files"])

    def test_that_are_wrong_get_one_line(self):
        tar(self.path / "two.tgz", FILES)
        whole = (self.path / "two.tgz").read_bytes()
        (self.path / "cut.tgz").write_bytes(whole[:len(whole) // 2])
        (self.path / "other.zip").write_bytes(b"PK\x03\x04" + b"\xff" * 200)
        tar(self.path / "empty.tgz", {"readme": "nothing\n"})
        with zipfile.ZipFile(self.path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("etc/postfix/main.cf", b"\0" * (257 << 20))
        for command, name, says in (("audit", "cut.tgz", "cannot be unpacked"), ("audit", "other.zip", "other.zip: "),
                                    ("audit", "empty.tgz", "no configuration that I know"),
                                    ("audit", "bomb.zip", "256 MiB"), ("fix", "two.tgz", "unpack"),
                                    ("explain", "two.tgz", "several configurations")):
            with self.subTest(name):
                more = ("--client", "203.0.113.9", "--from", "a@b.example", "--to", "c@d.example") if command == "explain" else ()
                ran = run(command, str(self.path / name), *more)
                self.assertEqual((ran.returncode, ran.stdout, ran.stderr.count("\n")), (3, "", 1), ran.stderr)
                self.assertIn(says, ran.stderr)


if __name__ == "__main__":
    unittest.main()

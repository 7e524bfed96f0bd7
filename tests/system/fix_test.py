"""fix, as its users run it: the patch that closes, who loses what, and what is written."""
import fcntl
import json
import os
import shutil
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
MASTER = "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\nlocal unix - n n - - local\n"
BASE = "compatibility_level = 3.6\nmyhostname = mail.example.com\nmydestination = example.com\ninet_interfaces = all\n"
NETWORKS = "mynetworks = 127.0.0.0/8 [::1]/128\n"
GATE = "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
HOST = ("--hostname", "mail.example.com", "--interface", "192.0.2.25/24", "--mta-version", "3.7")
SUBMISSION = ("submission inet n - y - - smtpd\n  -o smtpd_sasl_auth_enable=yes\n"
              "  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n")

# A postfix that notes what it is asked, and gives what the files beside it say.
FAKE = """#!/bin/sh
here=$(dirname "$0")
shift 2
echo "$*" >> "$here/asked"
cat "$here/says.$1" 2>/dev/null
exit "$(cat "$here/status.$1" 2>/dev/null || echo 0)"
"""


def open_cases():
    """Ways to be an open relay, each as files of a configuration folder."""
    relay_off = "smtpd_relay_restrictions =\n"
    return {
        "every IPv4 client is trusted": {"main.cf": BASE + GATE + "mynetworks = 127.0.0.0/8 0.0.0.0/0\n"},
        "every IPv6 client is trusted": {"main.cf": BASE + GATE + "mynetworks = 127.0.0.0/8 [::]/0\n"},
        "networks stand in a file": {
            "main.cf": BASE + GATE + "mynetworks = 127.0.0.0/8 @/networks\n",
            "networks": "# ours\n192.168.7.0/24\n0.0.0.0/0\n"},
        "networks stand in a cidr table": {
            "main.cf": BASE + GATE + "mynetworks = 127.0.0.0/8 cidr:@/networks\n",
            "networks": "192.168.7.0/24 ok\n0.0.0.0/0 ok\n"},
        "a permit for any client before the gate": {
            "main.cf": BASE + NETWORKS + relay_off + "smtpd_recipient_restrictions = permit_mynetworks,\n"
            "    # our partners\n    check_client_access static:OK,\n    reject_unauth_destination\n"},
        "a permit for any sender": {
            "main.cf": BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks, "
            "check_sender_access static:OK, reject_unauth_destination\n"},
        "a permit by HELO": {
            "main.cf": BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks, check_helo_access "
            "inline:{friend.example=OK}, reject_unauth_destination\n"},
        "a row of an access table": {
            "main.cf": BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks, "
            "check_sender_access texthash:@/senders, reject_unauth_destination\n",
            "senders": "# who writes to us\nspam.example REJECT\npartner.example OK\n"},
        "a gate that only warns": {
            "main.cf": BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks, warn_if_reject "
            "reject_unauth_destination\nsmtpd_recipient_restrictions = permit_mynetworks, "
            "check_recipient_access static:OK, reject\n"},
        "a service without a gate": {
            "main.cf": BASE + NETWORKS + GATE,
            "master.cf": MASTER + "10025 inet n - y - - smtpd\n  -o smtpd_relay_restrictions=\n"
            "  -o smtpd_recipient_restrictions=check_client_access,static:OK,reject\n"},
        "a service that trusts everybody": {
            "main.cf": BASE + NETWORKS + GATE,
            "master.cf": MASTER + "2525 inet n - y - - smtpd\n  -o mynetworks=0.0.0.0/0\n"},
        "XCLIENT for everybody": {
            "main.cf": BASE + NETWORKS + GATE + "smtpd_authorized_xclient_hosts = 0.0.0.0/0\n"},
        "QMQP for everybody": {
            "main.cf": BASE + NETWORKS + GATE + "qmqpd_authorized_clients = 0.0.0.0/0\n",
            "master.cf": MASTER + "628 inet n - y - - qmqpd\n"},
        "backup for whoever names us as MX": {
            "main.cf": BASE + NETWORKS + "smtpd_relay_restrictions = permit_mynetworks, permit_mx_backup, "
            "reject_unauth_destination\n"},
        "relaying for a whole top-level domain": {
            "main.cf": BASE + NETWORKS + GATE + "relay_domains = example.org, net\n"},
        "a class that permits": {
            "main.cf": BASE + NETWORKS + "smtpd_restriction_classes = friends\n"
            "friends = check_sender_access static:OK\nsmtpd_relay_restrictions = permit_mynetworks, friends, "
            "reject_unauth_destination\n"},
        "two holes at once": {
            "main.cf": BASE + GATE + "mynetworks = 127.0.0.0/8 0.0.0.0/0\n"
            "smtpd_authorized_xclient_hosts = 0.0.0.0/0\n"},
    }


class Folder:
    """A configuration folder in a temporary place, `@` in its files being that place."""

    def __init__(self, files=None, **more):
        self.place = tempfile.TemporaryDirectory()
        self.path = Path(self.place.name).resolve() / "postfix"
        self.path.mkdir()
        self.fake = Path(self.place.name) / "bin"
        self.fake.mkdir()
        (self.fake / "postfix").write_text(FAKE)
        (self.fake / "postfix").chmod(0o755)
        for name, text in {"master.cf": MASTER, **(files or {}), **more}.items():
            (self.path / name).write_text(text.replace("@/", f"{self.path}/"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.cleanup()

    def run(self, command, *words, before=()):
        environment = {**os.environ, "PATH": f"{self.fake}:{os.environ['PATH']}"}
        if before:  # whoever is traced already cannot be looked through for leaks
            environment["ASAN_OPTIONS"] = "detect_leaks=0"
        return subprocess.run([*before, PROGRAM, command, str(self.path), *HOST, *words], capture_output=True,
                              text=True, env=environment, timeout=120)

    def fix(self, *words, before=()):
        return self.run("fix", *words, before=before)

    def audit(self, *words):
        return json.loads(self.run("audit", "--format", "json", *words).stdout)

    def text(self, name="main.cf"):
        return (self.path / name).read_text()

    def names(self):
        return sorted(entry.name for entry in self.path.iterdir())

    def asked(self):
        log = self.fake / "asked"
        return log.read_text().splitlines() if log.exists() else []

    def patch(self, text):
        return subprocess.run(["patch", "-p1", "-d", str(self.path)], input=text, capture_output=True, text=True)


SIMPLE = {"main.cf": BASE + GATE + "mynetworks = 127.0.0.0/8 0.0.0.0/0\n"}


class Patch(unittest.TestCase):
    def test_closes_every_way_of_being_open(self):
        for name, files in open_cases().items():
            with self.subTest(name), Folder(files) as folder:
                self.assertEqual(folder.audit()["verdict"], "open")
                ran = folder.fix()
                self.assertEqual((ran.returncode, "Proved closed" in ran.stderr), (0, True), ran.stderr)
                patched = folder.patch(ran.stdout)
                self.assertEqual(patched.returncode, 0, patched.stdout + patched.stderr + ran.stdout)
                self.assertEqual(folder.audit()["verdict"], "closed", ran.stdout)

    def test_changes_nothing_but_what_has_to_go(self):
        with Folder(SIMPLE) as folder:
            before = folder.text()
            ran = folder.fix("--trusted", "192.168.1.0/24")
            self.assertEqual(folder.text(), before)
            self.assertIn("-mynetworks = 127.0.0.0/8 0.0.0.0/0\n+mynetworks = 127.0.0.0/8 192.168.1.0/24\n", ran.stdout)
            changed = [line for line in ran.stdout.splitlines() if line[0] in "+-" and line[:3] not in ("---", "+++")]
            self.assertEqual(len(changed), 2, ran.stdout)
            self.assertIn("192.168.1.0/24", ran.stderr)

    def test_keeps_comments_and_line_breaks_of_a_list(self):
        with Folder(open_cases()["a permit for any client before the gate"]) as folder:
            folder.patch(folder.fix("--way", "1").stdout)
            self.assertIn("    # our partners\n", folder.text())

    def test_writes_the_network_that_was_meant(self):
        with Folder({"main.cf": BASE + GATE + "mynetworks = 127.0.0.1/8\n"}) as folder:
            ran = folder.fix()
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertIn("+mynetworks = 127.0.0.0/8\n", ran.stdout)

    def test_of_a_closed_configuration_is_empty(self):
        with Folder({"main.cf": BASE + NETWORKS + GATE}) as folder:
            ran = folder.fix()
            self.assertEqual((ran.returncode, ran.stdout), (0, ""))
            self.assertIn("Closed already", ran.stderr)

    def test_keeps_users_with_a_password(self):
        files = {"main.cf": BASE + GATE + "mynetworks = 0.0.0.0/0\n", "master.cf": MASTER + SUBMISSION}
        with Folder(files) as folder:
            ran = folder.fix("--format", "json")
            way = json.loads(ran.stdout)["ways"][0]
            self.assertFalse(way["asks_owner"], way)
            self.assertEqual(way["not_compared"], [])

    def test_asks_before_a_network_of_the_owner_goes(self):
        with Folder({"main.cf": BASE + GATE + "mynetworks = 127.0.0.0/8 203.0.113.0/24\n"}) as folder:
            ran = folder.fix()
            self.assertEqual((ran.returncode, ran.stdout), (1, ""), ran.stderr)
            self.assertIn("203.0.113.0/24", ran.stderr)
            self.assertIn("--allow-loss", ran.stderr)
            allowed = folder.fix("--allow-loss")
            self.assertEqual(allowed.returncode, 0)
            self.assertIn("+mynetworks = 127.0.0.0/8\n", allowed.stdout)
            self.assertEqual(folder.fix("--trusted", "203.0.113.0/24").stdout, "")

    def test_gives_another_way_on_request(self):
        with Folder(SIMPLE) as folder:
            ways = json.loads(folder.fix("--format", "json").stdout)["ways"]
            self.assertGreater(len(ways), 1)
            for number, way in enumerate(ways, 1):
                self.assertEqual(folder.fix("--way", str(number), "--allow-loss").stdout, way["patch"])
            self.assertEqual(folder.fix("--way", "99").returncode, 3)

    def test_is_told_as_the_schema_says(self):
        for words in ([], ["--allow-loss"], ["--apply"]):
            with Folder(SIMPLE) as folder:
                self.assertEqual(complaints(json.loads(folder.fix("--format", "json", *words).stdout)), [])


class Apply(unittest.TestCase):
    def test_writes_the_file_and_keeps_what_stood_there(self):
        with Folder(SIMPLE) as folder:
            before = folder.text()
            (folder.path / "main.cf").chmod(0o640)
            ran = folder.fix("--apply")
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(folder.audit()["verdict"], "closed")
            backups = [name for name in folder.names() if name.startswith("main.cf.relayproof-")]
            self.assertEqual(len(backups), 1)
            self.assertRegex(backups[0], r"^main\.cf\.relayproof-\d{8}T\d{6}$")
            self.assertEqual(folder.text(backups[0]), before)
            self.assertEqual(stat.S_IMODE((folder.path / "main.cf").stat().st_mode), 0o640)
            self.assertIn("CLOSED", ran.stdout)
            self.assertIn("from outside", " ".join(ran.stdout.split()))

    def test_keeps_extended_attributes(self):
        with Folder(SIMPLE) as folder:
            try:
                os.setxattr(folder.path / "main.cf", "user.note", b"kept")
            except OSError:
                self.skipTest("this file system has no extended attributes")
            folder.fix("--apply")
            self.assertEqual(os.getxattr(folder.path / "main.cf", "user.note"), b"kept")

    def test_is_taken_back_whole(self):
        with Folder(open_cases()["two holes at once"]) as folder:
            before, inode = folder.text(), (folder.path / "main.cf").stat().st_ino
            self.assertEqual(folder.fix("--apply").returncode, 0)
            self.assertNotEqual(folder.text(), before)
            self.assertEqual(folder.fix("--undo").returncode, 0)
            self.assertEqual((folder.text(), (folder.path / "main.cf").stat().st_ino), (before, inode))
            self.assertEqual(folder.names(), ["main.cf", "master.cf"])
            self.assertEqual(folder.fix("--undo").returncode, 3)

    def test_is_not_taken_back_over_a_later_change(self):
        with Folder(SIMPLE) as folder:
            folder.fix("--apply")
            with open(folder.path / "main.cf", "a") as file:
                file.write("# mine\n")
            ran = folder.fix("--undo")
            self.assertEqual(ran.returncode, 3)
            self.assertIn("changed", ran.stderr)
            self.assertTrue(folder.text().endswith("# mine\n"))

    @unittest.skipIf(os.geteuid() != 0, "postfix check is run by root only")
    def test_is_put_back_where_postfix_refuses_it(self):
        with Folder(SIMPLE) as folder:
            (folder.fake / "status.check").write_text("1")
            (folder.fake / "says.check").write_text("fatal: it is wrong\n")
            before = folder.text()
            ran = folder.fix("--apply", "--reload")
            self.assertEqual(ran.returncode, 3)
            self.assertIn("fatal: it is wrong", ran.stderr)
            self.assertIn("everything is put back", ran.stderr)
            self.assertEqual((folder.text(), folder.names()), (before, ["main.cf", "master.cf"]))
            self.assertEqual(folder.asked(), ["check"])

    @unittest.skipIf(os.geteuid() != 0, "postfix check is run by root only")
    def test_is_put_back_where_the_reload_fails(self):
        with Folder(SIMPLE) as folder:
            (folder.fake / "status.reload").write_text("1")
            before = folder.text()
            ran = folder.fix("--apply", "--reload")
            self.assertEqual(ran.returncode, 3)
            self.assertIn("everything is put back", ran.stderr)
            self.assertEqual(folder.text(), before)
            self.assertEqual(folder.asked(), ["check", "status", "reload", "status", "reload"])

    @unittest.skipIf(os.geteuid() != 0, "postfix check is run by root only")
    def test_reloads_what_runs_and_says_so(self):
        with Folder(SIMPLE) as folder:
            ran = folder.fix("--apply", "--reload")
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(folder.asked(), ["check", "status", "reload"])
            self.assertIn("reloaded", ran.stdout)

    def test_is_refused_to_the_second_at_once(self):
        with Folder(SIMPLE) as folder:
            held = os.open(folder.path, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX)
            before = folder.text()
            ran = folder.fix("--apply")
            os.close(held)
            self.assertEqual((ran.returncode, ran.stdout), (3, ""))
            self.assertIn("another relayproof fix", ran.stderr)
            self.assertEqual(folder.text(), before)

    def test_leaves_files_alone_that_others_write(self):
        heads = ("# Ansible managed\n", "# This file is managed by Puppet. DO NOT EDIT\n", "# Generated by Chef\n",
                 "# File managed by Salt at salt://postfix\n", "# ISPConfig 3\n", "# Plesk\n", "# cPanel\n",
                 "# DO NOT EDIT\n")
        for head in heads:
            with self.subTest(head), Folder({"main.cf": head + SIMPLE["main.cf"]}) as folder:
                self.assert_refused(folder, "edit")

    def test_leaves_templates_alone(self):
        for line in ("myorigin = {{ domain }}\n", "myorigin = <%= @domain %>\n", "{% if x %}\n"):
            with self.subTest(line), Folder({"main.cf": SIMPLE["main.cf"] + line}) as folder:
                ran = folder.fix("--apply", "--allow-loss")
                self.assertNotEqual(ran.returncode, 0)
                self.assertEqual(folder.names(), ["main.cf", "master.cf"])

    def test_leaves_a_link_alone_and_names_its_target(self):
        with Folder(SIMPLE) as folder:
            real = folder.path.parent / "elsewhere.cf"
            shutil.move(folder.path / "main.cf", real)
            (folder.path / "main.cf").symlink_to(real)
            ran = self.assert_refused(folder, "symbolic link")
            self.assertIn("elsewhere.cf", ran.stderr)

    def test_leaves_a_read_only_file_alone(self):
        with Folder(SIMPLE) as folder:
            (folder.path / "main.cf").chmod(0o444)
            self.assert_refused(folder, "read-only")

    def test_leaves_a_file_with_two_names_alone(self):
        with Folder(SIMPLE) as folder:
            os.link(folder.path / "main.cf", folder.path.parent / "other")
            self.assert_refused(folder, "hard links")

    def test_leaves_a_layer_of_a_container_alone(self):
        with Folder(SIMPLE) as folder:
            layer = folder.path.parent / "docker/overlay2/0123/diff/etc/postfix"
            layer.parent.mkdir(parents=True)
            shutil.move(folder.path, layer)
            folder.path = layer
            self.assert_refused(folder, "container")

    def assert_refused(self, folder, word):
        before = folder.text()
        ran = folder.fix("--apply")
        self.assertEqual((ran.returncode, ran.stdout), (3, ""), ran.stderr)
        self.assertIn(word, ran.stderr)
        self.assertEqual((folder.text(), folder.names()), (before, ["main.cf", "master.cf"]))
        return ran

    def test_takes_no_standard_input_and_no_other_root(self):
        for words in (["fix", "-"], ["fix", "/etc/postfix", "--root", "/", "--apply"], ["fix", "/", "--reload"]):
            ran = subprocess.run([PROGRAM, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
            self.assertEqual(ran.returncode, 3)
            self.assertEqual(len(ran.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()

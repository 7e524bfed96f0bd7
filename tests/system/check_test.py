"""check --container and fix --deployment, as far as they go without a mail server that runs."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")


def check(engine, *words):
    """With a `docker` that answers as `engine` says: {first word: (status, text)}."""
    with tempfile.TemporaryDirectory() as folder:
        answers = "".join(f"{word}) printf '%s' '{text}'; exit {status};;\n" for word, (status, text) in engine.items())
        program = Path(folder, "docker")
        program.write_text(f'#!/bin/sh\ncase "$1" in\n{answers}*) exit 1;;\nesac\n')
        program.chmod(0o755)
        environment = {**os.environ, "PATH": f"{folder}:/usr/bin:/bin"}
        return subprocess.run([PROGRAM, "check", "--quiet", *words], capture_output=True, text=True, timeout=120,
                              env=environment)


class AContainer(unittest.TestCase):
    def refused(self, engine, says):
        ran = check(engine, "--container", "mail")
        self.assertEqual((ran.returncode, ran.stdout), (3, ""))
        self.assertIn(says, ran.stderr)
        self.assertEqual(len(ran.stderr.splitlines()), 1)

    def test_that_no_engine_knows_is_told_in_one_line(self):
        self.refused({}, "neither docker nor podman tells of mail")

    def test_that_does_not_run_is_told_so(self):
        self.refused({"inspect": (0, json.dumps([{"Name": "/mail", "State": {"Pid": 0}}]))}, "mail does not run")

    def test_of_an_engine_that_speaks_garbage_is_not_guessed_at(self):
        for text in ("", "[", "[]", "{}", "[1]", '[{"Name": 1, "State": 2}]', '[{"State": {"Pid": "1"}}]',
                     '[{"Name": "/\\u001b[31m", "State": {"Pid": -1}}]'):
            with self.subTest(text):
                ran = check({"inspect": (0, text)}, "--container", "mail")
                self.assertEqual((ran.returncode, ran.stdout), (3, ""))
                self.assertNotIn("\x1b", ran.stderr)
                self.assertEqual(len(ran.stderr.splitlines()), 1)


def fix(configuration, compose, *words):
    return subprocess.run([PROGRAM, "fix", str(configuration), "--deployment", str(compose),
                           "--hostname", "mail.example.com", "--mta-version", "3.7", *words],
                          capture_output=True, text=True, timeout=120)


MAIN = """compatibility_level = 3.6
myhostname = mail.example.com
mydestination = example.com
inet_interfaces = all
# ours, and the containers beside it
mynetworks = 127.0.0.0/8 172.22.1.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
"""
COMPOSE = """services:
  mta:
    image: postfix
    ports: ["25:25"]
    networks: {mail: {ipv4_address: 172.22.1.253}}
networks:
  mail:
    ipam: {config: [{subnet: 172.22.1.0/24}]}
"""


class AFixThatKnowsTheDeployment(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "main.cf").write_text(MAIN)
        (self.folder / "master.cf").write_text("smtp inet n - y - - smtpd\n")
        self.compose = self.folder / "compose.yml"
        self.compose.write_text(COMPOSE)

    def test_names_whom_its_host_would_lose_and_waits_for_a_word(self):
        ran = fix(self.folder, self.compose)
        self.assertEqual((ran.returncode, ran.stdout), (1, ""), ran.stderr)
        self.assertIn("--allow-loss", ran.stderr)

    def test_closes_what_is_open_only_behind_it(self):
        alone = subprocess.run([PROGRAM, "audit", str(self.folder), "--mta-version", "3.7"], capture_output=True, text=True)
        self.assertIn("CLOSED", alone.stdout)
        ran = fix(self.folder, self.compose, "--allow-loss")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("\n+mynetworks = 127.0.0.0/8\n", ran.stdout)
        subprocess.run(["patch", "-p1", "-d", str(self.folder)], input=ran.stdout, text=True, check=True, capture_output=True)
        again = fix(self.folder, self.compose)
        self.assertEqual((again.returncode, again.stdout), (0, ""), again.stderr)
        self.assertIn("Closed already", again.stderr)

    def test_of_unresolved_variables_proves_nothing(self):
        self.compose.write_text(COMPOSE.replace("25:25", "${BIND}:25:25"))
        ran = fix(self.folder, self.compose, "--allow-loss")
        self.assertIn(ran.returncode, (2, 3))
        self.assertEqual(ran.stdout, "")
        self.assertIn("No proved fix", ran.stderr)

    def test_of_a_file_that_is_no_deployment_is_refused_with_its_place(self):
        self.compose.write_text("services: [\n")
        ran = fix(self.folder, self.compose)
        self.assertEqual((ran.returncode, ran.stdout), (3, ""))
        self.assertRegex(ran.stderr, r"compose\.yml:\d+")
        self.assertEqual(len(ran.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()

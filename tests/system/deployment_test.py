"""audit --deployment: layouts of popular mail images, open and closed, and files that are no deployment."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
HERE = Path(__file__).resolve().parent / "deployments"

V4, V6, ALL = "every IPv4 client", "every IPv6 client", "every client"

# Configuration, files of the deployment, verdict, and for an open one: who, seen as whom, by which line.
LAYOUTS = {
    "mailcow without IPv6 in its network": (
        "mailcow", ["mailcow/without-ipv6.yml"], "open", V6, "172.22.1.1", "main.cf:6", "without-ipv6.yml:16"),
    "mailcow without IPv6, userland proxy off": (
        "mailcow", ["mailcow/without-ipv6.yml", {"userland-proxy": False}], "closed"),
    "mailcow with IPv6 and an engine that filters it": (
        "mailcow", ["mailcow/with-ipv6.yml", {"ServerVersion": "28.0.4"}], "closed"),
    "mailcow with IPv6 and an engine that does not filter it": (
        "mailcow", ["mailcow/with-ipv6.yml", {"ip6tables": False}], "open", V6, "fd4d:6169:6c63:6f77::1", "main.cf:6"),
    "mailcow with IPv6, nothing said of the engine": ("mailcow", ["mailcow/with-ipv6.yml"], "undecided"),
    "mailcow published on IPv4 only": ("mailcow", ["mailcow/ipv4-only.yml"], "closed"),
    "mailcow, the packet filter not used": (
        "mailcow", ["mailcow/with-ipv6.yml", {"iptables": False}], "open", ALL, "172.22.1.1 or fd4d:6169:6c63:6f77::1", "main.cf:6"),
    "docker-mailserver as documented": ("docker-mailserver/permit-none", ["docker-mailserver/compose.yaml"], "closed"),
    "docker-mailserver trusts 172.16.0.0/12": (
        "docker-mailserver/permit-network", ["docker-mailserver/compose.yaml"], "undecided"),
    "docker-mailserver trusts 172.16.0.0/12, the network is known": (
        "docker-mailserver/permit-network",
        ["docker-mailserver/compose.yaml", [{"Name": "mail_default", "Driver": "bridge", "EnableIPv6": False, "IPAM": {
            "Config": [{"Subnet": "172.20.0.0/16", "Gateway": "172.20.0.1"}]}}]],
        "open", V6, "172.20.0.1", "main.cf:6"),
    "docker-mailserver trusts its own network": (
        "docker-mailserver/permit-connected-networks",
        ["docker-mailserver/compose.yaml", [{"Name": "mail_default", "Driver": "bridge", "EnableIPv6": False, "IPAM": {
            "Config": [{"Subnet": "172.20.0.0/16"}]}}]], "open", V6, "172.20.0.1", "main.cf:6"),
    "docker-mailserver in a swarm": (
        "docker-mailserver/permit-network", ["docker-mailserver/swarm.yaml"], "closed"),
    "docker-mailserver with Podman, rootless": (
        "docker-mailserver/permit-none", ["docker-mailserver/podman.yaml"], "closed"),
    "docker-mailserver in the host's network": (
        "docker-mailserver/permit-network", ["docker-mailserver/host.yaml"], "closed"),
    "Mailu trusts its subnet, published on both families": (
        "mailu/subnet", ["mailu/both-families.yml"], "open", V6, "192.168.203.1", "main.cf:6"),
    "Mailu trusts its subnet, published on IPv4": ("mailu/subnet", ["mailu/ipv4.yml"], "closed"),
    "Mailu trusts itself only": ("mailu/relaynets", ["mailu/both-families.yml"], "closed"),
    "a plain image that trusts every private range": (
        "plain", ["plain/published.yml"], "open", V6, "172.17.0.1", "main.cf:5"),
    "the same, not published": ("plain", ["plain/unpublished.yml"], "closed"),
    "the same, published on loopback": ("plain", ["plain/loopback.yml"], "closed"),
    "a router that hides its clients": ("plain", ["plain/router.rules"], "open", V4, "192.168.1.1", "main.cf:5"),
    "a router that masquerades everything": ("plain", ["plain/router.nft"], "open", V4, "192.168.1.1", "main.cf:5"),
    "a router that does not": ("plain", ["plain/honest-router.rules"], "closed"),
}


def run(configuration, files, *words):
    """Files are names below `deployments`, or documents of an engine."""
    with tempfile.TemporaryDirectory() as folder:
        options = []
        for number, file in enumerate(files):
            path = HERE / file if isinstance(file, str) else Path(folder, f"engine{number}.json")
            if not isinstance(file, str):
                path.write_text(json.dumps(file))
            options += ["--deployment", str(path)]
        command = [PROGRAM, "audit", str(HERE / configuration), "--hostname", "mail.example.com", "--mta-version", "3.7"]
        return subprocess.run([*command, *options, *words], capture_output=True, text=True, timeout=120)


class Layouts(unittest.TestCase):
    def test_get_the_verdict_that_their_addresses_decide(self):
        for name, (configuration, files, verdict, *_) in LAYOUTS.items():
            with self.subTest(name):
                ran = run(configuration, files, "--format", "json")
                document = json.loads(ran.stdout or "null")
                self.assertIsNotNone(document, ran.stderr)
                self.assertEqual(complaints(document), [])
                self.assertEqual(document["verdict"], verdict, run(configuration, files).stdout)
                codes = {finding["code"] for finding in document["findings"]}
                self.assertEqual("RP2019" in codes, verdict == "open")

    def test_that_are_open_are_told_who_appears_as_whom_and_which_line_trusts_that(self):
        for name, (configuration, files, verdict, *told) in LAYOUTS.items():
            if verdict != "open":
                continue
            who, seen, line, *more = told
            with self.subTest(name):
                text = " ".join(run(configuration, files).stdout.split())
                self.assertIn(f"OPEN RELAY proved: {who}, because Postfix sees all of them as {seen}, "
                              f"which {line} trusts", text)
                for place in more:
                    self.assertIn(place, text)

    def test_witnesses_relay_when_they_are_explained_with_the_same_deployment(self):
        folder = HERE / "mailcow"
        words = [PROGRAM, "explain", str(folder), "--deployment", str(folder / "without-ipv6.yml"), "--to", "a@example.net"]
        for client, status in (("2001:db8::9", 2), ("203.0.113.9", 0)):
            ran = subprocess.run([*words, "--client", client], capture_output=True, text=True, timeout=60)
            self.assertEqual(ran.returncode, status, ran.stdout + ran.stderr)


class BadFiles(unittest.TestCase):
    def test_are_one_clear_line_with_a_place(self):
        bad = {"c.yml": ("services:\n  a: [\n", "c.yml:"), "d.yml": ("services:\n  a:\n    ports: ['$:25']\n", "d.yml:3:"),
               "e.json": ("{", "no JSON"), "f.rules": ("*nat\nhello\n", "f.rules:2:"), "g": ("hello\n", "no deployment")}
        with tempfile.TemporaryDirectory() as folder:
            for name, (text, words) in bad.items():
                path = Path(folder, name)
                path.write_text(text)
                ran = subprocess.run([PROGRAM, "audit", str(HERE / "plain"), "--deployment", str(path)],
                                     capture_output=True, text=True, timeout=60)
                self.assertEqual((ran.returncode, ran.stdout, len(ran.stderr.splitlines())), (3, "", 1), ran.stderr)
                self.assertIn(words, ran.stderr)

    def test_a_variable_without_a_value_leaves_it_undecided_until_it_is_given(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "compose.yaml")
            path.write_text("services:\n  mta:\n    image: postfix\n    ports: ['${BIND}:25:25']\n")
            words = [PROGRAM, "audit", str(HERE / "docker-mailserver/permit-none"), "--hostname", "mail.example.com",
                     "--deployment", folder]
            ran = subprocess.run(words, capture_output=True, text=True, timeout=60)
            self.assertEqual(ran.returncode, 3, ran.stdout + ran.stderr)
            self.assertIn("BIND", ran.stdout)
            for given in (["--env", "BIND=0.0.0.0"], []):
                Path(folder, ".env").write_text("" if given else "BIND=127.0.0.1\n")
                self.assertEqual(subprocess.run([*words, *given], capture_output=True, timeout=60).returncode, 0)


if __name__ == "__main__":
    unittest.main()

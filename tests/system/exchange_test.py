"""audit, explain and fix, as their users run them, on exports of Exchange."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from schemas_test import complaints

PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
ANONYMOUS = "NT AUTHORITY\\ANONYMOUS LOGON"
RELAY = "ms-Exch-SMTP-Accept-Any-Recipient"
EVERYWHERE = ["0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
DOMAINS = [{"Identity": "example.com", "DomainName": "example.com", "DomainType": "Authoritative", "Default": True}]


def connector(name, ranges, groups="AnonymousUsers", mechanisms="Tls"):
    return {"Identity": f"EX01\\{name}", "Name": name, "Server": "EX01", "Enabled": True,
            "TransportRole": "FrontendTransport", "Bindings": ["0.0.0.0:25", "[::]:25"], "RemoteIPRanges": ranges,
            "PermissionGroups": groups, "AuthMechanism": mechanisms}


def permissions(name, *rights, user=ANONYMOUS):
    return [{"Identity": f"EX01\\{name}", "User": user, "ExtendedRights": ["ms-Exch-SMTP-Submit", *rights],
             "Deny": False, "IsInherited": False}]


FRONTEND = connector("Default Frontend EX01", EVERYWHERE)
CLOSED = {"connectors.json": [FRONTEND], "permissions.json": permissions("Default Frontend EX01"),
          "accepted-domains.json": DOMAINS}
OPEN = {**CLOSED, "permissions.json": permissions("Default Frontend EX01", RELAY)}
PRINTERS = {**CLOSED, "connectors.json": [FRONTEND, connector("Printers", ["192.168.5.10"])],
            "permissions.json": permissions("Default Frontend EX01") + permissions("Printers", RELAY)}


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)


class Folder:
    """An export in a temporary folder: texts as they are, anything else as JSON."""

    def __init__(self, files):
        self.place = tempfile.TemporaryDirectory()
        self.path = Path(self.place.name)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content, indent=1).encode()
            (self.path / name).write_bytes(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.cleanup()


class Audit(unittest.TestCase):
    def judged(self, files, *words):
        with Folder(files) as folder:
            ran = run("audit", str(folder.path), "--format", "json", *words)
            self.assertTrue(ran.stdout, ran.stderr)
            audit = json.loads(ran.stdout)
            self.assertEqual(complaints(audit), [])
            self.assertEqual(audit["mta"], "exchange")
            return audit["verdict"], ran.returncode

    def test_exports_are_judged_by_what_they_say(self):
        self.assertEqual(self.judged(CLOSED), ("closed", 0))
        self.assertEqual(self.judged(OPEN), ("open", 2))
        self.assertEqual(self.judged(PRINTERS), ("closed", 0))
        self.assertEqual(self.judged({"connectors.json": [FRONTEND]}), ("undecided", 3))
        star = [*DOMAINS, {"Identity": "all", "DomainName": "*", "DomainType": "InternalRelay"}]
        self.assertEqual(self.judged({**CLOSED, "accepted-domains.json": star}), ("open", 2))

    def test_the_line_that_opens_it_is_named(self):
        with Folder(OPEN) as folder:
            audit = json.loads(run("audit", str(folder.path), "--format", "json").stdout)
            because = audit["listeners"][0]["exposures"][0]["because"]
            self.assertIn("permissions.json", because[0]["file"])
            self.assertIn("ms-exch-smtp-accept-any-recipient", because[0]["text"])

    def test_the_command_that_is_missing_is_named(self):
        with Folder({"connectors.json": [FRONTEND]}) as folder:
            text = run("audit", str(folder.path)).stdout
            self.assertIn("Get-ReceiveConnector | Get-ADPermission", " ".join(text.split()))
            self.assertIn("Get-AcceptedDomain", text)

    def test_what_powershell_redirects_is_read(self):
        listing = ("Identity         : EX01\\Relay\r\nBindings         : {0.0.0.0:25}\r\nRemoteIPRanges   : {0.0.0.0/0}\r\n"
                   "PermissionGroups : ExchangeServers\r\nAuthMechanism    : ExternalAuthoritative\r\n\r\n")
        self.assertEqual(self.judged({"connectors.txt": b"\xff\xfe" + listing.encode("utf-16-le")}), ("open", 2))

    def test_bad_input_ends_in_one_line_with_its_place(self):
        bad = {"Bindings": ["0.0.0.0:25"], "RemoteIPRanges": ["10.0.0.300"]}
        with Folder({"connectors.json": [bad]}) as folder:
            ran = run("audit", str(folder.path / "connectors.json"))
            self.assertEqual((ran.returncode, ran.stdout, len(ran.stderr.splitlines())), (3, "", 1))
            self.assertIn("connectors.json:6:3: not an address, a network or a range: `10.0.0.300`", ran.stderr)

    def test_a_script_is_met_with_a_helpful_word(self):
        with Folder({"relay.ps1": b"New-ReceiveConnector Relay -RemoteIPRanges 10.0.0.1\n"}) as folder:
            ran = run("audit", str(folder.path))
            self.assertEqual((ran.returncode, len(ran.stderr.splitlines())), (3, 1))
            self.assertIn("Export-RelayproofExchange.ps1", ran.stderr)


class Explain(unittest.TestCase):
    def test_the_connector_and_its_right_are_named(self):
        with Folder(PRINTERS) as folder:
            words = ["--from", "a@example.org", "--to", "b@example.net", "--helo", "x.example.org", "--format", "json"]
            refused = json.loads(run("explain", str(folder.path), "--client", "203.0.113.9", *words).stdout)
            self.assertEqual((refused["reply"], refused["code"], refused["enhanced"]), ("reject", 550, "5.7.54"))
            taken = json.loads(run("explain", str(folder.path), "--client", "192.168.5.10", *words).stdout)
            self.assertEqual((taken["listener"], taken["fate"], taken["to"]), ("Printers port 25", "handed-on", "b@example.net"))


class Fix(unittest.TestCase):
    def test_commands_are_given_rehearsal_first_and_no_file_is_touched(self):
        with Folder(OPEN) as folder:
            before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
            ran = run("fix", str(folder.path))
            self.assertEqual(ran.returncode, 0, ran.stderr)
            lines = ran.stdout.splitlines()
            command = (f"Remove-ADPermission -Identity 'EX01\\Default Frontend EX01' -User '{ANONYMOUS}' "
                       f"-ExtendedRights '{RELAY}'")
            self.assertEqual([line for line in lines if not line.startswith("#")], [command + " -WhatIf", command])
            self.assertIn("Proved closed with this", ran.stderr)
            told = json.loads(run("fix", str(folder.path), "--format", "json").stdout)
            self.assertEqual(complaints(told), [])
            way = told["ways"][0]
            self.assertEqual((way["commands"], way["rehearsal"], way["patch"]), ([command], [command + " -WhatIf"], None))
            self.assertEqual({path.name: path.read_bytes() for path in folder.path.iterdir()}, before)

    def test_nothing_is_written_where_nothing_would_change(self):
        with Folder(OPEN) as folder:
            ran = run("fix", str(folder.path), "--apply")
            self.assertEqual((ran.returncode, ran.stdout), (3, ""))
            self.assertIn("without --apply", ran.stderr)


if __name__ == "__main__":
    unittest.main()

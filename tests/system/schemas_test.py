"""Every JSON document is what the published schemas say: the golden files, and the program's own output."""
import copy
import json
import os
import socket
import subprocess
import unittest
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from jsonschema import Draft202012Validator, RefResolver

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "src/report/testdata"
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "schemas").glob("*.json"))}
STORE = {schema["$id"]: schema for schema in SCHEMAS.values()}


def validator_of(document):
    command, version = document["schema"].removeprefix("relayproof/").split("/")
    schema = SCHEMAS[f"{command}-{version}"]
    return Draft202012Validator(schema, resolver=RefResolver(schema["$id"], schema, store=STORE))


def complaints(document):
    return [f"{error.json_path}: {error.message}" for error in validator_of(document).iter_errors(document)]


def objects_of(node, path=()):
    """Every object inside the document with the path to it."""
    if isinstance(node, dict):
        yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield from objects_of(child, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


class Schemas(unittest.TestCase):
    def test_are_valid_themselves(self):
        self.assertEqual(set(SCHEMAS), {"audit-1", "audit-run-1", "canary-1", "check-1", "diff-1", "explain-1", "fix-1", "logs-1", "logs-alert-1", "probe-1", "probe-run-1", "techniques-1"})
        for name, schema in SCHEMAS.items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)

    def test_hold_for_every_golden_document(self):
        documents = sorted(GOLDEN.glob("*.json"))
        self.assertGreater(len(documents), 10)
        for path in documents:
            with self.subTest(path.name):
                self.assertEqual(complaints(json.loads(path.read_text())), [])

    def test_forbid_unknown_keys_and_missing_ones_everywhere(self):
        document = json.loads((GOLDEN / "open.probe.json").read_text())
        for path in objects_of(document):
            with self.subTest(path=path):
                more = copy.deepcopy(document)
                at(more, path)["surprise"] = 1
                self.assertTrue(complaints(more))
            for key in at(document, path):
                if path + (key,) == ("schema",):
                    continue
                with self.subTest(path=path, without=key):
                    less = copy.deepcopy(document)
                    del at(less, path)[key]
                    self.assertTrue(complaints(less))

    def test_forbid_words_outside_the_lists(self):
        document = json.loads((GOLDEN / "open.probe.json").read_text())
        document["verdict"] = "fine"
        document["outcomes"][0]["refused_as"] = "mood"
        self.assertEqual(len(complaints(document)), 2)


@unittest.skipUnless("RELAYPROOF" in os.environ, "RELAYPROOF does not name the program")
class Program(unittest.TestCase):
    def test_prints_the_catalogue_as_its_schema_says(self):
        command = [os.environ["RELAYPROOF"], "techniques", "--format", "json"]
        document = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        self.assertEqual(complaints(document), [])
        self.assertGreater(len(document["techniques"]), 30)

    def test_prints_every_result_as_the_schemas_say(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = str(listener.getsockname()[1])
        for command in ("probe", "check"):
            for form in ("json", "jsonl"):
                with self.subTest(command=command, form=form):
                    words = [os.environ["RELAYPROOF"], command, "127.0.0.1", "--port", port, "--format", form, "--quiet"]
                    ran = subprocess.run(words, capture_output=True, text=True)
                    self.assertEqual(ran.returncode, 3, ran.stderr)
                    self.assertEqual(complaints(json.loads(ran.stdout)), [])


if __name__ == "__main__":
    unittest.main()

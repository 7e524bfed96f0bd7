"""Every page of docs/findings: its bad example raises its code, its good one does not."""
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PAGES = sorted((SOURCE / "docs" / "findings").glob("RP*.md"))
PROGRAM = os.environ.get("RELAYPROOF", "relayproof")
MASTER = "smtp inet n - y - - smtpd\n"
HOST = ("--hostname", "mail.example.com", "--interface", "192.0.2.25/24", "--mta-version", "3.7")
COMPOSE = "docker-compose.yml"
BAD, GOOD = "An example that raises it", "One that does not"
GRAVE = ("medium", "high", "critical")
# What follows when strangers may relay, or the server cannot run, is raised besides the reason.
CONSEQUENCES = {"RP1002", "RP2001", "RP2010"}


def section(text, title):
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found.group(1) if found else ""


def examples(text, title):
    """The files of an example, in the order in which they are written: each is newer than the one before."""
    return re.findall(r"^```(\S+)\n(.*?)^```$", section(text, title), re.M | re.S)


def audit(files):
    with tempfile.TemporaryDirectory() as folder:
        if "main.cf" in dict(files) and "master.cf" not in dict(files):
            files = [*files, ("master.cf", MASTER)]
        for age, (name, content) in enumerate(files):
            path = Path(folder, name)
            path.write_text(content)
            os.utime(path, (1_000_000_000 + 60 * age,) * 2)
        words = [PROGRAM, "audit", folder, *HOST, "--format", "json"]
        if COMPOSE in dict(files):
            words += ["--deployment", str(Path(folder, COMPOSE))]
        ran = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert ran.stdout, ran.stderr
    return {(finding["code"], finding["severity"]) for finding in json.loads(ran.stdout)["findings"]}


class Pages(unittest.TestCase):
    def test_each_bad_example_raises_its_code_and_no_other_that_is_grave(self):
        for page in PAGES:
            text = page.read_text()
            files = examples(text, BAD)
            if not files:
                continue
            with self.subTest(page.stem):
                raised = audit(files)
                self.assertIn(page.stem, {code for code, _ in raised}, raised)
                grave = {code for code, severity in raised if severity in GRAVE} - {page.stem}
                allowed = set(re.findall(r"RP\d{4}", section(text, BAD))) | CONSEQUENCES
                self.assertLessEqual(grave, allowed, raised)
                severity = re.search(r"^Severity: (\w+)$", text, re.M).group(1)
                self.assertIn((page.stem, severity), raised)

    def test_no_good_example_raises_its_code_or_one_that_is_grave(self):
        for page in PAGES:
            files = examples(page.read_text(), GOOD)
            if not files:
                continue
            with self.subTest(page.stem):
                raised = audit(files)
                self.assertNotIn(page.stem, {code for code, _ in raised}, raised)
                self.assertEqual([each for each in raised if each[1] in GRAVE], [])

    def test_pages_have_both_examples_and_a_remedy(self):
        for page in PAGES:
            text = page.read_text()
            with self.subTest(page.stem):
                self.assertEqual(bool(examples(text, BAD)), bool(examples(text, GOOD)))
                self.assertTrue(section(text, "To mend it").strip())

    def test_codes_that_are_raised_and_pages_are_the_same(self):
        raised = set()
        for source in (SOURCE / "src").rglob("*.cc"):
            if not source.name.endswith("_test.cc"):
                raised |= set(re.findall(r'"(RP\d{4})"', source.read_text()))
        self.assertEqual(raised, {page.stem for page in PAGES})


if __name__ == "__main__":
    unittest.main()

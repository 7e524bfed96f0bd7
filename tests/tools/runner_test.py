"""./test counts what its steps counted, and a step that fails without a word has failed."""
import argparse
import contextlib
import importlib.util
import io
import os
import select
import tempfile
import unittest
from pathlib import Path

_spec = importlib.util.spec_from_file_location("runner", Path(__file__).resolve().parents[1] / "runner.py")
runner = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(runner)
Counts = runner.Counts

UNITTEST = [
    ("...\n----\nRan 3 tests in 0.1s\n\nOK\n", 0, Counts(3, 0, 0)),
    ("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=1)\n", 1, Counts(2, 2, 1)),
    ("Ran 1 test in 0.1s\n\nFAILED (failures=7)\n", 1, Counts(0, 1, 0)),
    ("Ran 0 tests in 0.0s\n\nOK\n", 0, Counts(0, 0, 0)),
    ("Segmentation fault\n", 139, Counts(0, 1, 0)),
]
OWN_WORDS = [
    ("1 passed, 1 failed\nlater: 31 passed, 0 failed\n", 0, Counts(31, 0, 0)),
    ("30 passed, 2 failed, 4 skipped\n", 1, Counts(30, 2, 4)),
    ("31 passed, 0 failed\n", 1, Counts(31, 1, 0)),
    ("Traceback\n", 1, Counts(0, 1, 0)),
    ("", 0, Counts(0, 1, 0)),
]


class Runner(unittest.TestCase):
    def test_counts_what_unittest_says(self):
        for log, status, expected in UNITTEST:
            with self.subTest(log):
                self.assertEqual(runner.count_unittest(status, log), expected)

    def test_counts_the_last_line_a_program_says_of_itself(self):
        for log, status, expected in OWN_WORDS:
            with self.subTest(log):
                self.assertEqual(runner.count_own_words(status, log), expected)

    def test_says_skipped_only_where_something_was(self):
        self.assertEqual(str(Counts(12, 0, 0)), "12 passed, 0 failed")
        self.assertEqual(str(Counts(12, 1, 2)), "12 passed, 1 failed, 2 skipped")

    def test_leaves_nothing_running_behind_a_step(self):
        with tempfile.TemporaryDirectory() as folder:
            step = runner.Step("leaves a child", "sleep 600 & echo $!")
            log = Path(folder, "log")
            self.assertEqual(runner.run(step, log), 0)
            try:
                child = os.pidfd_open(int(log.read_text()))
            except ProcessLookupError:
                return  # dead and buried
            self.addCleanup(os.close, child)
            self.assertTrue(select.select([child], [], [], 30)[0], "the child lives on")

    def test_a_step_whose_need_failed_is_skipped_and_in_ci_failed(self):
        for in_ci, expected in ((False, Counts(skipped=1)), (True, Counts(failed=1))):
            step = runner.Step("late", "true", needs=["early"])
            with contextlib.redirect_stdout(io.StringIO()) as said:
                self.assertEqual(runner.perform(step, {"early"}, in_ci), expected)
            self.assertIn("early failed", said.getvalue())

    def test_what_waits_runs_beside_the_others_and_after_what_it_needs(self):
        with tempfile.TemporaryDirectory() as folder:
            met = Path(folder, "met")
            # Each of the two ends only if the other has begun.
            os.mkfifo(met)
            steps = [runner.Step("first", "true"),
                     runner.Step("busy", f"cat {met}"),
                     runner.Step("waiting", f"echo here > {met}", needs=["first"], waits=True),
                     runner.Step("in vain", "true", needs=["wrong"], waits=True),
                     runner.Step("wrong", "false")]
            with contextlib.redirect_stdout(io.StringIO()) as said:
                self.assertEqual(runner.perform_all(steps, False), Counts(3, 1, 1))
            self.assertRegex(said.getvalue(), r"(?s)ok +first.*FAILED +wrong.*SKIPPED +in vain +wrong failed")

    def test_every_need_is_a_step(self):
        steps = runner.steps(argparse.Namespace(tsan=True, tidy=True, quick=False))
        names = {step.name for step in steps}
        self.assertEqual(len(names), len(steps))
        for step in steps:
            self.assertLessEqual(set(step.needs), names, step.name)


if __name__ == "__main__":
    unittest.main()

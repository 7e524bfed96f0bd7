"""tools/check-fuzz finds a parser without a fuzz target, a target without corpus, one without replay."""
import subprocess
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "tools" / "check-fuzz"

TREE = {
    "src/smtp/reply_parser.cc": "",
    "src/smtp/reply_parser_fuzz.cc": "int fuzz_reply_parser(const uint8_t* data, size_t size) {",
    "src/smtp/reply_parser_test.cc": "fuzz_reply_parser(data, size);",
    "fuzz/corpus/reply_parser/greeting": "220 hello\r\n",
}


def run_without(missing: str) -> tuple[int, str]:
    with tempfile.TemporaryDirectory() as root:
        for name, text in TREE.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if name != missing:
                path.write_text(text)
        done = subprocess.run([CHECK, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class CheckFuzz(unittest.TestCase):
    def test_a_fuzzed_parser_passes(self):
        self.assertEqual(run_without(""), (0, "Every parser is fuzzed, every corpus replayed.\n"))

    def test_each_missing_part_is_named(self):
        for missing, expected in [
            ("src/smtp/reply_parser_fuzz.cc",
             "src/smtp/reply_parser.cc:1: a parser without a fuzz target reply_parser_fuzz.cc\n"),
            ("fuzz/corpus/reply_parser/greeting",
             "src/smtp/reply_parser_fuzz.cc:1: no saved corpus in fuzz/corpus/reply_parser\n"),
            ("src/smtp/reply_parser_test.cc",
             "src/smtp/reply_parser_fuzz.cc:1: no *_test.cc beside it calls its entry function "
             "fuzz_reply_parser\n"),
        ]:
            with self.subTest(missing):
                self.assertEqual(run_without(missing), (1, expected))


if __name__ == "__main__":
    unittest.main()

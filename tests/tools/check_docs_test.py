"""tools/check-docs finds links to files and headings that are not there."""
import subprocess
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "tools" / "check-docs"


class CheckDocs(unittest.TestCase):
    def test_names_file_and_line_of_each_dead_link(self):
        with tempfile.TemporaryDirectory() as root:
            Path(root, "docs").mkdir()
            Path(root, "docs/a.md").write_text("# One `two` three\n\n[up](../README.md) [gone](b.md)\n")
            Path(root, "README.md").write_text(
                "[fine](docs/a.md#one-two-three) [web](https://example.com/x)\n[no heading](docs/a.md#two)\n")
            done = subprocess.run([CHECK, root], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines(),
                         ["README.md:2: dead link docs/a.md#two", "docs/a.md:3: dead link b.md"])

    def test_is_silent_about_good_ones(self):
        with tempfile.TemporaryDirectory() as root:
            Path(root, "README.md").write_text("# Top\n[here](#top)\n")
            done = subprocess.run([CHECK, root], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()

"""tools/install-packages says what is missing before it installs, and why it cannot where it cannot.

The package manager is played by small scripts, since the machine of a test must stay as it is.
"""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "tools/install-packages"
TOOLS = ("bash", "cat", "dirname", "env", "grep", "mkdir", "sed", "sort", "tail", "tr")


class Machine:
    """A checkout with the script, and a PATH on which nothing else is found than what is put there."""

    def __init__(self, folder: str, installed: str, uid: int = 0):
        self.root = Path(folder)
        self.bin = self.root / "bin"
        self.bin.mkdir()
        (self.root / "tools").mkdir()
        shutil.copy(SCRIPT, self.root / "tools")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.play("id", f"echo {uid}")
        self.play("dpkg-query", f'case " {installed} " in *" ${{@: -1}} "*) echo installed ;; *) exit 1 ;; esac')
        self.play("apt-get", 'echo "apt-get $*" >>"$CALLS"')

    def play(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!/bin/bash\n{script}\n")
        (self.bin / name).chmod(0o755)

    def install(self, packages: str) -> tuple[int, str, str]:
        """Exit status, words, and what was asked of apt-get."""
        (self.root / "list").write_text(packages)
        calls = self.root / "calls"
        done = subprocess.run([self.root / "tools/install-packages", self.root / "list"], text=True, check=False,
                              capture_output=True, env={"PATH": str(self.bin), "CALLS": str(calls)})
        return done.returncode, done.stderr, calls.read_text() if calls.exists() else ""


class InstallPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_is_silent_where_nothing_is_missing(self):
        self.assertEqual(Machine(self.folder, "g++ cmake").install("# why\ncmake\ng++  # too\n"), (0, "", ""))

    def test_names_and_installs_only_what_is_missing(self):
        status, words, calls = Machine(self.folder, "g++").install("g++\ncmake\nninja-build\n")
        self.assertEqual(status, 0)
        self.assertIn("To be installed with apt-get: cmake ninja-build\n", words)
        self.assertEqual(calls.splitlines()[-1],
                         "apt-get -q -y install --no-install-recommends --no-remove cmake ninja-build")

    def test_says_which_boost_is_in_the_way_and_touches_nothing(self):
        status, words, calls = Machine(self.folder, "libboost1.74-dev").install("libboost1.81-dev\n")
        self.assertEqual((status, calls), (3, ""))
        self.assertIn("beside libboost1.74-dev", words)

    def test_without_root_and_sudo_gives_the_command_for_root(self):
        status, words, calls = Machine(self.folder, "", uid=1000).install("cmake\n")
        self.assertEqual((status, calls), (3, ""))
        self.assertIn("apt-get install --no-install-recommends cmake", words)

    def test_without_root_uses_sudo(self):
        machine = Machine(self.folder, "", uid=1000)
        machine.play("sudo", 'echo sudo >>"$CALLS"; exec "$@"')
        status, _, calls = machine.install("cmake\n")
        self.assertEqual((status, calls.count("sudo\napt-get")), (0, 2))

    def test_shows_the_words_of_apt_where_it_fails(self):
        machine = Machine(self.folder, "")
        machine.play("apt-get", 'echo "E: Could not resolve deb.example"; exit 100')
        status, words, _ = machine.install("cmake\n")
        self.assertEqual(status, 3)
        self.assertIn("E: Could not resolve deb.example", words)
        self.assertIn("is the network there", words)

    def test_on_another_system_says_what_would_be_needed(self):
        machine = Machine(self.folder, "")
        os.remove(machine.bin / "apt-get")
        status, words, _ = machine.install("cmake\ng++\n")
        self.assertEqual(status, 3)
        self.assertIn("Debian 12, with these packages: cmake g++", words)


if __name__ == "__main__":
    unittest.main()

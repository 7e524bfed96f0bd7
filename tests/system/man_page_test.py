"""The manual page names every option that the program has, and no other."""
import os
import re
import subprocess
import unittest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/man/relayproof.1"
PROGRAM = os.environ["RELAYPROOF"]
COMMANDS = ("check", "probe", "audit", "explain", "diff", "fix", "logs", "finding", "techniques", "canary",
            "demo")


def options_of(*command: str) -> set[str]:
    """What stands before the explanations of --help, as in `  -o,--output TEXT  Write there …`."""
    text = subprocess.run([PROGRAM, *command, "--help"], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^  (?:(-\w),)?(--[a-z][a-z-]*)", text, re.MULTILINE)
    return {option for pair in found for option in pair if option}


class ManPage(unittest.TestCase):
    def test_names_every_option_and_no_other(self):
        has = options_of().union(*(options_of(command) for command in COMMANDS))
        named = {"-" + name for name in re.findall(r"(?:^\.It|,) Fl (-?[\w-]+)", PAGE.read_text(), re.MULTILINE)}
        self.assertGreater(len(has), 20)
        self.assertEqual(named, has)

    def test_names_every_command_that_help_names(self):
        text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
        listed = re.findall(r"^  ([a-z]+)  ", text.split("Subcommands:")[1].split("\n\n")[0], re.MULTILINE)
        self.assertEqual(sorted(listed), sorted(COMMANDS))
        for command in COMMANDS:
            self.assertRegex(PAGE.read_text(), rf"(?m)^\.It Cm {command}$")


if __name__ == "__main__":
    unittest.main()

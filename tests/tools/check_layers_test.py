"""tools/check-layers finds each kind of violation in a small invented tree, and none in a clean one."""
import subprocess
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "tools" / "check-layers"

TREE = {
    "src/CMakeLists.txt": "add_subdirectory(base)\nadd_subdirectory(net)\n"
                          "add_subdirectory(dialects)\nadd_subdirectory(cli)\n",
    "src/base/README.md": "# base\n\nStart at: `text.h`.\nMay use: nothing.\nOwns: nothing.\n",
    "src/base/text.h": "#include <string>\n#include <sys/socket.h>\n#include <tl/expected.hpp>\n",
    "src/net/README.md": "# net\n\nStart at: `net.h`.\nMay use: base.\nOwns: boost, unbound.h, libpsl.\n",
    "src/net/net.h": '#include "base/text.h"\n#include <boost/asio.hpp>\n'
                     "#include <unbound.h>\n#include <libpsl.h>\n",
    "src/net/net_test.cc": '#include <gtest/gtest.h>\n#include "support/golden.h"\n#include "net/net.h"\n',
    "src/dialects/README.md": "# dialects\n\nStart at: `dialect.h`.\nMay use: base.\nOwns: nothing.\n",
    "src/dialects/dialect.h": '#include "base/text.h"\n',
    "src/dialects/exim/README.md": "# exim\n\nStart at: `lower.h`.\nMay use: base, dialects.\nOwns: nothing.\n",
    "src/dialects/exim/lower.h": '#include "dialects/dialect.h"\n#include "dialects/exim/lower.h"\n',
    "src/dialects/sendmail/README.md": "Start at: `lower.h`.\nMay use: dialects.\nOwns: nothing.\n",
    "src/dialects/sendmail/lower.h": "",
    "src/cli/README.md": "# cli\n\nStart at: `main.cc`.\nMay use: base, net.\nOwns: nothing.\n",
    "src/cli/main.cc": '#include "net/net.h"\n',
}

VIOLATIONS = [
    ("a layer below", {"src/base/text.h": '\n#include "net/net.h"\n'},
     "src/base/text.h:2: base may not use net/net.h"),
    ("a third-party header of another layer", {"src/cli/main.cc": "#include <boost/asio.hpp>\n"},
     "src/cli/main.cc:1: cli does not own <boost/asio.hpp>"),
    ("a third-party header that nobody owns", {"src/base/text.h": "#  include <sqlite3.h>\n"},
     "src/base/text.h:1: base does not own <sqlite3.h>"),
    ("a test framework in the program", {"src/cli/main.cc": "#include <gtest/gtest.h>\n"},
     "src/cli/main.cc:1: cli does not own <gtest/gtest.h>"),
    ("a header of the tests in the program", {"src/cli/main.cc": '#include "support/golden.h"\n'},
     "src/cli/main.cc:1: cli may not use support/golden.h"),
    ("a README that allows a layer below",
     {"src/base/README.md": "Start at: `text.h`.\nMay use: cli.\nOwns: nothing.\n"},
     "src/base/README.md:1: cli is not above base in src/CMakeLists.txt"),
    ("a start file that is not there",
     {"src/base/README.md": "Start at: `gone.h`.\nMay use: nothing.\nOwns: nothing.\n"},
     "src/base/README.md:1: the start file gone.h does not exist"),
    ("a README without Owns", {"src/base/README.md": "Start at: `text.h`.\nMay use: nothing.\n"},
     "src/base/README.md:1: no line `Owns: …`"),
    ("a README that is too long", {"src/base/README.md": TREE["src/base/README.md"] + "more\n" * 11},
     "src/base/README.md:16: more than 15 lines"),
    ("a layer inside another that uses its neighbour",
     {"src/dialects/sendmail/lower.h": '#include "dialects/exim/lower.h"\n'},
     "src/dialects/sendmail/lower.h:1: dialects/sendmail may not use dialects/exim/lower.h"),
    ("a layer that uses one inside it",
     {"src/dialects/dialect.h": '#include "dialects/exim/lower.h"\n'},
     "src/dialects/dialect.h:1: dialects may not use dialects/exim/lower.h"),
    ("a layer that uses one inside another", {"src/cli/main.cc": '#include "dialects/exim/lower.h"\n'},
     "src/cli/main.cc:1: cli may not use dialects/exim/lower.h"),
    ("a folder that is not built", {"src/extra/README.md": ""},
     "src/CMakeLists.txt:1: does not name extra"),
]


def run_on(tree: dict[str, str]) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as root:
        for name, text in tree.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return subprocess.run([CHECK, root], capture_output=True, text=True, check=False)


class CheckLayers(unittest.TestCase):
    def test_a_clean_tree_passes(self):
        done = run_on(TREE)
        self.assertEqual((done.returncode, done.stdout), (0, "Every layer keeps to its README.\n"))

    def test_each_violation_is_found_with_its_place(self):
        for what, change, expected in VIOLATIONS:
            with self.subTest(what):
                done = run_on({**TREE, **change})
                self.assertEqual((done.returncode, done.stdout), (1, expected + "\n"))


if __name__ == "__main__":
    unittest.main()

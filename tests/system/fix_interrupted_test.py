"""fix --apply, killed or failed at every system call that touches a file: old or new, never half.

RELAYPROOF_EVERY=N tries every Nth call only, for programs that are slow."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from fix_test import MASTER, Folder, open_cases

# What apply and undo do to files, besides reading.
CALLS = "flock,openat,write,fsync,fchown,fchmod,link,linkat,rename,renameat,renameat2,unlink,unlinkat"
FILES = open_cases()["two holes at once"] | {
    "master.cf": MASTER + "2525 inet n - y - - smtpd\n  -o mynetworks=0.0.0.0/0\n"}
KILLED = "signal=KILL"
EVERY = int(os.environ.get("RELAYPROOF_EVERY", "1"))
# What each call fails with.
ERRORS = {"openat": "ENOSPC", "write": "ENOSPC", "link": "ENOSPC", "rename": "ENOSPC", "fsync": "EIO", "fchown": "EPERM",
          "fchmod": "EPERM", "unlink": "EIO", "flock": "EINTR"}


def can_trace():
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


@unittest.skipUnless(can_trace(), "needs strace and the right to use it")
class Interrupted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Folder(FILES) as folder:
            cls.old = {name: folder.text(name) for name in ("main.cf", "master.cf")}
            with tempfile.NamedTemporaryFile("r") as log:
                ran = folder.fix("--apply", before=["strace", "-qq", "-o", log.name, "-e", f"trace={CALLS}"])
                lines = log.read().splitlines()
            assert ran.returncode == 0, ran.stderr
            cls.new = {name: folder.text(name) for name in ("main.cf", "master.cf")}
        assert cls.old["main.cf"] != cls.new["main.cf"] and cls.old["master.cf"] != cls.new["master.cf"]
        calls = [line for line in lines if re.match(r"\w+\(", line)]
        names = [re.match(r"\w+", line)[0] for line in calls]
        # From the first that writes on. `when` counts the calls of one name.
        first = names.index("unlink")
        places = [(name, names[:at + 1].count(name), calls[at]) for at, name in enumerate(names) if at >= first]
        cls.places = places[::EVERY]

    def run_interrupted(self, folder, words, call, number, end):
        return folder.fix(*words, before=["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                          f"inject={call}:{end}:when={number}"])

    def assert_whole(self, folder, place):
        for name in self.old:
            self.assertIn(folder.text(name), (self.old[name], self.new[name]), f"{name} at {place}")

    def test_is_old_or_new_wherever_it_is_killed(self):
        self.assertGreater(len(self.places), 35 // EVERY)
        for name, number, call in self.places:
            with self.subTest(call), Folder(FILES) as folder:
                self.run_interrupted(folder, ["--apply"], name, number, KILLED)
                self.assert_whole(folder, call)
                self.assert_goes_on(folder, call)

    def test_is_all_old_after_any_error(self):
        tried = 0
        for name, number, call in self.places:
            reads = name == "openat" and "O_CREAT" not in call
            tells = name == "write" and re.match(r"write\([12],", call)
            if reads or tells or name not in ERRORS:
                continue
            tried += 1
            with self.subTest(call), Folder(FILES) as folder:
                ran = self.run_interrupted(folder, ["--apply"], name, number, f"error={ERRORS[name]}")
                texts = {name: folder.text(name) for name in self.old}
                self.assertEqual(texts, self.old if ran.returncode == 3 else self.new, ran.stderr)
                self.assert_goes_on(folder, call)
        self.assertGreater(tried, 20 // EVERY - 1)

    def assert_goes_on(self, folder, place):
        """The next run finishes the job, and --undo after it gives back the first day."""
        again = folder.fix("--apply")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual({name: folder.text(name) for name in self.new}, self.new, place)
        left = [name for name in folder.names() if name.endswith(".new") or name.endswith(".begun")]
        self.assertEqual(left, [], place)
        back = folder.fix("--undo")
        self.assertEqual(back.returncode, 0, back.stderr)
        self.assertEqual({name: folder.text(name) for name in self.old}, self.old)

    def test_takes_back_whole_or_not_at_all(self):
        calls = [("rename", number) for number in range(1, 4)] + [("unlink", number) for number in range(1, 5)]
        for place in calls[::EVERY]:
            with self.subTest(place), Folder(FILES) as folder:
                self.assertEqual(folder.fix("--apply").returncode, 0)
                self.run_interrupted(folder, ["--undo"], *place, "signal=KILL")
                self.assert_whole(folder, place)
                again = folder.fix("--undo")
                texts = {name: folder.text(name) for name in self.old}
                self.assertEqual(texts, self.old, again.stderr)


if __name__ == "__main__":
    unittest.main()

"""Runs every check of this checkout, and sums what they count. Called by ./test. What mostly waits for servers runs beside
what keeps the processors busy."""
import argparse
import os
import re
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/log"
JUNIT = LOGS / "unit-tests.xml"
DEV = ROOT / "build/dev/relayproof"
RELEASE = ROOT / "build/release/relayproof"
TAIL = 30
FUZZ_SECONDS = 3
RUNNING = set()  # processes of steps under way
PRINTING = threading.Lock()


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def count_one(status: int, _log: str) -> Counts:
    """A check without parts is one test."""
    return Counts(passed=1) if status == 0 else Counts(failed=1)


def count_build(status: int, _log: str) -> Counts:
    """That it builds is nothing to boast of; that it does not is a failure."""
    return Counts() if status == 0 else Counts(failed=1)


def count_ctest(status: int, _log: str) -> Counts:
    if not JUNIT.exists():
        return Counts(failed=1)
    suite = xml.parse(JUNIT).getroot()
    total, failed = int(suite.get("tests")), int(suite.get("failures"))
    skipped = int(suite.get("skipped")) + int(suite.get("disabled"))
    return at_least_one_failure(status, Counts(total - failed - skipped, failed, skipped))


def count_unittest(status: int, log: str) -> Counts:
    ran = re.findall(r"^Ran (\d+) tests?", log, re.MULTILINE)
    if not ran:
        return Counts(failed=1)
    parts = dict(re.findall(r"(failures|errors|skipped)=(\d+)", log.splitlines()[-1]))
    skipped = int(parts.get("skipped", 0))
    # A test with several subtests may fail several times.
    failed = min(int(parts.get("failures", 0)) + int(parts.get("errors", 0)), int(ran[-1]) - skipped)
    return at_least_one_failure(status, Counts(int(ran[-1]) - failed - skipped, failed, skipped))


def count_gtest(status: int, log: str) -> Counts:
    passed = re.search(r"^\[  PASSED  \] (\d+) test", log, re.MULTILINE)
    failed = re.search(r"^\[  FAILED  \] (\d+) test", log, re.MULTILINE)
    return at_least_one_failure(status, Counts(int(passed[1]) if passed else 0, int(failed[1]) if failed else 0))


def count_own_words(status: int, log: str) -> Counts:
    """From the last `N passed, N failed[, N skipped]` that the program printed."""
    found = re.findall(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?", log)
    if not found:
        return Counts(failed=1)
    return at_least_one_failure(status, Counts(*(int(number or 0) for number in found[-1])))


def at_least_one_failure(status: int, counts: Counts) -> Counts:
    """A program that fails without naming a failed test has failed all the same."""
    if status != 0 and counts.failed == 0:
        return counts + Counts(failed=1)
    return counts


@dataclass
class Step:
    name: str
    command: str  # for the shell, in the root of the checkout
    count: object = count_one
    needs: list = field(default_factory=list)  # names of steps that must have succeeded
    needs_root: bool = False
    minutes: float = 10
    waits: bool = False
    """It mostly waits, and may do so beside others."""


def fuzz_targets() -> list[str]:
    return sorted(path.stem for path in (ROOT / "src").rglob("*_fuzz.cc"))


def unittests(folder: str) -> str:
    return f"/usr/bin/python3 -m unittest discover -s {folder} -p '*_test.py'"


def steps(options) -> list[Step]:
    jobs = subprocess.run(["tools/jobs"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    fuzzers = fuzz_targets()
    all_steps = [
        Step("layers", "tools/check-layers"),
        Step("fuzz coverage", "tools/check-fuzz"),
        Step("links in documents", "tools/check-docs"),
        Step("format", "tools/format --check"),
        Step("the tools themselves", unittests("tests/tools"), count_unittest),
        Step("the fidelity harness", unittests("tests/lab/fidelity"), count_unittest),
        Step("build release", f"cmake --preset release && cmake --build --preset release --target relayproof -j {jobs}",
             count_build, minutes=20),
        # What waits for servers meanwhile is not to wait for a processor as well.
        Step("build dev", f"cmake --preset dev && nice cmake --build --preset dev -j {jobs}", count_build, minutes=40),
        Step("unit tests", f"ctest --preset dev -j {jobs} --output-junit {JUNIT}", count_ctest, ["build dev"]),
        Step("system tests", f"RELAYPROOF={DEV} RELAYPROOF_EVERY=40 {unittests('tests/system')}", count_unittest, ["build dev"],
             minutes=25),
        Step("system tests, release", f"RELAYPROOF={RELEASE} {unittests('tests/system')}", count_unittest, ["build release"],
             waits=True),
    ]
    if options.tsan:
        all_steps += [
            Step("build tsan", f"cmake --preset tsan && cmake --build --preset tsan -j {jobs} "
                 "--target net_test probe_test", count_build),
            *(Step(f"{layer} under tsan", f"build/tsan/src/{layer}/{layer}_test", count_gtest, ["build tsan"])
              for layer in ("net", "probe")),
        ]
    if options.tidy:
        all_steps.append(Step("clang-tidy", f"JOBS={jobs} tools/tidy --all", needs=["build dev"], minutes=30))
    if not options.quick and fuzzers:
        all_steps += [Step(f"fuzz {name}", f"SEED=1 JOBS={jobs} tools/fuzz {name} {FUZZ_SECONDS} dev", needs=["build dev"])
                      for name in fuzzers]
    if not options.quick:
        all_steps += [
            Step("package", "tests/package/run", count_own_words, ["build release"], needs_root=True,
                 waits=True),
            Step("lab", f"tests/lab/run --program {RELEASE}", count_own_words, ["build release"],
                 needs_root=True, minutes=20, waits=True),
            Step("lab, end to end", f"tests/lab/end_to_end/run --program {RELEASE}", count_own_words, ["build release"],
                 needs_root=True, minutes=20, waits=True),
            Step("lab behind proxies", f"tests/lab/behind/run --program {RELEASE}", count_own_words, ["build release"],
                 needs_root=True, waits=True),
            Step("fidelity", f"tests/lab/fidelity/run --program {RELEASE} --short", count_own_words, ["build release"],
                 needs_root=True, waits=True),
            Step("fidelity, OpenSMTPD", f"tests/lab/fidelity_opensmtpd/run --program {RELEASE} --short", count_own_words,
                 ["build release"], needs_root=True, waits=True),
            Step("fidelity, Exim", f"tests/lab/fidelity_exim/run --program {RELEASE} --short", count_own_words,
                 ["build release"], needs_root=True, waits=True),
            Step("fidelity, Sendmail", f"tests/lab/fidelity_sendmail/run --program {RELEASE} --short", count_own_words,
                 ["build release"], needs_root=True, waits=True),
        ]
    return all_steps


def why_skipped(step: Step, unsuccessful: set) -> str | None:
    if step.needs_root and os.geteuid() != 0:
        return "needs root"
    missing = [name for name in step.needs if name in unsuccessful]
    return f"{missing[0]} failed" if missing else None


def run(step: Step, log: Path) -> int:
    """The exit status of the step, whose every process is gone when this returns."""
    with log.open("wb") as out:
        process = subprocess.Popen(["/bin/bash", "-c", step.command], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
        RUNNING.add(process)
        try:
            return process.wait(timeout=step.minutes * 60)
        except subprocess.TimeoutExpired:
            out.write(f"\nstopped after {step.minutes} minutes\n".encode())
            return 124
        finally:
            stop_group(process)
            RUNNING.discard(process)


def stop_group(process: subprocess.Popen) -> None:
    """First politely, so that a step can clear up after itself."""
    for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=patience)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def perform(step: Step, unsuccessful: set, in_ci: bool) -> Counts:
    """Runs one step and says how it went."""
    reason = why_skipped(step, unsuccessful)
    if reason:
        unsuccessful.add(step.name)
        with PRINTING:
            print(f"{'SKIPPED':<8}{step.name:<26}{reason}", flush=True)
        return Counts(failed=1) if in_ci else Counts(skipped=1)
    if sys.stdout.isatty():
        print(f"{'...':<8}{step.name}", end="\r", flush=True)
    log = LOGS / (re.sub(r"\W+", "-", step.name) + ".log")
    start = time.monotonic()
    status = run(step, log)
    words = log.read_text(errors="replace")
    counts = step.count(status, words)
    if in_ci and step.needs_root:
        counts = Counts(counts.passed, counts.failed + counts.skipped)
    seconds = time.monotonic() - start
    with PRINTING:
        print(f"{'FAILED' if counts.failed else 'ok':<8}{step.name:<26}{str(counts):<32}{seconds:7.1f} s", flush=True)
        if counts.failed:
            print(*(f"    {line}" for line in words.splitlines()[-TAIL:]), sep="\n")
            print(f"    The whole log: {log.relative_to(ROOT)}", flush=True)
    if counts.failed:
        unsuccessful.add(step.name)
    return counts


def perform_all(all_steps: list[Step], in_ci: bool) -> Counts:
    """Two rows of steps side by side, each in its order; what waits begins when what it needs has ended."""
    LOGS.mkdir(parents=True, exist_ok=True)
    unsuccessful, counted = set(), []
    ended = {step.name: threading.Event() for step in all_steps}

    def go_through(row: list[Step]) -> None:
        for step in row:
            for name in step.needs:
                ended[name].wait()
            counts = Counts(failed=1)  # if it ends by an exception
            try:
                counts = perform(step, unsuccessful, in_ci)
            finally:
                counted.append(counts)
                ended[step.name].set()

    beside = threading.Thread(target=go_through, args=[[step for step in all_steps if step.waits]], daemon=True)
    beside.start()
    try:
        go_through([step for step in all_steps if not step.waits])
        beside.join()
    finally:
        for process in list(RUNNING):
            stop_group(process)
    return sum(counted, Counts())


def main() -> int:
    parser = argparse.ArgumentParser(prog="./test")
    for option, what in (("quick", "without lab, fuzzing and package"), ("tsan", "with ThreadSanitizer as well"),
                         ("tidy", "with clang-tidy as well")):
        parser.add_argument(f"--{option}", action="store_true", help=what)
    options = parser.parse_args()
    JUNIT.unlink(missing_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    total = perform_all(steps(options), os.environ.get("CI") == "true")
    print(total)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())

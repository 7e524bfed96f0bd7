"""Runs the lines by which the program lets people see a relay for themselves."""
import re

from kit.program import Outcome, Report
from kit.world import World

LINE_SECONDS = 60.0
# Enough to see the spellings differ; every line costs a session.
LINES_PER_CASE = 4


def complaints_by_hand(world: World, report: Report) -> list[str]:
    """One complaint for each line that does not show the reply the program tells of."""
    found = []
    chosen = _one_of_each_spelling([outcome for outcome in report.outcomes if outcome.relay and outcome.by_hand])
    for outcome in chosen[:LINES_PER_CASE]:
        for tool, code_of in (("swaks", _code_in_swaks), ("nc", _code_in_nc)):
            line = outcome.by_hand.get(tool, "")
            done = world.run(["timeout", str(LINE_SECONDS), "/bin/sh", "-c", line], timeout=LINE_SECONDS + 5)
            code = code_of(done.stdout)
            if code != outcome.code:
                found.append(f"by hand, {tool}: `{line}` shows {code}, not {outcome.code}: "
                             f"{(done.stdout + done.stderr)[-300:]!r}")
    return found


def _one_of_each_spelling(outcomes: list[Outcome]) -> list[Outcome]:
    by_technique = {(outcome.technique, ":" in outcome.attempt.address): outcome for outcome in outcomes}
    return list(by_technique.values())


def _code_in_swaks(output: str) -> int | None:
    """The answer that follows the RCPT line: swaks marks its own lines and the server's."""
    asked = False
    for line in output.splitlines():
        if re.match(r"\s*[-~=<*]*>\s+RCPT TO:", line):
            asked = True
        elif asked and (answer := re.match(r"<[-~=*]*\*?\*?\s+(\d{3})", line)):
            return int(answer[1])
    return None


def _code_in_nc(output: str) -> int | None:
    """The answer before that to QUIT."""
    codes = [int(line[:3]) for line in output.splitlines() if re.match(r"\d{3}( |$)", line)]
    return codes[-2] if len(codes) >= 2 and codes[-1] == 221 else None

"""Runs the lines by which the program lets people see a relay for themselves."""
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

from kit.case import Case
from kit.program import Outcome, Report
from kit.world import World

LINE_SECONDS = 60.0
# Each case shows a few spellings, the next case of the same MTA the next few.
SPELLINGS_PER_CASE = 4
# More connections at once than OpenSMTPD keeps waiting (5) are never greeted.
AT_ONCE = 5


@dataclass(frozen=True)
class Line:
    tool: str
    text: str
    wanted: int | None


def complaints_by_hand(world: World, case: Case, report: Report) -> list[str]:
    """One complaint for each line that does not show the reply the program tells of."""
    lines = _chosen(case, report)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        first = list(pool.map(lambda line: _complaint(world, line), lines))
    # The lines wait by the clock, as a person would: on a busy machine one may come too early.
    return [second for line, complaint in zip(lines, first)
            if complaint and (second := _complaint(world, line))]


def _chosen(case: Case, report: Report) -> list[Line]:
    """Lines with nc first: they sleep most of their time, so the others fit beside them."""
    shown = [outcome for outcome in report.outcomes if outcome.relay and outcome.by_hand]
    different = list({(outcome.technique, ":" in outcome.attempt.address): outcome for outcome in shown}.values())
    if not different:
        return []
    start = case.number * SPELLINGS_PER_CASE % len(different)
    outcomes = (different[start:] + different[:start])[:SPELLINGS_PER_CASE]
    # swaks cannot say everything (what goes before the question, commas); nc always can.
    return [Line(tool, outcome.by_hand.get(tool) or "", outcome.code)
            for tool in ("nc", "swaks") for outcome in outcomes
            if tool == "nc" or outcome.by_hand.get(tool)]


def _complaint(world: World, line: Line) -> str:
    done = world.run(["timeout", str(LINE_SECONDS), "/bin/sh", "-c", line.text], timeout=LINE_SECONDS + 5)
    code = _CODE_IN[line.tool](done.stdout)
    if code == line.wanted:
        return ""
    return (f"by hand, {line.tool}: `{line.text}` shows {code}, not {line.wanted}: "
            f"{(done.stdout + done.stderr)[-300:]!r}")


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


_CODE_IN: dict[str, Callable[[str], int | None]] = {"swaks": _code_in_swaks, "nc": _code_in_nc}

"""The table of a run, a row as each case ends."""
from statistics import median

from kit.judge import Judgement

WIDTHS = [30, 22, 5, 18, 9, 10, 8, 9, 8]
HEADS = ["case", "verdict", "exit", "expected", "relays", "unclear", "refused", "logged", "seconds"]


def head() -> str:
    return (_row(HEADS) + "\n"
            "  relays, unclear: how many the sink received, of how many the program told of\n"
            "  logged: refused recipients in the server's log, of how many the program announced")


def row(found: Judgement) -> str:
    report, case = found.report, found.case
    verdict = f"{report.verdict}, {report.evidence}" if report.evidence else report.verdict
    line = _row([case.name, verdict, str(report.exit), f"{'/'.join(case.verdicts)} {_exits(case.exits)}",
                 f"{found.relays_arrived}/{found.relays}", f"{found.unclear_arrived}/{found.unclear}",
                 str(found.refused), f"{found.logged}/{report.announced}", f"{report.seconds:.1f}"])
    line += "  ok" if found.passed else "  FAILED"
    if case.lookalike and found.relays and not found.relays_arrived:
        line += ": observed, delivers nothing"
    return "\n".join([line] + [f"    {complaint}" for complaint in found.complaints])


def seconds_of_each(all_found: list[Judgement]) -> str:
    """How long a check takes on each of the real servers."""
    lines = ["", "seconds of a check on each real server", "            least  median  most  cases"]
    for mta in dict.fromkeys(found.case.mta.name for found in all_found):
        seconds = [found.report.seconds for found in all_found if found.case.mta.name == mta]
        lines.append(f"{mta:10}  {min(seconds):5.1f}  {median(seconds):6.1f}  {max(seconds):4.1f}  {len(seconds):5}")
    return "\n".join(lines)


def _exits(exits: list[int]) -> str:
    return "/".join(str(status) for status in exits)


def _row(cells: list[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS))

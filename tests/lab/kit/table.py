"""The table of a run, a row as each case ends."""
from kit.judge import Judgement

WIDTHS = [30, 22, 5, 18, 9, 10, 8, 8]
HEADS = ["case", "verdict", "exit", "expected", "relays", "unclear", "refused", "seconds"]


def head() -> str:
    return (_row(HEADS) + "\n"
            "  relays, unclear: how many the sink received, of how many the program told of")


def row(found: Judgement) -> str:
    report, case = found.report, found.case
    verdict = f"{report.verdict}, {report.evidence}" if report.evidence else report.verdict
    line = _row([case.name, verdict, str(report.exit), f"{'/'.join(case.verdicts)} {_exits(case.exits)}",
                 f"{found.relays_arrived}/{found.relays}", f"{found.unclear_arrived}/{found.unclear}",
                 str(found.refused), f"{report.seconds:.1f}"])
    line += "  ok" if found.passed else "  FAILED"
    if case.lookalike and found.relays and not found.relays_arrived:
        line += ": observed, delivers nothing"
    return "\n".join([line] + [f"    {complaint}" for complaint in found.complaints])


def _exits(exits: list[int]) -> str:
    return "/".join(str(status) for status in exits)


def _row(cells: list[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS))

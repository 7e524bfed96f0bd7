"""Holds what the program says against what was expected, and each technique against the sink."""
from dataclasses import dataclass, field

from kit.attempt import Attempt, Fate
from kit.case import Case
from kit.program import Outcome, Report


@dataclass
class Judgement:
    case: Case
    report: Report
    complaints: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    relays: int = 0
    relays_arrived: int = 0
    unclear: int = 0
    unclear_arrived: int = 0
    refused: int = 0
    logged: int = 0
    """Recipients of the program's that the server's log shows as refused."""

    @property
    def passed(self) -> bool:
        return not self.complaints


def judge(case: Case, report: Report, fates: dict[Attempt, Fate], logged: int) -> Judgement:
    found = Judgement(case, report, logged=logged)
    _judge_verdict(found)
    _judge_announcement(found)
    _judge_seconds(found)
    for outcome in report.outcomes:
        _judge_outcome(found, outcome, fates[outcome.attempt])
    _judge_names(found)
    return found


def _judge_verdict(found: Judgement) -> None:
    case, report = found.case, found.report
    if report.verdict not in case.verdicts:
        found.complaints.append(f"verdict {report.verdict}, expected {' or '.join(case.verdicts)}: "
                                f"{report.reason}{report.errors.strip()[:300]}")
    if report.exit not in case.exits:
        found.complaints.append(f"exit status {report.exit}, expected {case.exits}")
    if case.evidence not in (None, report.evidence):
        found.complaints.append(f"evidence {report.evidence}, expected {case.evidence}: {report.reason}")
    if report.verdict == "open" and case.lookalike and report.evidence != "observed":
        found.complaints.append(f"evidence {report.evidence}: nothing was delivered, so only observed is honest")


def _judge_seconds(found: Judgement) -> None:
    allowed, took = found.case.within, found.report.seconds
    if allowed is not None and took > allowed:
        found.complaints.append(f"took {took:.1f} s, and may take {allowed:.0f}")


def _judge_announcement(found: Judgement) -> None:
    announced = found.report.announced
    if announced is None:
        found.complaints.append(f"no announcement of what the server's log will show: {found.report.errors!r}")
    elif found.logged > announced:
        found.complaints.append(f"the server's log shows {found.logged} refused recipients, "
                                f"announced were {announced}")


def _judge_outcome(found: Judgement, outcome: Outcome, fate: Fate) -> None:
    what = f"{outcome.technique} ({_spelt(outcome.attempt)})"
    if outcome.relay:
        found.relays += 1
        found.relays_arrived += fate.relayed
        if not fate.relayed and not found.case.lookalike:
            found.complaints.append(f"{what}: called a relay, nothing reached the sink: {_ended(fate)}")
    elif outcome.answered_no:
        found.refused += 1
        if fate.relayed:
            found.complaints.append(f"{what}: {outcome.outcome}, counts as {outcome.counts_as}, "
                                    f"yet the sink got it for {fate.delivered_to}")
    else:
        found.unclear += 1
        found.unclear_arrived += fate.relayed
        found.notes.append(f"{what}: {outcome.outcome}, {outcome.refused_as or outcome.counts_as}; "
                           + ("relayed in truth" if fate.relayed else f"not relayed: {_ended(fate)}"))


def _judge_names(found: Judgement) -> None:
    relays = {outcome.technique for outcome in found.report.outcomes if outcome.relay}
    for name in found.case.relays:
        if name not in relays:
            found.complaints.append(f"{name} does not count as a relay, and should")
    forbidden = found.case.must_not_relay
    for name in sorted(relays - set(found.case.relays)) if forbidden == ["*"] else forbidden:
        if name in relays:
            found.complaints.append(f"{name} counts as a relay, and should not")


def _spelt(attempt: Attempt) -> str:
    before = f"{attempt.prelude}, " if attempt.prelude else ""
    return (f"{attempt.address} {attempt.port}, HELO {attempt.helo}, {before}"
            f"MAIL FROM:{attempt.mail_from} RCPT TO:{attempt.rcpt_to}")


def _ended(fate: Fate) -> str:
    said = f"{fate.at} {fate.code} {fate.text}"[:160]
    return f"{said}; then: {fate.last_word}" if fate.last_word else said

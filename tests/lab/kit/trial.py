"""One case from the start of its server to the judgement."""
import json
from dataclasses import asdict
from pathlib import Path

from kit.by_hand import complaints_by_hand
from kit.case import Case
from kit.judge import Judgement, judge
from kit.program import check
from kit.truth import fates_of
from kit.world import World


def try_case(world: World, root: Path, case: Case, program: str, keep: Path | None) -> Judgement:
    world.network.ask_from(case.client)
    with case.machine(world, root) as machine:
        report = check(world, program, case)
        log = machine.log()
    # A fresh server: what the program did to its limits must not decide what the truth is.
    with case.machine_for_truth(world, root) or case.machine(world, root) as machine:
        fates = fates_of(world, machine, [outcome.attempt for outcome in report.outcomes])
        found = judge(case, report, fates)
        found.complaints += complaints_by_hand(world, report)
        log += machine.log()
    if keep is not None:
        folder = keep / case.name
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(report.raw)
        (folder / "errors").write_text(report.errors)
        (folder / "server.log").write_text(log)
        (folder / "notes").write_text("\n".join(found.notes + found.complaints) + "\n")
        (folder / "fates.json").write_text(json.dumps(
            [{**asdict(attempt), **asdict(fate)} for attempt, fate in fates.items()], indent=1))
    return found

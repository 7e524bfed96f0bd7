"""One case from the start of its server to the judgement."""
import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

from kit.attempt import Attempt, Fate
from kit.by_hand import complaints_by_hand
from kit.case import Case
from kit.judge import Judgement, judge
from kit.program import check
from kit.stopwatch import Stopwatch
from kit.truth import fates_of
from kit.world import World


def try_case(world: World, root: Path, case: Case, program: str, keep: Path | None) -> Judgement:
    watch = Stopwatch()
    world.network.ask_from(case.client)
    with case.machine(world, root) as machine:
        watch.lap("start")
        report = check(world, program, case)
        watch.lap("check")
        log, logged = machine.log(), machine.probes_refused()
    # A fresh server: what the program did to its limits must not decide what the truth is.
    sink = world.sink_for_the_canary() if case.canary else nullcontext()
    with sink, case.machine_for_truth(world, root) or case.machine(world, root) as machine:
        watch.lap("start")
        fates = fates_of(world, machine, [outcome.attempt for outcome in report.outcomes], watch)
        found = judge(case, report, fates, logged)
        found.complaints += complaints_by_hand(world, case, report)
        watch.lap("by hand")
        log += machine.log()
    watch.lap("end")
    found.notes.append(f"seconds: {watch}")
    if keep is not None:
        _keep(keep / case.name, found, fates, log)
    return found


def _keep(folder: Path, found: Judgement, fates: dict[Attempt, Fate], log: str) -> None:
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(found.report.raw)
    (folder / "errors").write_text(found.report.errors)
    (folder / "server.log").write_text(log)
    (folder / "notes").write_text("\n".join(found.notes + found.complaints) + "\n")
    (folder / "fates.json").write_text(json.dumps(
        [{**asdict(attempt), **asdict(fate)} for attempt, fate in fates.items()], indent=1))

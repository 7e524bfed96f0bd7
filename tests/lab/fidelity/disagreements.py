"""Where program and server differ: one folder each, made small, to be played again."""
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from fidelity.ask import Running
from fidelity.compare import compare, written_in
from fidelity.judge import Disagreement
from fidelity.minimise import minimise, write_texts
from fidelity.program import Program
from fidelity.server import Server
from fidelity.world import WideWorld

CASES = Path(__file__).parent / "cases"


def by_signature(found: list[Disagreement]) -> list[tuple[str, list[Disagreement]]]:
    """The most frequent first."""
    counts = Counter(each.signature for each in found)
    return [(signature, [each for each in found if each.signature == signature]) for signature, _ in counts.most_common()]


def write(folder: Path, each: Disagreement, root: Path, owned: list[str], count: int) -> None:
    """As it was found: config/, attempt.json, real.json, ours.json, about.json."""
    folder.mkdir(parents=True)
    shutil.copytree(root, folder / "config", ignore=shutil.ignore_patterns("*.db"))
    _write_json(folder / "attempt.json", each.attempt)
    _write_json(folder / "real.json", each.real)
    _write_json(folder / "ours.json", each.ours)
    _write_json(folder / "about.json", {"number": each.number, "kinds": each.kinds, "owned": owned, "alike": count,
                                        "signature": each.signature})


def make_small(world: WideWorld, server: Server, program: Program, folder: Path) -> None:
    """The same folder with less in it."""
    about = json.loads((folder / "about.json").read_text())
    kind = about["kinds"][0]
    if kind.startswith("edge") or kind == "unsound":
        return
    attempt = json.loads((folder / "attempt.json").read_text())
    texts, attempt = minimise(world, server, program, folder / "config", attempt, kind, about["owned"])
    shutil.rmtree(folder / "config")
    write_texts(folder / "config", texts)
    _write_json(folder / "attempt.json", attempt)
    real, ours = both(world, server, program, folder)
    _write_json(folder / "real.json", real)
    _write_json(folder / "ours.json", ours)


def both(world: WideWorld, server: Server, program: Program, folder: Path) -> tuple[dict, dict]:
    """What the two say of a folder's attempt now."""
    attempt = json.loads((folder / "attempt.json").read_text())
    with Running(world, server, folder / "config") as running:
        real = running.answers([attempt])[0]
    ours = program.explain(folder / "config", [attempt])[0]
    for index in (folder / "config").rglob("*.db"):
        index.unlink()
    return real, ours


def replay(world: WideWorld, server: Server, program: Program, folder: Path) -> tuple[str, ...]:
    """In what they differ now."""
    real, ours = both(world, server, program, folder)
    attempt = json.loads((folder / "attempt.json").read_text())
    owned = json.loads((folder / "about.json").read_text())["owned"]
    return compare(attempt, real, ours, owned, written_in(folder / "config")).kinds


def shown(folder: Path) -> str:
    """A disagreement as a person wants to read it."""
    attempt, real, ours = (json.loads((folder / f"{name}.json").read_text()) for name in ("attempt", "real", "ours"))
    lines = [f"attempt {json.dumps(attempt)}",
             f"real    {real.get('at')} {real.get('code')} {real.get('text')} -> {real.get('fate')} {real.get('to', '')}",
             f"ours    {ours.get('reply')} {ours.get('code')} {ours.get('enhanced')} -> {ours.get('fate')} {ours.get('to')} "
             f"relay {ours.get('relay')} hangs on {ours.get('hangs_on')}"]
    for step in ours.get("trace", []):
        if step["result"] != "no match":
            lines.append(f"          {step['stage']}: {step['text'][:100]}: {step['result']} {step.get('detail', '')[:80]}")
    return "\n".join(lines)


def _write_json(path: Path, what: Any) -> None:
    path.write_text(json.dumps(what, indent=1) + "\n")

"""Asks the real Postfix: one configuration, its attempts, and what became of each."""
import json
import secrets
import shutil
import time
from pathlib import Path

from fidelity.dialogue import Dialogue, DoesNotRun
from fidelity.fates import fate_of, fates
from fidelity.server import SETTINGS, Server
from fidelity.world import WideWorld


def ask(world: WideWorld, server: Server, folder: Path, attempts: list[dict]) -> dict:
    """{"runs", "why", "seconds", "real": [...]}: the last has one answer for each attempt."""
    begin = time.monotonic()
    server.start(folder / "root")
    dialogue = Dialogue(world, server)
    replies: list[dict] = []
    tokens = [secrets.token_hex(8) for _ in attempts]
    try:
        replies = [dialogue.make(attempt, token) for attempt, token in zip(attempts, tokens)]
    except DoesNotRun as error:
        return {"runs": False, "why": str(error), "seconds": time.monotonic() - begin, "real": []}
    finally:
        dialogue.close()
    asked = time.monotonic()
    found = fates(world, server)
    _bring_indexes(server, folder / "root")
    real = [{**reply, **({} if reply["at"] in ("not asked", "cut off") else fate_of(reply, token, found))}
            for reply, token in zip(replies, tokens)]
    return {"runs": True, "asked": asked - begin, "seconds": time.monotonic() - begin, "real": real,
            "words": _warnings(server.words())}


def write_truth(folder: Path, attempts: list[dict], truth: dict) -> None:
    (folder / "attempts.jsonl").write_text("".join(json.dumps(attempt) + "\n" for attempt in attempts))
    (folder / "real.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in truth["real"]))
    rest = {name: value for name, value in truth.items() if name != "real"}
    (folder / "truth.json").write_text(json.dumps(rest) + "\n")


def _warnings(lines: list[str]) -> list[str]:
    """What the server complained of, each kind once."""
    found = dict.fromkeys(line.split("]: ", 1)[-1] for line in lines if ": warning: " in line or ": fatal: " in line)
    return list(found)[:20]


def _bring_indexes(server: Server, root: Path) -> None:
    """The program has to see the indexed files that the server saw."""
    for built in server.file(SETTINGS).glob("*.db"):
        shutil.copyfile(built, root / SETTINGS / built.name)
    shutil.copyfile(server.file("etc/aliases.db"), root / "etc/aliases.db")

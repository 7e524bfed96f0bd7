"""What really happens to attempts: each is made to the end, and the sink is asked what arrived."""
import json
import re
import secrets
import time
from dataclasses import asdict

from kit.attempt import Attempt, Fate
from kit.machine import Machine
from kit.stopwatch import Stopwatch
from kit.world import OUTSIDE, PYTHON, World

# How long the server may take to be done with all it has accepted: it takes a few seconds.
ARRIVAL_SECONDS = 90.0
# Between two looks that both find nothing on its way: what was just handed on may show a moment later.
LOOK_AGAIN_SECONDS = 0.5


def fates_of(world: World, machine: Machine, attempts: list[Attempt], watch: Stopwatch) -> dict[Attempt, Fate]:
    """Makes every attempt once, however often it is asked for."""
    wishes = {f"{secrets.token_hex(8)}": attempt for attempt in dict.fromkeys(attempts)}
    lines = "".join(json.dumps({**asdict(attempt), "token": token, "hops": machine.mta.hops}) + "\n"
                    for token, attempt in wishes.items())
    done = world.run([PYTHON, str(OUTSIDE / "replay.py")], timeout=300, text=lines)
    if done.returncode != 0:
        raise RuntimeError(f"the replay failed: {done.stderr[-2000:]}")
    results = {result["token"]: result for result in map(json.loads, done.stdout.splitlines())}
    watch.lap("replay")
    taken = {token for token, result in results.items()
             if result["at"] == "message" and result["code"] < 400}
    arrived = _wait_for_arrivals(world, machine, taken)
    watch.lap("queue")
    log = machine.log() if taken - arrived.keys() else ""
    return {attempt: Fate(results[token]["at"], results[token]["code"], results[token]["text"],
                          results[token].get("rcpt_code"), arrived.get(token, []),
                          _last_word(log, attempt) if token in taken and token not in arrived else "")
            for token, attempt in wishes.items()}


def _wait_for_arrivals(world: World, machine: Machine, taken: set[str]) -> dict[str, list[str]]:
    """Ends when all have arrived, or when the server has nothing under way any more."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    idle_since = None
    while True:
        # First the server, then the sink: what leaves the one in between is found in the other.
        busy = machine.is_busy()
        now = time.monotonic()
        arrived: dict[str, list[str]] = {}
        for line in world.relayed():
            arrived.setdefault(line["token"], []).append(line["rcpt_to"])
        if taken <= arrived.keys():
            return arrived
        idle_since = None if busy else idle_since or now
        if idle_since is not None and now - idle_since >= LOOK_AGAIN_SECONDS:
            return arrived
        if now > deadline:
            raise RuntimeError(f"after {ARRIVAL_SECONDS:.0f} s the server still has mail on its way, so what "
                               f"becomes of it is not known: {machine.queue()[-2000:]}")
        time.sleep(0.1)


def _last_word(log: str, attempt: Attempt) -> str:
    """What the server wrote last about this recipient: the program's names are used only once."""
    name = re.search(r"relayproof-[0-9a-z]+", attempt.rcpt_to)
    lines = [line for line in log.splitlines() if name and name[0] in line]
    return lines[-1] if lines else ""

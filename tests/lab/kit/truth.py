"""What really happens to attempts: each is made to the end, and the sink is asked what arrived."""
import json
import secrets
import time
from dataclasses import asdict

from kit.attempt import Attempt, Fate
from kit.machine import Machine
from kit.world import OUTSIDE, PYTHON, World

# How long a message may take from the final dot to the sink. Waiting ends earlier when all have
# arrived, or when the server has nothing under way and nothing came for a while.
ARRIVAL_SECONDS = 20.0
QUIET_SECONDS = 1.5


def fates_of(world: World, machine: Machine, attempts: list[Attempt]) -> dict[Attempt, Fate]:
    """Makes every attempt once, however often it is asked for."""
    wishes = {f"{secrets.token_hex(8)}": attempt for attempt in dict.fromkeys(attempts)}
    lines = "".join(json.dumps({**asdict(attempt), "token": token}) + "\n"
                    for token, attempt in wishes.items())
    done = world.run([PYTHON, str(OUTSIDE / "replay.py")], timeout=300, text=lines)
    if done.returncode != 0:
        raise RuntimeError(f"the replay failed: {done.stderr[-2000:]}")
    results = {result["token"]: result for result in map(json.loads, done.stdout.splitlines())}
    taken = {token for token, result in results.items()
             if result["at"] == "message" and result["code"] < 400}
    arrived = _wait_for_arrivals(world, machine, taken)
    return {attempt: Fate(results[token]["at"], results[token]["code"], results[token]["text"],
                          results[token].get("rcpt_code"), arrived.get(token, []))
            for token, attempt in wishes.items()}


def _wait_for_arrivals(world: World, machine: Machine, taken: set[str]) -> dict[str, list[str]]:
    deadline = time.monotonic() + ARRIVAL_SECONDS
    count, changed = -1, time.monotonic()
    while True:
        arrived: dict[str, list[str]] = {}
        for line in world.relayed():
            arrived.setdefault(line["token"], []).append(line["rcpt_to"])
        now = time.monotonic()
        if len(arrived) != count:
            count, changed = len(arrived), now
        if taken <= arrived.keys() or now > deadline:
            return arrived
        if now - changed > QUIET_SECONDS and not machine.is_busy():
            return arrived
        time.sleep(0.2)

"""What a case really does, by the lab's own list of forms and without the program."""
from pathlib import Path

from kit.addresses import SERVER, SERVER_DOMAIN
from kit.attempt import Attempt
from kit.case import Case
from kit.forms import forms
from kit.stopwatch import Stopwatch
from kit.truth import fates_of
from kit.world import World


def measure(world: World, root: Path, case: Case, wordy: bool) -> str:
    """For each door, which forms are relayed, and which are only taken."""
    world.network.ask_from(case.client)
    doors = [(source, address, port) for port in case.ports
             for source, address in zip(case.client.addresses(), SERVER.addresses())]
    attempts = {(door, form): Attempt(door[0], door[1], door[2], form.helo, form.sender, form.recipient,
                                              "implicit" if door[2] == 465 else "none")
                for door in doors for form in forms(SERVER.name, SERVER_DOMAIN, door[1], case.to())}
    with case.machine_for_truth(world, root) or case.machine(world, root) as machine:
        fates = fates_of(world, machine, list(attempts.values()), Stopwatch())
    lines = [case.name]
    for door in doors:
        mine = {form.name: fates[attempt] for (where, form), attempt in attempts.items() if where == door}
        relayed = [name for name, fate in mine.items() if fate.relayed]
        taken = [name for name, fate in mine.items() if fate.rcpt_code and not fate.relayed]
        lines += [f"  [{door[1]}]:{door[2]} relays {len(relayed)} of {len(mine)}: {', '.join(relayed) or '-'}",
                  f"    takes, and does not relay: {', '.join(taken) or '-'}"]
        if wordy:
            lines += [f"    {name}: {fate}" for name, fate in mine.items()]
    return "\n".join(lines)

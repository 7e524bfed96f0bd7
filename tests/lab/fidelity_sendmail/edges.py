"""What the real server is asked at both ends of every interval of clients that audit gives, and whether its answer fits."""
import random
from pathlib import Path

from fidelity.edges import questions
from fidelity.names import plain
from fidelity_sendmail.attempts import can_connect
from fidelity_sendmail.compare import Program, claimed, is_claimed, really_relayed, with_fate
from fidelity_sendmail.doors import by_port
from fidelity_sendmail.rule_truth import known_names
from kit.addresses import BACKED_UP_DOMAIN

# What a witness calls a domain whose owner names the server as MX; the lab has one.
_STRANGERS_WITH_OUR_MX = "stranger-who-names-us-as-mx.example"


def asked_at_edges(program: Program, root: Path, number: int) -> list[tuple[str, dict]]:
    """(`inside` or `outside`, attempt) for each edge that the lab has a client for."""
    dice = random.Random(f"edges {number}")
    asked = [(where, {**attempt, "rcpt_to": attempt["rcpt_to"].replace(_STRANGERS_WITH_OUR_MX, BACKED_UP_DOMAIN)})
             for listener in by_port(program.audit(root)["listeners"]) for where, attempt in questions(listener, dice)]
    return [(where, attempt) for where, attempt in asked
            if can_connect(attempt["client"]) and not attempt.get("ptr") and not attempt.get("tls")]


def is_wrong(where: str, attempt: dict, real: dict, owned: list[str], root: Path) -> bool:
    real = with_fate(attempt, real)
    if where == "outside":
        return really_relayed(attempt, real, owned) and not is_claimed(real, attempt, claimed(root))
    if real["fate"] in ("handed-on", "several"):
        return False
    # Taken for a domain that the lab's DNS does not have, a witness comes back.
    exists = plain(attempt["rcpt_to"]).rpartition("@")[2].strip("<>.") in known_names()
    return real["fate"] != "dropped" or exists

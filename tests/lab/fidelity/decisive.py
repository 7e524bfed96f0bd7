"""Which restrictions made the difference, and in which list: what was never decisive was never tested."""
from collections import Counter

from fidelity.restrictions import LISTS, RESTRICTIONS
from fidelity.tally import ENOUGH

_ENDS = {"permit", "reject", "refuse", "defer"}
# Under which name old spellings are counted.
_SAME = {"reject_unknown_client": "reject_unknown_client_hostname", "reject_maps_rbl": "reject_rbl_client",
         "reject_invalid_hostname": "reject_invalid_helo_hostname", "check_recipient_maps": "reject_unlisted_recipient",
         "reject_non_fqdn_hostname": "reject_non_fqdn_helo_hostname", "reject_unknown_hostname": "reject_unknown_helo_hostname"}


def deciding(ours: dict) -> set[tuple[str, str]]:
    """(restriction, list) of each step that ended its list: a permit, or the refusal."""
    last: dict[str, dict] = {}
    for step in ours.get("trace", []):
        if step["result"] in _ENDS:
            last[step["stage"]] = step
    found = set()
    for stage, step in last.items():
        where = stage.removeprefix("smtpd_").removesuffix("_restrictions")
        words = step["text"].split()
        if where in LISTS and words:
            name = words[0].lower().rstrip(",:")
            found.add((_SAME.get(name, name), where))
    return found


def few(counts: Counter) -> list[tuple[str, str, int]]:
    """What can be decisive, and was not often enough."""
    return [(name, where, counts[name, where]) for name in RESTRICTIONS for where in LISTS if _is_rare(name, where, counts[name, where])]


def table(counts: Counter) -> str:
    """`counts`: over all pairs on which program and server agree."""
    rows = sorted({name for name, _ in counts} | set(COUNTED))
    head = f"{'restriction':46}" + "".join(f"{where:>13}" for where in LISTS)
    return "\n".join([head] + [f"{name:46}" + "".join(_cell(name, where, counts[name, where]) for where in LISTS) for name in rows])


def _cell(name: str, where: str, count: int) -> str:
    if (name, where) in NEVER and not count:
        return f"{'never':>13}"
    return f"{f'{count}' + ('!' if _is_rare(name, where, count) else ''):>13}"


def _is_rare(name: str, where: str, count: int) -> bool:
    return name in COUNTED and (name, where) not in NEVER and count < ENOUGH


# What no attempt of the lab can show: it needs pipelining, never ends a list, or hangs on the DNS.
_NOT_COUNTED = {"class", "sleep", "warn_if_reject", "defer_if_permit", "defer_if_reject", "reject_unauth_pipelining",
                "reject_rbl_client", "permit_dnswl_client",
                "reject_unknown_helo_hostname", "reject_unknown_sender_domain", "reject_unknown_recipient_domain"}
COUNTED = [name for name in RESTRICTIONS if name not in _NOT_COUNTED]
# There it hangs on what the same smtpd was asked before, by whomever.
NEVER = {("reject_unlisted_sender", "client"), ("reject_unlisted_sender", "helo")}

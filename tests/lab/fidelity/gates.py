"""The restriction lists of a configuration: one of them holds what it is about, the others let it show."""
from fidelity import restrictions, tables
from fidelity.draft import Draft

GATES = ["reject_unauth_destination", "defer_unauth_destination", "reject_unauth_destination"]
CODES = {"access_map_reject_code": ["554", "550", "450"], "relay_domains_reject_code": ["454", "554"],
         "reject_code": ["550", "450"], "defer_code": ["451"], "maps_rbl_reject_code": ["550"],
         "unknown_client_reject_code": ["550", "450"], "unknown_address_reject_code": ["550"],
         "non_fqdn_reject_code": ["550"], "invalid_hostname_reject_code": ["550"], "multi_recipient_bounce_reject_code": ["550"],
         "plaintext_reject_code": ["554"], "access_map_defer_code": ["451"]}

# After so many configurations each restriction has had its turn in each list.
TURNS = len(restrictions.TURNS) * 5 // 4 + 5


def choose(draft: Draft, number: int) -> str:
    """Sets the lists; the restriction whose turn it is stands in its list where it matters. Returns which."""
    restrictions.define_classes(draft)
    name, where = turn(number)
    focus, permits = restrictions.focused(draft, name) if name else ([], False)
    _behaviour(draft)
    for other in ("client", "helo", "sender", "data", "end_of_data"):
        found = focus if other == where else _quiet(draft)
        if found:
            _set(draft, other, found)
    _recipient_lists(draft, where, focus, permits)
    for code in draft.some(list(CODES), 0, 1) if draft.chance(0.3) else []:
        draft.set(code, draft.pick(CODES[code]))
    return f"{name} in {where}" if name else "nothing"


def turn(number: int) -> tuple[str, str]:
    """Every fifth configuration is about nothing: it has the plain lists that most servers have."""
    fifth, place = divmod(number, 5)
    return ("", "") if place == 4 else restrictions.TURNS[(4 * fifth + place) % len(restrictions.TURNS)]


def _quiet(draft: Draft) -> list[str]:
    return restrictions.noise(draft, 2) if draft.chance(0.12) else []


def _recipient_lists(draft: Draft, where: str, focus: list[str], permits: bool) -> None:
    """Where mail for strangers is decided. Postfix wants a working gate in at least one of the two."""
    roll = draft.dice.random()
    gate = draft.pick(GATES)
    opening = _opening(draft)
    if where in ("relay", "recipient"):
        # A refusal shows only where somebody would be let in behind it.
        _set(draft, where, focus if permits else [*focus, *opening, gate])
        other = "recipient" if where == "relay" else "relay"
        if draft.chance(0.45 if permits else 0.25):
            _set(draft, other, [*opening, gate])
        elif where == "recipient" and draft.chance(0.9):
            _set(draft, other, [])
        elif where == "relay" and draft.chance(0.2):
            _set(draft, other, restrictions.noise(draft, 2))
        return
    if roll < 0.12:
        return
    if roll < 0.55:
        _set(draft, "relay", [*opening, gate])
        if draft.chance(0.3):
            _set(draft, "recipient", restrictions.noise(draft, 2))
    elif roll < 0.85:
        _set(draft, "relay", [])
        _set(draft, "recipient", [*opening, gate, *(restrictions.noise(draft, 1) if draft.chance(0.2) else [])])
    else:
        _set(draft, "relay", [*opening, gate])
        _set(draft, "recipient", [*_opening(draft), draft.pick(GATES)])


def _opening(draft: Draft) -> list[str]:
    """What stands before the gate; half of it lets many in."""
    found = restrictions.noise(draft, 1) if draft.chance(0.2) else []
    roll = draft.dice.random()
    if roll < 0.48:
        found.append("permit_mynetworks")
    elif roll < 0.72:
        found.append(draft.pick(["check_client_access static:OK", "check_sender_access static:OK", "check_helo_access static:OK",
                                 "check_recipient_access static:OK"]))
    elif roll < 0.93:
        about = draft.pick(["client", "helo", "sender", "recipient"])
        found.append(f"check_{about}_access {tables.access(draft, about, 'permit')}")
        found.append("permit_mynetworks")
    else:
        found.append("permit_mynetworks")
        found.append("permit_auth_destination")
    if draft.chance(0.4):
        draft.sasl = True
        found.append("permit_sasl_authenticated")
    return found


def _behaviour(draft: Draft) -> None:
    if draft.chance(0.18):
        draft.set("smtpd_delay_reject", "no")
    if draft.chance(0.15):
        draft.set("smtpd_helo_required", "yes")
    if draft.chance(0.2):
        draft.set("smtpd_relay_before_recipient_restrictions", draft.pick(["yes", "no"]))
    if draft.chance(0.05):
        draft.set("smtpd_null_access_lookup_key", draft.pick(["<>", "null"]))
    if draft.chance(0.1):
        draft.set("permit_mx_backup_networks", draft.pick(["198.51.100.0/24", "192.0.2.0/24", "0.0.0.0/0"]))


def _set(draft: Draft, where: str, found: list[str]) -> None:
    joint = ",\n    " if draft.chance(0.3) else draft.pick([", ", " "])
    draft.set(f"smtpd_{where}_restrictions", joint.join(found))

"""Restriction lists: each restriction may stand in each list, and takes its turn at being what matters."""
from dataclasses import dataclass, field
from typing import Callable

from fidelity import tables
from fidelity.draft import Draft
from kit.addresses import BLOCK_LIST

LISTS = ["client", "helo", "sender", "relay", "recipient", "data", "end_of_data"]


@dataclass(frozen=True)
class Restriction:
    name: str
    leaning: str
    """permit, reject or either: what it can do to an attempt that it applies to."""
    write: Callable[[Draft], str] = field(default=lambda draft: "")
    """Its arguments."""
    needs: str = ""
    """What an attempt must have for it to matter: see attempts.py."""
    weight: float = 1.0
    """How often it stands among others."""
    turns: int = 1
    """How often it is what a configuration is about: more, where few attempts let it decide."""


def _access(about: str) -> Callable[[Draft], str]:
    return lambda draft: tables.access(draft, about)


def _leaning_access(about: str, leaning: str) -> Callable[[Draft], str]:
    return lambda draft: tables.access(draft, about, leaning)


def _sasl(draft: Draft) -> str:
    draft.sasl = True
    return ""


def _really(draft: Draft) -> str:
    draft.really = True
    return ""


def _tls(draft: Draft) -> str:
    draft.tls = True
    return ""


def _listed_certificates(draft: Draft) -> str:
    draft.set("relay_clientcerts", draft.pick(["static:anybody", draft.table("certificates", [("00:11:22", "nobody")], ["hash"])]))
    return _tls(draft)


def _login_maps(draft: Draft) -> str:
    draft.sasl = True
    if "smtpd_sender_login_maps" not in draft.main:
        rows = [("alice@example.com", "alice"), ("bob@example.com", "bob@example.com, carol"),
                ("@corp.example", "alice")]
        draft.words.senders += ["alice@example.com", "bob@example.com", "info@corp.example"]
        draft.set("smtpd_sender_login_maps", draft.table("logins", rows, ["hash", "texthash"]))
    return ""


def _late(draft: Draft) -> str:
    """Else smtpd does it by itself, at the end of the recipient restrictions."""
    if draft.chance(0.8):
        draft.set("smtpd_reject_unlisted_recipient", "no")
    return ""


def _class(draft: Draft) -> str:
    return draft.pick(draft.classes) if draft.classes else "permit_mynetworks"


RESTRICTIONS = {each.name: each for each in [
    Restriction("permit", "permit", weight=0.4),
    Restriction("reject", "reject", weight=0.15),
    Restriction("defer", "reject", weight=0.1),
    Restriction("defer_if_permit", "reject", weight=0.1),
    Restriction("defer_if_reject", "reject", weight=0.3),
    Restriction("warn_if_reject", "either", lambda draft: draft.pick(
        ["reject", "reject_unauth_destination", "reject_non_fqdn_sender", "check_client_access static:REJECT",
         "permit_mynetworks", "defer"]), weight=0.6),
    Restriction("class", "either", _class),
    Restriction("sleep", "either", lambda draft: "0", weight=0.1),
    Restriction("reject_plaintext_session", "reject", _tls, needs="tls", weight=0.1, turns=2),
    Restriction("reject_unauth_pipelining", "reject", weight=0.3),
    Restriction("permit_mynetworks", "permit", needs="networks", weight=2),
    Restriction("permit_inet_interfaces", "permit", _really, needs="really", weight=0.1, turns=4),
    Restriction("permit_sasl_authenticated", "permit", _sasl, needs="auth"),
    Restriction("permit_tls_clientcerts", "permit", _listed_certificates, needs="tls", weight=0.1, turns=3),
    Restriction("permit_tls_all_clientcerts", "permit", _tls, needs="tls", weight=0.1, turns=3),
    Restriction("check_ccert_access", "either", lambda draft: _tls(draft) or "static:OK", needs="tls", weight=0.1, turns=3),
    Restriction("check_client_access", "either", _access("client"), needs="client", weight=2),
    Restriction("check_reverse_client_hostname_access", "either", _access("reverse_client_hostname"), needs="client"),
    Restriction("check_helo_access", "either", _access("helo"), needs="helo", weight=1.5),
    Restriction("check_sender_access", "either", _access("sender"), needs="sender", weight=2),
    Restriction("check_recipient_access", "either", _access("recipient"), needs="recipient", weight=2),
    Restriction("check_sasl_access", "either", lambda draft: _sasl(draft) or tables.access(draft, "sasl"), needs="auth",
                weight=0.5, turns=4),
    Restriction("reject_unknown_client_hostname", "reject", needs="client"),
    Restriction("reject_unknown_reverse_client_hostname", "reject", needs="client"),
    Restriction("reject_rbl_client", "reject", lambda draft: BLOCK_LIST, needs="listed", weight=0.3),
    Restriction("permit_dnswl_client", "permit", lambda draft: BLOCK_LIST, needs="listed", weight=0.2),
    Restriction("reject_invalid_helo_hostname", "reject", needs="broken helo", turns=2),
    Restriction("reject_non_fqdn_helo_hostname", "reject", needs="bare helo", turns=2),
    Restriction("reject_unknown_helo_hostname", "reject", needs="helo", weight=0.3),
    Restriction("permit_naked_ip_address", "permit", needs="naked helo", weight=0.2, turns=2),
    Restriction("reject_non_fqdn_sender", "reject", needs="bare sender", turns=2),
    Restriction("reject_unknown_sender_domain", "reject", needs="sender", weight=0.5),
    Restriction("reject_unlisted_sender", "reject", needs="unlisted sender", weight=0.6, turns=4),
    Restriction("reject_sender_login_mismatch", "reject", _login_maps, needs="auth", weight=0.4),
    Restriction("reject_authenticated_sender_login_mismatch", "reject", _login_maps, needs="auth", weight=0.4, turns=2),
    Restriction("reject_known_sender_login_mismatch", "reject", _login_maps, needs="auth", weight=0.4, turns=2),
    Restriction("reject_unauthenticated_sender_login_mismatch", "reject", _login_maps, needs="auth", weight=0.4, turns=2),
    Restriction("permit_auth_destination", "permit", needs="owned", weight=1.5),
    Restriction("reject_unauth_destination", "reject", needs="recipient", weight=0.7),
    Restriction("check_relay_domains", "reject", needs="recipient", weight=0.2),
    Restriction("defer_unauth_destination", "reject", needs="recipient", weight=0.4),
    Restriction("permit_mx_backup", "permit", needs="backup", weight=0.2, turns=3),
    Restriction("reject_non_fqdn_recipient", "reject", needs="bare recipient", turns=4),
    Restriction("reject_unknown_recipient_domain", "reject", needs="recipient", weight=0.5),
    Restriction("reject_unlisted_recipient", "reject", _late, needs="unlisted recipient", weight=0.6, turns=4),
    Restriction("reject_multi_recipient_bounce", "reject", _late, needs="bounce", weight=0.5, turns=3),
]}
# Where a restriction is decisive for few attempts only, it has so many turns more there.
RARELY = [("reject_multi_recipient_bounce", 5, "client helo sender relay data"), ("reject_multi_recipient_bounce", 2, "end_of_data"),
          ("permit_inet_interfaces", 3, " ".join(LISTS)),
          ("permit_tls_clientcerts", 3, " ".join(LISTS)), ("permit_tls_clientcerts", 5, "helo recipient"),
          ("permit_tls_all_clientcerts", 3, " ".join(LISTS)), ("permit_tls_all_clientcerts", 2, "helo data"),
          ("check_ccert_access", 3, " ".join(LISTS)),
          ("reject_plaintext_session", 1, " ".join(LISTS)), ("reject_plaintext_session", 8, "client"),
          ("reject_plaintext_session", 3, "relay recipient data end_of_data"),
          ("reject_unlisted_recipient", 4, "data end_of_data"), ("permit_mx_backup", 2, "data end_of_data"),
          ("permit_sasl_authenticated", 1, "data end_of_data"), ("check_sasl_access", 1, "client helo relay recipient"),
          ("reject_unauthenticated_sender_login_mismatch", 2, "helo relay data end_of_data"),
          ("reject_known_sender_login_mismatch", 1, "relay end_of_data"), ("reject_unlisted_sender", 1, "data end_of_data"),
          ("permit", 1, "relay")]
TURNS = [(each.name, where) for each in RESTRICTIONS.values() for where in LISTS for _ in range(each.turns)]
TURNS += [(name, where) for name, times, places in RARELY for where in places.split() for _ in range(times)]
_NAMES, _WEIGHTS = list(RESTRICTIONS), [each.weight for each in RESTRICTIONS.values()]
# What else may be taken for a name of it.
_OLD_NAMES = {"reject_unknown_client_hostname": "reject_unknown_client", "reject_unlisted_recipient": "check_recipient_maps",
              "reject_invalid_helo_hostname": "reject_invalid_hostname",
              "reject_non_fqdn_helo_hostname": "reject_non_fqdn_hostname"}


def spelled(draft: Draft, name: str, leaning: str | None = None) -> str:
    """The restriction as it stands in a list."""
    if name.startswith("check_") and name.endswith("_access") and leaning:
        about = name.removeprefix("check_").removesuffix("_access")
        if about == "ccert":
            _tls(draft)
            return f"{name} static:{draft.pick(tables.GENTLE if leaning == 'permit' else tables.HARSH).split(' ')[0]}"
        if about == "sasl":
            draft.sasl = True
        return f"{name} {tables.access(draft, about, leaning)}"
    arguments = RESTRICTIONS[name].write(draft)
    if name == "class":
        return arguments
    if draft.chance(0.15):
        name = _OLD_NAMES.get(name, name)
    if draft.chance(0.02):
        name = name.upper()
    return f"{name} {arguments}".strip()


def noise(draft: Draft, most: int) -> list[str]:
    return [spelled(draft, name) for name in draft.dice.choices(_NAMES, _WEIGHTS, k=draft.dice.randint(0, most))]


def focused(draft: Draft, name: str) -> tuple[list[str], bool]:
    """A list in which this restriction makes the difference for some; and whether by letting them in."""
    restriction = RESTRICTIONS[name]
    draft.words.needs.add(restriction.needs)
    leaning = restriction.leaning if restriction.leaning != "either" else draft.pick(["permit", "reject"])
    found = noise(draft, 1) if draft.chance(0.3) else []
    if name == "defer_if_reject":
        return [*found, "defer_if_reject", draft.pick(["reject", "reject_unauth_destination", "reject_non_fqdn_sender"])], False
    found.append(spelled(draft, name, leaning if restriction.leaning == "either" else None))
    if leaning == "permit":
        # Without a refusal behind it, a permit makes no difference.
        found.append(draft.pick(["reject", "reject", "defer", "reject_unauth_destination", "reject_non_fqdn_sender",
                                 "check_client_access static:REJECT"]))
    elif draft.chance(0.5):
        found += noise(draft, 1)
    return found, leaning == "permit"


def define_classes(draft: Draft) -> None:
    if draft.chance(0.65):
        return
    wanted = draft.some(["trusted", "strict", "mail_gate"], 1, 2)
    draft.set("smtpd_restriction_classes", ", ".join(wanted))
    for name in wanted:
        inside = noise(draft, 2) or [draft.pick(["permit_mynetworks", "reject_unauth_destination", "permit", "reject"])]
        draft.set(name, draft.pick([", ", " "]).join(inside))
        draft.classes.append(name)

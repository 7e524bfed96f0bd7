"""Access tables: keys for what they are asked about, and every kind of result."""
import ipaddress

from fidelity import names
from fidelity.draft import Draft

KINDS = ["client", "reverse_client_hostname", "helo", "sender", "recipient", "sasl"]
GENTLE = ["OK", "OK", "ok", "DUNNO", "12345", "permit", "OK and more words", "dunno"]
HARSH = ["REJECT", "REJECT go away", "550 5.7.1 not here", "554 no", "450 4.2.0 later", "DEFER", "reject",
         "DEFER not now", "451 try again", "521 never", "550 5.7 odd", "501 5.1.3", "421 4.7.0 bye"]
ODD = ["DEFER_IF_PERMIT", "DEFER_IF_PERMIT 4.7.9 wait", "DEFER_IF_REJECT", "DEFER_IF_REJECT soon", "WARN beware",
       "INFO so", "PREPEND X-Seen: yes", f"BCC {names.WATCHER}", "HOLD", "HOLD for now", "DISCARD",
       "DISCARD silently", "FILTER smtp:[smart.example]:25", "FILTER smtp:[198.51.100.25]", "REDIRECT alice@example.com",
       "REDIRECT thief@forward.example", "permit_mynetworks, reject", "reject_unauth_destination",
       "permit_auth_destination, reject", "permit_mynetworks", "permit_sasl_authenticated, reject",
       "reject_non_fqdn_sender, permit", "warn_if_reject reject", "RELAY", "no_such_class", "", "999 what"]


def result(draft: Draft, leaning: str | None = None) -> str:
    """What a row says; `leaning`: mostly `permit` or `reject`."""
    roll = draft.dice.random()
    share = {"permit": 0.75, "reject": 0.08}.get(leaning, 0.35)
    harsh = {"permit": 0.08, "reject": 0.70}.get(leaning, 0.30)
    if roll < share:
        return draft.pick(GENTLE)
    if roll < share + harsh:
        return draft.pick(HARSH)
    if draft.classes and draft.chance(0.25):
        return draft.pick(draft.classes)
    return draft.pick(ODD)


def access(draft: Draft, about: str, leaning: str | None = None) -> str:
    """`type:name` of a table that may stand behind check_<about>_access."""
    stem = f"{about}_access"
    keys = [_KEYS[about](draft) for _ in range(draft.dice.randint(1, 5))]
    roll = draft.dice.random()
    if roll < 0.06:
        return f"static:{draft.pick(['OK', 'DUNNO', 'REJECT', 'OK', 'PREPEND'])}"
    if roll < 0.26:
        return draft.patterns(stem, [(_pattern(draft, key), result(draft, leaning) or "DUNNO") for key in keys])
    if roll < 0.42 and about in ("client", "reverse_client_hostname"):
        return _cidr(draft, about, leaning)
    rows = [(key, result(draft, leaning) or "DUNNO") for key in keys]
    if roll < 0.46:
        first, second = draft.table(stem, rows), draft.table(stem, [(keys[0], result(draft, leaning) or "DUNNO")])
        if not first.startswith("inline") and not second.startswith("inline") and "$" not in first + second:
            return f"unionmap:{{{first}, {second}}}"
        return first
    return draft.table(stem, rows)


def _cidr(draft: Draft, about: str, leaning: str | None) -> str:
    rows = []
    for _ in range(draft.dice.randint(1, 4)):
        network = draft.network(4, 32)
        draft.words.networks.append(network)
        key = f"!{network}" if draft.chance(0.06) else network
        rows.append((key, result(draft, leaning) or "DUNNO"))
    if draft.chance(0.1):
        rows = [(f"if {draft.network(4, 12)}", ""), rows[0], ("endif", ""), *rows[1:]]
    return draft.cidr(f"{about}_access", rows)


def _client_key(draft: Draft) -> str:
    roll = draft.dice.random()
    if roll < 0.45:
        return _name_key(draft, draft.words.client_names)
    network = draft.network(8, 32)
    draft.words.networks.append(network)
    address = ipaddress.ip_network(network).network_address
    if address.version == 6:
        return _v6_key(draft, str(address))
    octets = str(address).split(".")
    draft.words.networks.append(f"{address}/32")
    return ".".join(octets[:draft.pick([1, 2, 3, 4, 4])])


def _v6_key(draft: Draft, address: str) -> str:
    draft.words.networks.append(f"{address}/128")
    parts = address.split(":")
    return address if draft.chance(0.5) or "" in parts[:3] else ":".join(parts[:3])


def _name_key(draft: Draft, noted: list[str]) -> str:
    name = draft.pick(names.STRANGER_CLIENTS + names.OWN_CLIENTS)
    noted.append(name)
    parts = name.split(".")
    cut = ".".join(parts[draft.dice.randint(0, len(parts) - 1):])
    return draft.pick([name, cut, "." + cut, cut])


def _helo_key(draft: Draft) -> str:
    helo = draft.pick(names.HELOS)
    draft.words.helos.append(helo)
    return helo if draft.chance(0.6) else _name_key(draft, draft.words.helos)


def _address_key(noted: str):
    def key(draft: Draft) -> str:
        words = getattr(draft.words, noted)
        domain = draft.pick(names.STRANGERS * 2 + names.OWNED)
        user = draft.pick(names.USERS)
        words.append(f"{user}@{domain}")
        parent = domain.split(".", 1)[1] if "." in domain else domain
        forms = [f"{user}@{domain}", domain, domain, "." + domain, parent, "." + parent, f"{user}@", domain]
        if noted == "senders":
            words.append("")
            forms.append("<>")
        return draft.pick(forms)
    return key


def _user_key(draft: Draft) -> str:
    return draft.pick(names.LOGINS + ["carol", "alice@", "example.com"])


_KEYS = {"client": _client_key, "reverse_client_hostname": lambda draft: _name_key(draft, draft.words.client_names),
         "helo": _helo_key, "sender": _address_key("senders"), "recipient": _address_key("recipients"),
         "sasl": _user_key}


def _pattern(draft: Draft, key: str) -> str:
    """A pattern that fits this key, more or less tightly."""
    quoted = "".join(f"\\{letter}" if letter in ".[]+^$*?()|{}" else letter for letter in key)
    quoted = quoted.replace("/", "\\/")
    return draft.pick([f"/^{quoted}$/", f"/{quoted}$/", f"/{quoted}/", f"/^{quoted}/", f"/@?{quoted}$/i", "/./",
                       f"!/{quoted}/"] if draft.chance(0.25) else [f"/^{quoted}$/", f"/{quoted}$/", f"/{quoted}/"])

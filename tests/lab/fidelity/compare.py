"""Holds what the program says of one attempt against what the real Postfix did."""
import re
from pathlib import Path

from fidelity import comparison, decisive, names
from fidelity.comparison import Outcome, real_reply, sorted_kinds

# What a screen says: it is passed from elsewhere, with another name, or later.
_SCREENED = re.compile(r"(Host|Domain) not found|blocked using|cannot find your|undeliverable address")


class Reader(comparison.Reader):
    def __init__(self, root: Path, owned: list[str]):
        super().__init__(root, owned)
        self.written = written_in(root)

    def outcome(self, attempt: dict, real: dict, ours: dict) -> Outcome:
        return compare(attempt, real, ours, self.owned, self.written)

    def runs_wrongly(self, audit: dict, real: list[dict]) -> bool:
        return False  # `explain` says of each service whether it runs: compare() asks that

    def is_askable(self, where: str, attempt: dict, listener: dict) -> bool:
        return True

    def is_wrong_edge(self, where: str, attempt: dict, real: dict) -> bool:
        if where == "outside":
            return really_relayed(attempt, real, self.owned)
        return real.get("fate") not in ("handed-on", "tried") and not is_screened(real, self.written) and not filter_refused(real)

    def deciding(self, ours: dict) -> set:
        return decisive.deciding(ours)


def compare(attempt: dict, real: dict, ours: dict, owned: list[str], written: str = "") -> Outcome:
    """`written`: what the owner wrote into the configuration's files."""
    if (real["at"] in ("not asked", "cut off") or real.get("unsettled") or filter_refused(real) or lacks_brackets(attempt, real)
            or left_over(attempt, real) or not_claimed(real)):
        return Outcome(compared=False)
    if real["at"] == "not running" or ours["listener"] is None:
        return Outcome(("runs",) if (real["at"] == "not running") != (ours["listener"] is None) else ())
    relayed = really_relayed(attempt, real, owned, written)
    if ours["reply"] == "undecided":
        return Outcome(undecided=True, relayed=relayed)
    kinds = []
    reply = real_reply(real)
    if ours["reply"] != reply:
        kinds.append("reply")
    elif reply != "accept":
        if ours.get("code") not in (None, real["code"]):
            kinds.append("code")
        if ours.get("code") and ours.get("enhanced") != real["enhanced"]:
            kinds.append("enhanced")
    elif ours["fate"] != "undecided":
        kinds += _fates(attempt, real, ours)
    if ours["relay"] is not None and ours["relay"] != relayed and not unread(real, ours):
        kinds.append("relay")
    if kinds and set(kinds) <= {"fate", "to", "relay"} and is_explained(attempt, real, written):
        return Outcome(explained=True, relayed=relayed)
    return Outcome(sorted_kinds(kinds), relayed=relayed,
                   undecided=not kinds and (ours["fate"] == "undecided" or ours["relay"] is None))


def real_fate(real: dict) -> str:
    """`tried` is handed on, to a host that does not exist."""
    return "handed-on" if real["fate"] == "tried" else real["fate"]


def filter_refused(real: dict) -> bool:
    """A filter's way back did: a second attempt, at another door, which nobody explained."""
    return any(" said: 5" in text or " said: 4" in text for _, _, relay, _, text in real.get("deliveries") or []
               if relay.startswith("127.0.0.1"))


def left_over(attempt: dict, real: dict) -> bool:
    """What smtpd refuses is not this attempt's: it had to be greeted before STARTTLS, and remembers."""
    return attempt.get("helo") is None and "Helo command rejected" in real.get("text", "")


def is_screened(real: dict, written: str) -> bool:
    """`surely` leaves out of account what only screens refuse. One is a pattern that is asked for the client's address."""
    text = real.get("text", "")
    by_pattern = "Client host rejected" in text and re.search(r"check_client_access\s+(regexp|pcre):", written)
    return bool(_SCREENED.search(text) or by_pattern)


def is_explained(attempt: dict, real: dict, written: str) -> bool:
    """For a reason that README.md gives, none of which lets anybody relay whom the program does not tell of."""
    bounced = any(text == "bad address syntax" for *_, text in real.get("deliveries") or [])
    redirected = "redirect $1" in written and any("@" not in value for value in attempt.get("headers", {}).values())
    quoted = '"' in attempt["rcpt_to"] and bool(re.search(r"^(virtual_alias|\w*canonical)_maps = (regexp|pcre):", written, re.M))
    return bounced or redirected or quoted


def not_claimed(real: dict) -> bool:
    """XCLIENT takes no address that begins with a zero."""
    return real["at"] == "connect" and "Bad ADDR syntax" in real.get("text", "")


def unread(real: dict, ours: dict) -> bool:
    """A filter got the address as it is written; the program tells where that leads when the filter gives it back."""
    return real.get("fate") == "handed-on" and ours["fate"] == "handed-on" and bool(ours.get("to")) and any(
        names.plain(to).rpartition("@")[0] != names.plain(ours["to"]).rpartition("@")[0]
        and set("!%@") & set(names.plain(to).rpartition("@")[0]) for to in real["to"])


def lacks_brackets(attempt: dict, real: dict) -> bool:
    """`explain` puts the brackets around an address that is said without them; strict servers want them."""
    return "address syntax" in real.get("text", "") and not all(
        attempt[name].startswith(("<", "@")) for name in ("mail_from", "rcpt_to"))


def really_relayed(attempt: dict, real: dict, owned: list[str], written: str = "") -> bool:
    """It was handed on for an outside domain, and it was the client who named that. An address that the owner wrote down
    is his, whatever domain it has, unless it is what the client said."""
    said = names.plain(attempt["rcpt_to"])
    if "redirect $1" in written:
        said += " " + names.plain(" ".join(attempt.get("headers", {}).values()))

    def chosen(address: str) -> bool:
        domain = names.domain_of(address)
        user = names.plain(address).rpartition("@")[0]
        base = re.split("[+-]", user)[0]
        if base != user and f"{base}@{domain}" in written and names.plain(address) not in said:
            return False  # with an extension that was carried over
        named = re.search(rf"(?<![\w.-]){re.escape(domain)}", said) or ("." not in domain.removesuffix("." + names.DOMAIN)
                                   and re.search(rf"@{re.escape(domain.removesuffix('.' + names.DOMAIN))}\b(?!\.)", said))
        return is_outside(domain, owned) and bool(named) and (user in said or address not in written)

    return real.get("fate") in ("handed-on", "tried") and any(chosen(address.lower()) for address in real["to"])


def written_in(root: Path) -> str:
    return "\n".join(path.read_text(errors="replace") for path in sorted(root.glob("etc/postfix/*"))
                     if path.is_file() and path.suffix != ".db").lower()


def is_outside(domain: str, owned: list[str]) -> bool:
    """Nobody's here: not claimed by this configuration, no name or address of the server, and not `localhost`, which nobody
    can register."""
    if domain.startswith("["):
        return domain.strip("[]").removeprefix("ipv6:") not in names.server_addresses()
    if domain == "localhost" or domain.endswith(".localhost"):
        return False
    claims = [name.lstrip(".").lower() for name in [names.HOST, *owned]]
    return bool(domain) and not any(domain == name or domain.endswith("." + name) for name in claims if "." in name)


def _fates(attempt: dict, real: dict, ours: dict) -> list[str]:
    fate = real_fate(real)
    if ours["fate"] != fate:
        return ["fate"]
    if fate == "handed-on" and ours.get("to") and names.plain(ours["to"]) not in map(names.plain, real["to"]) \
            and not unread(real, ours):
        return ["to"]
    return []

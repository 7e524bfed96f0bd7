"""Random configurations of Exim; the same seed and number, the same one."""
import random
from dataclasses import dataclass, field
from pathlib import Path

from fidelity_exim import vocabulary as words
from fidelity_exim.routers import routers

# How often a condition is asked at a stage.
KINDS = {"hosts": 5, "condition": 4, "acl": 1, "encrypted": 1}
KINDS_OF_MAIL = {"senders": 3, "sender_domains": 2, "authenticated": 2, "verify": 2}
KINDS_OF_RCPT = {"domains": 7, "local_parts": 3, "recipients": 3}
# What of the conditions of one configuration in three hangs on.
FOCI = ["hosts", "condition", "acl", "encrypted", "senders", "sender_domains", "authenticated", "verify", "domains",
        "local_parts", "recipients"]
# From this number on, all have a rewrite section that can have one: neither the percent hack nor an ACL at DATA besides.
REWRITES_FROM = 2000
# And from this one on they have rules with S or R, or such as lead round in a circle with an alias.
ROUND_FROM = 3000


@dataclass
class Configuration:
    number: int
    text: str
    logins: list[str] = field(default_factory=list)
    has_helo_acl: bool = False
    owned: list[str] = field(default_factory=lambda: list(words.OWNED))

    def write(self, folder: Path) -> None:
        for name, content in {**words.FILES, "etc/exim4/exim4.conf": self.text}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        (folder / "etc/exim4/domains.cdb").write_bytes(cdb({"example.net": "", "relayed.example": "yes"}))


class Maker:
    def __init__(self, seed: int, number: int):
        self.dice = random.Random(f"exim {seed} {number}")
        self.number = number
        self.focus = FOCI[number % len(FOCI)] if number % 3 else None

    def make(self) -> Configuration:
        dice = self.dice
        lists = [f"domainlist local_domains = example.com : @{dice.choice(['', ' : localhost', ' : @[]'])}",
                 f"domainlist relay_to_domains = {dice.choice(['', 'relayed.example', self._some(words.DOMAINS[2:], 1, 3)])}",
                 f"hostlist relay_from_hosts = <; {dice.choice(['127.0.0.1', self._some(words.NETWORKS[:-1], 1, 4, ' ; ')])}",
                 "addresslist ourselves = *@example.com : x@example.net", "localpartlist known = alice : postmaster : ^nob"]
        main = [f"primary_hostname = {words.HOST}", f"qualify_domain = {words.DOMAIN}", *lists, "acl_smtp_rcpt = acl_rcpt",
                *words.MAIN]
        acls = {"acl_rcpt": self._rcpt(), "acl_inner": self._inner(), "acl_deep": self._inner("acl = acl_inner")}
        for stage, chance in (("mail", 0.25), ("helo", 0.12), ("connect", 0.1), ("data", 0.15), ("predata", 0.1)):
            if dice.random() < chance:
                main.append(f"acl_smtp_{stage} = acl_{stage}")
                acls[f"acl_{stage}"] = self._early(stage)
        for line, chance in words.OPTIONS:
            if dice.random() < chance and not any(each.split()[0] == line.split()[0] for each in main):
                main.append(line)
        text = "\n".join(main) + "\n\nbegin acl\n" + "".join(f"\n{name}:\n{body}" for name, body in acls.items())
        logins = [name for name, chance in (("secret", 0.5), ("anybody", 0.12)) if dice.random() < chance]
        rewrites = self._rewrites() if self.number >= REWRITES_FROM and not \
            ("percent_hack_domains" in text or "acl_smtp_data" in text) else ""
        text += routers(dice, bool(rewrites)) + words.TRANSPORTS + rewrites
        if logins:
            text += "\nbegin authenticators\n" + "".join(words.AUTHENTICATORS[name] for name in logins)
        return Configuration(self.number, text, logins, "acl_helo" in acls)

    def _rewrites(self) -> str:
        """By dice of its own, so that the rest stays what it is."""
        dice = random.Random(f"exim rewrites {self.number}")
        rules = self._round(dice) if self.number >= ROUND_FROM else []
        for rule in dice.sample(words.REWRITES, dice.randint(1, 4)):
            flags = dice.choice(words.REWRITE_FLAGS)
            rules.append(f"{rule}{'' if rule[-1] in 'QR' and rule[-2] == ' ' else ' '}{flags}".rstrip())
        return "\nbegin rewrite\n" + "".join(f"{rule}\n" for rule in rules)

    @staticmethod
    def _round(dice: random.Random) -> list[str]:
        kinds = ((words.SMTP_REWRITES, words.SMTP_FLAGS), (words.REPEATED, words.REPEATED_FLAGS), (words.CIRCLES, ["", "", "T"]))
        found = []
        for _ in range(dice.randint(1, 3)):
            rules, flags = dice.choice(kinds)
            found.append(f"{dice.choice(rules)} {dice.choice(flags)}".rstrip())
        return found

    def _some(self, of: list[str], least: int, most: int, separator: str = " : ") -> str:
        # A separator within an item is doubled.
        items = [item.replace(";", ";;") if ";" in separator else item for item in of]
        return separator.join(self.dice.sample(items, min(len(items), self.dice.randint(least, most))))

    def _kind(self, stage: str) -> str:
        kinds = dict(KINDS)
        if stage == "connect":
            del kinds["encrypted"]
        if stage in ("mail", "rcpt", "predata", "data"):
            kinds.update(KINDS_OF_MAIL)
        if stage == "rcpt":
            kinds.update(KINDS_OF_RCPT)
        if self.focus in kinds and self.dice.random() < 0.5:
            return self.focus
        return self.dice.choices(list(kinds), list(kinds.values()))[0]

    def _expansion(self, stage: str) -> str:
        known = {name for name in words.EXPANSIONS if (stage == "rcpt" or name not in words.OF_RECIPIENT)
                 and (stage in ("mail", "rcpt", "predata", "data") or name not in words.OF_MAIL)}
        return words.EXPANSIONS[self.dice.choice(sorted(known))]

    def _verify(self, stage: str) -> str:
        return self.dice.choice((["recipient"] * 3 if stage == "rcpt" else []) + ["sender", "reverse_host_lookup", "certificate"])

    def _condition(self, stage: str) -> str:
        dice = self.dice
        kind = self._kind(stage)
        value = {
            "hosts": lambda: dice.choice(["+relay_from_hosts", "<; " + self._some(words.NETWORKS, 1, 3, " ; ")]),
            "condition": lambda: self._expansion(stage), "acl": lambda: dice.choice(["acl_inner", "acl_deep"]),
            "encrypted": lambda: "*", "authenticated": lambda: "*", "verify": lambda: self._verify(stage),
            "senders": lambda: self._some(words.SENDERS, 1, 3).replace(": : :", ": :"),
            "sender_domains": lambda: self._some(words.DOMAINS, 1, 2),
            "domains": lambda: dice.choice(["+local_domains", "+relay_to_domains", "+local_domains : +relay_to_domains",
                                            "!+local_domains", self._some(words.DOMAINS, 1, 3)]),
            "local_parts": lambda: self._some(words.LOCAL_PARTS, 1, 2),
            "recipients": lambda: self._some(words.RECIPIENT_ITEMS, 1, 2)}[kind]()
        return f"{'!' if dice.random() < 0.2 else ''}{kind} = {value}"

    def _statement(self, stage: str, verbs: dict[str, int]) -> str:
        verb = self.dice.choices(list(verbs), list(verbs.values()))[0]
        lines = [self._condition(stage) for _ in range(self.dice.choice([1, 1, 1, 1, 2, 2, 3]))]
        if verb == "warn":
            name = self.dice.choice(["acl_m_seen = yes", "acl_m_seen = no", "acl_c_trust = full", "acl_c_trust ="])
            lines.append(f"set {name}")
        if verb in ("accept", "discard") and self.dice.random() < 0.2 and len(lines) > 1:
            lines.insert(1, "endpass")
        if verb in ("deny", "require") and self.dice.random() < 0.2:
            lines.append("message = " + self.dice.choice(["554 5.7.1 no", "go away", "551 try elsewhere"]))
        if verb == "warn" and stage == "rcpt" and self.dice.random() < 0.1:
            lines[-1] = "control = freeze"
        return f"  {verb} " + "\n    ".join(lines) + "\n"

    def _rcpt(self) -> str:
        verbs = {"accept": 9, "deny": 3, "warn": 2, "require": 1, "defer": 1, "discard": 1, "drop": 1}
        body = "".join(self._statement("rcpt", verbs) for _ in range(self.dice.randint(1, 4)))
        if self.dice.random() < 0.4:
            body += ("  accept hosts = +relay_from_hosts\n  require message = relay not permitted\n"
                     "    domains = +local_domains : +relay_to_domains\n")
            if self.dice.random() < 0.5:
                body += "  require verify = recipient\n"
        return body + ("  accept\n" if self.dice.random() < 0.85 else "")

    def _early(self, stage: str) -> str:
        verbs = {"accept": 4, "warn": 4, "deny": 1, "require": 0.5, "defer": 0.5}
        if stage == "mail":
            verbs["discard"] = 0.3
        body = "".join(self._statement(stage, verbs) for _ in range(self.dice.randint(1, 3)))
        return body + ("  accept\n" if self.dice.random() < 0.97 else "")

    def _inner(self, more: str = "") -> str:
        verbs = {"accept": 3, "deny": 2, "require": 1, "warn": 1}
        choices = ["hosts = 203.0.113.0/24", "hosts = *.club.example", "hosts = 198.18.7.1", "hosts = 10.0.0.0/8",
                   "condition = ${if def:sender_host_name}", "condition = ${if eq{$sender_helo_name}{club.example}}"]
        lines = [more or self.dice.choice(choices)] + [self.dice.choice(choices) for _ in range(self.dice.randint(0, 2))]
        verb = self.dice.choices(list(verbs), list(verbs.values()), k=len(lines))
        return "".join(f"  {one} {line}\n" for one, line in zip(verb, lines)) + self.dice.choice(["", "  accept\n"])


def cdb(rows: dict[str, str]) -> bytes:
    """A constant database, as its author's page lays it out."""
    body, slots = b"", []
    for key, value in rows.items():
        number = 5381
        for byte in key.encode():
            number = ((number << 5) + number ^ byte) & 0xFFFFFFFF
        slots.append((number, 2048 + len(body)))
        body += len(key).to_bytes(4, "little") + len(value).to_bytes(4, "little") + key.encode() + value.encode()
    head, tables = b"", b""
    for table in range(256):
        held = [slot for slot in slots if slot[0] & 255 == table]
        head += (2048 + len(body) + len(tables)).to_bytes(4, "little") + (2 * len(held)).to_bytes(4, "little")
        places = [(0, 0)] * (2 * len(held))
        for number, place in held:
            start = (number >> 8) % len(places)
            while places[start] != (0, 0):
                start = (start + 1) % len(places)
            places[start] = (number, place)
        tables += b"".join(a.to_bytes(4, "little") + b.to_bytes(4, "little") for a, b in places)
    return head + body + tables

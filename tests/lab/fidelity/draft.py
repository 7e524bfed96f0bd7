"""A configuration while it is being made up, and what attempts should ask of it."""
import ipaddress
import random
from dataclasses import dataclass, field

FOLDER = "/etc/postfix"
INDEXED = ["hash", "hash", "btree", "texthash", "texthash"]


@dataclass
class Vocabulary:
    """What this configuration names: attempts that use none of it would all fare alike."""
    networks: list[str] = field(default_factory=list)
    client_names: list[str] = field(default_factory=list)
    helos: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    """What the restriction of this configuration's focus asks for: see attempts.py."""


class Draft:
    """Collects settings, tables and services. Everything random comes from one generator."""

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.main: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.words = Vocabulary()
        self.owned: list[str] = []
        self.ports: dict[int, dict[str, str]] = {25: {}}
        self.sasl = False
        self.really = False
        self.tls = False
        self.classes: list[str] = []

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def pick(self, choices: list):
        return self.dice.choice(choices)

    def some(self, choices: list, least: int, most: int) -> list:
        count = min(self.dice.randint(least, most), len(choices))
        return self.dice.sample(choices, count)

    def set(self, name: str, value: str) -> None:
        self.main[name] = value

    def add_file(self, stem: str, text: str) -> str:
        """The path of a new file below the configuration's folder."""
        name = stem
        number = 1
        while name in self.files:
            number += 1
            name = f"{stem}{number}"
        self.files[name] = text
        # Mostly as people write it; the other spelling has to mean the same.
        return f"{FOLDER}/{name}" if self.chance(0.85) else f"$config_directory/{name}"

    def table(self, stem: str, rows: list[tuple[str, str]], kinds: list[str] | None = None) -> str:
        """`type:name` of a table with these rows, keys as given."""
        kind = self.pick(kinds or INDEXED + ["inline"])
        if kind == "inline" and all(_fits_inline(key, value) for key, value in rows):
            unique = dict(rows)
            return "inline:{ " + " ".join(f"{{ {key} = {value} }}" if " " in value else f"{key}={value}"
                                          for key, value in unique.items()) + " }" if unique else "static:DUNNO"
        if kind == "inline":
            kind = "texthash"
        text = "".join(f"{key}\t{value}\n" for key, value in dict(rows).items())
        return f"{kind}:{self.add_file(stem, text)}"

    def patterns(self, stem: str, rows: list[tuple[str, str]]) -> str:
        """`regexp:` or `pcre:` of a table with these pattern rows."""
        text = "".join(f"{key} {value}\n" for key, value in rows)
        return f"{self.pick(['regexp', 'pcre'])}:{self.add_file(stem + '.re', text)}"

    def cidr(self, stem: str, rows: list[tuple[str, str]]) -> str:
        text = "".join(f"{key} {value}\n" for key, value in rows)
        return f"cidr:{self.add_file(stem + '.cidr', text)}"

    def network(self, least4: int = 8, most4: int = 32, share6: float = 0.2) -> str:
        """A network with its host bits zero; most lie where the attempts' clients do."""
        if self.chance(share6):
            length = self.pick([16, 29, 32, 48, 64, 65, 127, 128])
            base = int(ipaddress.IPv6Address("2001:db8::")) + (self.dice.getrandbits(94) if self.chance(0.8) else 0)
            return str(ipaddress.ip_network((base, length), strict=False))
        length = self.dice.randint(least4, most4)
        base = self.pick(["10.0.0.0", "192.168.1.0", "203.0.113.0", "198.51.100.64", "100.64.0.0", "172.16.0.0",
                          "198.18.7.0", None])
        number = int(ipaddress.IPv4Address(base)) + self.dice.randrange(256) if base else self.dice.getrandbits(32)
        return str(ipaddress.ip_network((number, length), strict=False))


def _fits_inline(key: str, value: str) -> bool:
    return not set(key + value) & set("{},=") and " " not in key

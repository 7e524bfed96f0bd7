"""Random configurations of OpenSMTPD 6.8, and attempts on them; the same seed and number, the same ones.

What needs TLS is left out: smtpd 6.8 of Debian 12 cannot do it.
"""
import ipaddress
import random
from dataclasses import dataclass, field
from pathlib import Path

from fidelity import names
from fidelity.attempts import ANYWHERE
from fidelity.clients import can_connect, edges_of
from fidelity.configuration import SYSTEM
from kit.addresses import SERVER, SERVER_DOMAIN

PLUMBING = "".join(f"mta limit {limit} 0\n" for limit in ("conn-delay-relay", "conn-delay-route", "reconn-delay-route",
                                                       "session-keepalive"))
NETWORKS = ["203.0.113.0/24", "203.0.113.9", "198.18.7.0/29", "10.0.0.0/8", "10.1.2.3", "192.168.1.64/26", "100.64.0.0/10",
            "0.0.0.0/1", "2001:db8:9::/48", "2001:db8:77::3", "2000::/3", "0.0.0.0/0", "::/0", "172.16.4.4/30", "192.168",
            "10", "[2001:db8:9::9]", "203.0.113.77/25"]
TAGS = ["IN", "DKIM", "Out"]
OWNED = ["example.com", "virtual.example", "relayed.example", "corp.example"]
HELOS = ["club.example", "mail.big.example", names.HOST, "bare", "relay.example.net", "[203.0.113.9]", "203.0.113.9",
         "localhost", "[IPv6:2001:db8:9::9]", "under_score.example", "-bad-.example", "a..b.example", "a_"]
HELO_ROWS = ["club.example", "*.example", "mail.*", "*", names.HOST, "*.big.example", "relay*net", "[203.0.113.9]"]
DOMAIN_ROWS = ["*.example", "*.virtual.example", "example.*", "*example.com", "dept.*.com", "*.example.*", "big.example",
               "*", "mail.big.example", "b*g.example"]
ADDRESS_ROWS = ["@example.com", "@club.example", "bob@example.net", "alice@", "alice", "bob+tag@example.com", "@", "@*.example",
                "sales@*", "*@example.net", "info@virtual.example", "@*"]
REGEXES = [".*", "^[^@]+@example\\\\.net$", "example", "\\\\.example$", "^(alice|bob)@", "(?i)CLUB", "[A-Z]+@big", "^@$", "net$",
           "^mail\\\\.", "a{2", "^.*@(example\\\\.com|club\\\\.example)$"]
REVERSE_NAMES = ["mail.club.example", "pc1.example.com", "gw.dept.example.com", "probe.club.example", "inside.example.com",
                 "*.example.com", "*.club.example", "PROBE.club.example"]
INSIDE = ["127.0.0.1", "::1", *SERVER.addresses(), "127.8.9.10"]


@dataclass
class Configuration:
    number: int
    files: dict[str, str] = field(default_factory=dict)
    owned: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=lambda: [25])
    networks: list[str] = field(default_factory=list)
    helos: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    rdns: bool = False

    def write(self, folder: Path) -> None:
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


class Maker:
    def __init__(self, seed: int, number: int):
        self.dice = random.Random(f"opensmtpd {seed} {number}")
        self.made = Configuration(number)
        self.tables: list[str] = []
        self.lines: list[str] = []
        self.tags: list[str] = []
        self.remote: list[str] = []
        self.here: list[str] = []

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def pick(self, choices: list):
        return self.dice.choice(choices)

    def some(self, choices: list, most: int = 3) -> list:
        return self.dice.sample(choices, self.dice.randint(1, min(most, len(choices))))

    def make(self) -> Configuration:
        listens = self._listens()
        self._actions()
        rules = [self._rule() for _ in range(self.dice.randint(1, 6))]
        if self.chance(0.5):
            rules.insert(self.dice.randrange(len(rules) + 1), f'match from local for any action "{self.pick(self.remote)}"')
        if self.chance(0.5):
            rules.insert(self.dice.randrange(len(rules) + 1),
                         f'match from any for domain "{self._own()}" action "{self.pick(self.here)}"')
        text = PLUMBING + "\n".join(self.tables + self.filters + listens + self.lines + rules) + "\n"
        if self.chance(0.15):
            text = text.replace('"relay"', "$out", 1).replace("action $out relay", 'action "relay" relay', 1)
            text = 'out = "\\"relay\\""\n' + text if "$out" in text else text
        if self.chance(0.1):
            text = text.replace("match ", "match \\\n\t", 1) + "# the end \\\nmatch from any for any reject\n"
        self.made.files["etc/smtpd.conf"] = text
        self.made.files["etc/mailname"] = SERVER_DOMAIN + "\n"
        self.made.files |= SYSTEM
        return self.made

    def _listens(self) -> list[str]:
        self.filters: list[str] = []
        self._make_filters()
        found = ["listen on 0.0.0.0" + self._listen_options(), "listen on ::" + self._listen_options()]
        if self.chance(0.25):
            found.append("listen on 0.0.0.0 port 2525" + self._listen_options(tagged=True))
            self.made.ports.append(2525)
        if self.chance(0.3):
            self.tags.append("DKIM")
            found.append("listen on 127.0.0.1 port 10028 tag DKIM")
            self.made.ports.append(10028)
        return found

    def _listen_options(self, tagged: bool = False) -> str:
        text = ""
        if tagged or self.chance(0.15):
            tag = self.pick(TAGS)
            self.tags.append(tag)
            text += f" tag {tag}"
        if self.chip and self.chance(0.6):
            text += f" filter {self.chip}"
        return text

    def _make_filters(self) -> None:
        self.chip = ""
        # Every fifth configuration is about filters.
        if not self.chance(0.95 if self.made.number % 5 == 4 else 0.1):
            return
        chosen = []
        for number in range(self.dice.randint(1, 2)):
            phase = self.pick(["connect", "mail-from", "rcpt-to", "rcpt-to", "data"])
            asks = self.pick(["rdns", "fcrdns", "src", "rdns <"] + (["helo", "mail-from"] if phase != "connect" else [])
                             + (["rcpt-to"] * 4 if phase == "rcpt-to" else []))
            if asks == "src":
                asks += f" {self._list(self._networks())}"
            elif asks == "rdns <":
                self.made.rdns = True
                asks = f"rdns {self._list(self.some(REVERSE_NAMES))}"
            elif asks == "helo":
                asks += f" {self._list(self._noted(self.made.helos, HELO_ROWS))}"
            elif asks in ("mail-from", "rcpt-to"):
                asks += f" {self._list(self._noted(self.made.addresses, ADDRESS_ROWS))}"
            negation = "!" if self.chance(0.4) else ""
            does = self.pick(['reject "550 no"', 'reject "550 5.7.1 no"', "junk", "bypass", 'disconnect "421 go"', 'reject "never"',
                              'report "x"'])
            self.filters.append(f'filter f{number} phase {phase} match {negation}{asks} {does}')
            chosen.append(f"f{number}")
        self.chip = chosen[0] if len(chosen) == 1 else "{ " + ", ".join(chosen) + " }"

    def _networks(self) -> list[str]:
        found = self.some(NETWORKS)
        self.made.networks += found
        return found

    def _noted(self, where: list[str], choices: list[str]) -> list[str]:
        found = self.some(choices)
        where += found
        return found

    def _list(self, rows: list[str]) -> str:
        """One value, a list, or a table in smtpd.conf or in a file."""
        roll = self.dice.random()
        if len(rows) == 1 and roll < 0.5:
            return f'"{rows[0]}"'
        if roll < 0.5:
            return "{ " + self.pick([", ", " "]).join(f'"{row}"' for row in rows) + " }"
        name = f"t{len(self.tables)}"
        if roll < 0.75:
            self.tables.append(f"table {name} {{ " + ", ".join(f'"{row}"' for row in rows) + " }")
        else:
            self.made.files[f"etc/mail/{name}"] = "# rows\n@list\n".replace("@list", "#@list") + "".join(
                row.replace("\\\\", "\\") + "\n" for row in rows)
            self.tables.append(f"table {name} file:/etc/mail/{name}")
        return f"<{name}>"

    def _own(self) -> str:
        name = self.pick(OWNED)
        self.made.owned.append(name)
        return name

    def _actions(self) -> None:
        relay = self.pick(["", "", " host smtp://198.51.100.25", ' helo "mail.example.com"', " backup",
                           ' mail-from "x@example.com"'])
        self.lines.append(f'action "relay" relay{relay}')
        self.remote.append("relay")
        if self.chance(0.3):
            self.lines.append('action "other" relay host "smtp://198.51.100.25:25"')
            self.remote.append("other")
        self.lines.append(f'action "box" {self._delivery()}')
        self.here.append("box")
        if self.chance(0.5):
            self.lines.append(f'action "alias" {self._delivery()} alias {self._aliases()}')
            self.here.append("alias")
        if self.chance(0.4):
            self.lines.append(f'action "virtual" {self._delivery()} virtual {self._virtuals()}')
            self.here.append("virtual")
        if self.chance(0.1):
            self.lines.append(f'action "only" expand-only alias {self._aliases()}')
            self.here.append("only")

    def _delivery(self) -> str:
        return self.pick(["mbox", 'mda "/bin/cat >/dev/null"', 'maildir "/tmp/%{dest.user}"', "maildir"])

    def _aliases(self) -> str:
        choices = {"root": "alice", "postmaster": "root", "info": "alice, bob", "sales": "bob@forward.example",
                   "abuse": "alice, x@lists.forward.example", "bob": "|/bin/cat >/dev/null", "nobody7": "error:550 gone",
                   "alice": "alice, root", "alice+tag": "root", "loop": "loop2", "loop2": "loop", "list": "info",
                   "away": "carol@big.example", "error": "error:421 4.2.1 later", "bad": "a b", "home": "alice@example.com"}
        return self._map(choices)

    def _virtuals(self) -> str:
        choices = {"alice@example.com": "alice", "bob@virtual.example": "bob@forward.example", "@virtual.example": "root",
                   "info": "alice", "@example.com": "alice", "@": "alice", "sales@corp.example": "nobodyhere",
                   "bob+tag@example.com": "root", "root": "alice", "alice": "alice", "carol@relayed.example": "alice@example.com",
                   "abuse@example.com": "error:550 5.1.1 no", "postmaster": "alice, x@forward.example"}
        return self._map(choices)

    def _map(self, choices: dict[str, str]) -> str:
        keys = self.some(list(choices), 6)
        self.made.addresses += [key for key in keys if key != "@"]
        name = f"t{len(self.tables)}"
        if self.chance(0.5):
            self.made.files[f"etc/mail/{name}"] = "".join(f"{key}:\t{choices[key]}\n" for key in keys)
            self.tables.append(f"table {name} file:/etc/mail/{name}")
        else:
            rows = ", ".join(f'"{key}" {self.pick(["=", "=>"])} "{choices[key]}"' for key in keys)
            self.tables.append(f"table {name} {{ {rows} }}")
        return f"<{name}>"

    def _not(self) -> str:
        return "!" if self.chance(0.2) else ""

    def _regex(self, where: list[str]) -> str:
        rows = self.some(REGEXES, 2)
        where += ["bob@example.net", "alice@club.example", "alice@big.example"]
        return f"regex {self._list(rows)}"

    def _from(self) -> str:
        roll = self.dice.random()
        if roll < 0.35:
            return self.pick(["from any"] * 6 + ["!from any"])
        if roll < 0.45:
            return self._not() + "from local"
        if roll < 0.68:
            return f"{self._not()}from src {self._list(self._networks())}"
        if roll < 0.80:
            self.made.rdns = True
            if self.chance(0.25):
                return self._not() + "from rdns"
            if self.chance(0.25):
                return f"{self._not()}from rdns regex {self._list(self.some(REGEXES, 2))}"
            return f"{self._not()}from rdns {self._list(self.some(REVERSE_NAMES))}"
        if roll < 0.9:
            return f"{self._not()}from mail-from {self._addresses()}"
        if roll < 0.93:
            return self._not() + "from socket"
        if roll < 0.96:
            return self._not() + "from auth"
        return ""

    def _addresses(self) -> str:
        if self.chance(0.35):
            return self._regex(self.made.addresses)
        return self._list(self._noted(self.made.addresses, ADDRESS_ROWS))

    def _for(self) -> str:
        roll = self.dice.random()
        if roll < 0.5:
            return self.pick(["for any"] * 8 + ["!for any"])
        if roll < 0.58:
            return self._not() + "for local"
        if roll < 0.72:
            return f'for domain {self._list([self._own() for _ in range(self.dice.randint(1, 2))])}'
        if roll < 0.82:
            return f"{self._not()}for domain {self._list(self._noted(self.made.domains, DOMAIN_ROWS))}"
        if roll < 0.88:
            return f"{self._not()}for domain {self._regex(self.made.addresses)}"
        if roll < 0.96:
            return f"{self._not()}for rcpt-to {self._addresses()}"
        return ""

    def _rule(self) -> str:
        parts = [self._from(), self._for()]
        used = " ".join(parts)
        if self.chance(0.2):
            tag = self.pick(self.tags + TAGS[:1])
            regex = "regex " if self.chance(0.2) else ""
            parts.append(f"{self._not()}tag {regex}{self._list([tag])}")
        if self.chance(0.15):
            parts.append(f"{self._not()}helo {self._list(self._noted(self.made.helos, HELO_ROWS))}")
        if self.chance(0.1) and "mail-from" not in used:
            parts.append(f"{self._not()}mail-from {self._addresses()}")
        if self.chance(0.1) and "rcpt-to" not in used:
            parts.append(f"{self._not()}rcpt-to {self._addresses()}")
        if self.chance(0.04) and "auth" not in used:
            parts.append(self._not() + "auth")
        if self.chance(0.03):
            parts.append(self._not() + "tls")
        self.dice.shuffle(parts)
        if self.chance(0.12):
            end = "reject"
        else:
            outside = "for any" in used or "!for" in used or "*" in used
            where = self.remote if self.chance(0.85 if outside else 0.4) else self.here
            end = f'action "{self.pick(where)}"'
        return " ".join(["match", *[part for part in parts if part], end])


class Attempts:
    """All attempts on one configuration come from one generator."""

    def __init__(self, seed: int, of: Configuration):
        self.dice = random.Random(f"opensmtpd attempts {seed} {of.number}")
        self.of = of
        self.edges = [edge for network in of.networks for edge in _edges(network) if can_connect(edge)]

    def make(self, count: int) -> list[dict]:
        return [self._attempt() for _ in range(count)]

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _pick(self, choices: list):
        return self.dice.choice(choices)

    def _attempt(self) -> dict:
        attempt: dict = {"client": self._client()}
        name, confirmed = names.KNOWN_CLIENTS.get(attempt["client"], (None, True))
        if name:
            attempt["ptr"] = name
            if not confirmed:
                attempt["ptr_confirmed"] = False
        attempt["port"] = 25 if self._chance(0.75) else self._pick(self.of.ports)
        attempt["server"] = server_of(attempt)
        if not self._chance(0.04):
            attempt["helo"] = self._helo()
            attempt["verb"] = self._pick(["HELO", "EHLO"])
        else:
            attempt["helo"] = None
        attempt["mail_from"] = self._sender()
        attempt["rcpt_to"] = self._recipient()
        return attempt

    def _client(self) -> str:
        roll = self.dice.random()
        if self.edges and roll < 0.45:
            return self._pick(self.edges)
        if roll < 0.6 or (self.of.rdns and roll < 0.75):
            return self._pick(list(names.KNOWN_CLIENTS))
        if roll < 0.78:
            return self._pick(INSIDE)
        if roll < 0.92:
            return self._pick([each for each in ANYWHERE if can_connect(each)])
        while True:
            address = str(ipaddress.IPv4Address(self.dice.randrange(1 << 24, 224 << 24)))
            if can_connect(address):
                return address

    def _helo(self) -> str:
        if self.of.helos and self._chance(0.4):
            return _without_stars(self._pick(self.of.helos), self._pick(["x", "a.b", "club", "", "example"])) or "x"
        return self._pick(HELOS)

    def _sender(self) -> str:
        if self.of.addresses and self._chance(0.45):
            return f"<{self._near(self._pick(self.of.addresses))}>"
        if self._chance(0.15):
            return "<>"
        if self._chance(0.7):
            return f"<{self._pick(names.USERS)}@{self._pick(names.STRANGERS + OWNED)}>"
        return self._pick(["<test>", "<test@localhost>", "<test@[192.0.2.25]>", "<bare@host>", "<alice@EXAMPLE.com>",
                           '<"odd one"@club.example>', "test@club.example", "<a%b@club.example>", "<a..b@club.example>",
                           "<@a,@b:bob@club.example>", "<x:bob@big.example>", "<bob@[IPv6:2001:db8::1]>", "<bob@club.example.>"])

    def _recipient(self) -> str:
        roll = self.dice.random()
        if self.of.addresses and roll < 0.2:
            return f"<{self._near(self._pick(self.of.addresses))}>"
        if self.of.domains and roll < 0.32:
            domain = _without_stars(self._pick(self.of.domains), self._pick(["x", "a.b", "virtual", "com", "example"]))
            return f"<{self._pick(names.USERS)}@{domain or 'x.example'}>"
        if roll < 0.62:
            return f"<{self._pick(names.USERS)}@{self._pick(names.STRANGERS)}>"
        if roll < 0.78:
            return f"<{self._pick(names.USERS)}@{self._pick(self.of.owned + OWNED)}>"
        if roll < 0.86:
            return self._pick(["<alice>", "<postmaster>", "<alice@[192.0.2.25]>", "<bob@[203.0.113.9]>", "<>", "<bob@EXAMPLE.NET>",
                               "<alice@localhost>", f"<alice@{names.HOST}>", "<alice@[IPv6:2001:db8:25::25]>",
                               "<alice@[2001:db8:25::25]>", "<alice@192.0.2.25>", "<root+x>", "<bare@host>"])
        return self._spelt()

    def _spelt(self) -> str:
        r, x = self._pick(names.USERS[:6]), self._pick(names.STRANGERS)
        h = self._pick([names.HOST, "[192.0.2.25]", *OWNED])
        return self._pick([
            f"{r}@{x}", f"<{r}%{x}@{h}>", f'<"{r}@{x}">', f'<"{r}%{x}"@{h}>', f"<{r}@{x}@{h}>", f"<@{h}:{r}@{x}>",
            f"<{x}!{r}>", f"<{x}!{r}@{h}>", f"<{r}%{x}>", f"<{r}={x}@{h}>", f"<@{x},@{h}:{r}@{h}>", f"<{r}@>", f"<{r}@{x}.>",
            f"<{r}@.{x}>", f"< {r}@{x}>", f" <{r}@{x}>", f"<{r}@@{x}>", f"<{r}+x@{h}>", f"<@{x}>", f"<{r}.@{x}>",
            f"<a:b:{r}@{x}>", f"<{r}/x@{x}>", f"<{r}+@{h}>", f"<{r}@{x}> NOTIFY=NEVER", f"<{r}@{x}> X=1", f"<{r}@a_b.{x}>",
            f"<{r}@-a.{x}>"])

    def _near(self, address: str) -> str:
        address = _without_stars(address, self._pick(["x", "club", "virtual"])).strip("^$")
        user, at, domain = address.rpartition("@")
        if not at:
            return f"{address}@{self._pick(OWNED + names.STRANGERS)}"
        user, domain = user or self._pick(names.USERS), domain or self._pick(OWNED + names.STRANGERS)
        if self._chance(0.6):
            return f"{user}@{domain}"
        return self._pick([f"{user}@a.{domain}", f"x{user}@{domain}", f"{user}+tag@{domain}", f"{user.upper()}@{domain.upper()}",
                           f"other@{domain}"])


def server_of(attempt: dict) -> str:
    client = attempt["client"]
    if client.startswith("127.") or attempt["port"] == 10028 and client in INSIDE and ":" not in client:
        return "127.0.0.1"
    if client == "::1":
        return "::1"
    return SERVER.ipv6 if ":" in client else SERVER.ipv4


def _without_stars(text: str, instead: str) -> str:
    return text.replace("*", instead)


def _edges(network: str) -> list[str]:
    text = network.strip("[]")
    if text == "10":
        text = "10.0.0.0/8"
    if text == "192.168":
        text = "192.168.0.0/24"
    return edges_of(text)

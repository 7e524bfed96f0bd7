"""Random attempts on one configuration: half of them go where its rules begin and end."""
import ipaddress
import random

from fidelity import names
from fidelity.clients import can_connect, edges_of
from fidelity.configuration import Configuration
from fidelity.draft import Vocabulary
from kit.addresses import SERVER

ANYWHERE = ["203.0.113.9", "198.51.100.77", "10.1.2.3", "192.168.1.77", "100.64.9.9", "172.16.4.4", "8.8.8.8",
            "2001:db8:9::9", "2a00:1450::1", "fe80::1"]
# What certain restrictions ask for, and nothing else does.
BARE = ["<test>", "<alice>", "<test@localhost>", "<bare@host>", "<alice@example>", "<nobody7@MAIL>"]
UNLISTED = ["gone", "nobody7", "nobody8", "odd.name", "x.alice"]
HELOS_FOR = {
    "broken helo": ["-bad-.example", "a..example", "[203.0.113.999]", "bad!name.example", "[IPv6:2001:db8::zz]", ".example.net",
                    "under score"],
    "naked helo": ["203.0.113.9", "10.1.2.3", "203.0.113.999", "1.2.3", "127.0.0.1"],
    "bare helo": ["bare", "localhost", "mail", "WORKSTATION", "under_score"]}


class Attempts:
    """All attempts on one configuration come from one generator."""

    def __init__(self, seed: int, of: Configuration):
        self.dice = random.Random(f"attempts {seed} {of.number}")
        self.of = of
        self.words: Vocabulary = of.words
        self._edges = [address for network in of.words.networks for address in edges_of(network)]

    def make(self, count: int) -> list[dict]:
        return [self._attempt() for _ in range(count)]

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _wants(self, what: str, share: float = 0.6) -> bool:
        return what in self.words.needs and self._chance(share)

    def _attempt(self) -> dict:
        attempt: dict = {}
        self._client(attempt)
        self._helo(attempt)
        attempt["mail_from"] = self._sender()
        attempt["rcpt_to"] = self._recipient()
        if self._wants("bounce"):
            attempt["mail_from"] = "<>"
            attempt["after"] = [f"<first-{number}@{self._pick(self.of.owned or names.STRANGERS)}>"
                                for number in range(self.dice.randint(0, 2))]
        elif self._chance(0.06):
            attempt["after"] = [f"<first-{number}@{self._pick(names.STRANGERS + self.of.owned)}>"
                                for number in range(self.dice.randint(1, 2))]
        if self.words.headers and self._chance(0.5):
            name, _, value = self._pick(self.words.headers).partition(": ")
            attempt["headers"] = {name: value}
        outside = [port for port in self.of.ports if port != 10025]
        attempt["port"] = 25 if self._chance(0.7) else self._pick(outside)
        if self.of.tls and not self.of.really and self._chance(0.6 if "tls" in self.words.needs else 0.3):
            attempt["tls"] = True
            attempt["client_cert"] = self._pick(["none", "self-signed", "trusted"])
        if self._can_log_in(attempt) and self._chance(0.6 if "auth" in self.words.needs else 0.12):
            attempt["auth"] = self._pick(names.LOGINS)
        return attempt

    def _can_log_in(self, attempt: dict) -> bool:
        return (self.of.sasl and not self.of.really and attempt["port"] in self.of.logins
                and (not self.of.login_needs_tls or "tls" in attempt))

    def _pick(self, choices: list):
        return self.dice.choice(choices)

    def _client(self, attempt: dict) -> None:
        if self.of.really:
            self._real_client(attempt)
            return
        wanted = "networks" in self.words.needs or self._chance(0.5)
        if self._wants("listed"):
            attempt["client"] = self._pick(names.LISTED_CLIENTS)
        elif self._edges and wanted and self._chance(0.8):
            attempt["client"] = self._pick(self._edges)
        elif self._chance(0.7):
            attempt["client"] = self._pick(ANYWHERE)
        elif self._chance(0.9):
            attempt["client"] = str(ipaddress.IPv4Address(self.dice.randrange(1 << 24, 224 << 24)))
        else:
            attempt["client"] = f"::ffff:{self._pick(['10.0.0.7', '127.0.0.1', '203.0.113.9'])}"
        if self._chance(0.55):
            noted = self.words.client_names
            attempt["ptr"] = self._near(self._pick(noted if noted and self._chance(0.7)
                                                   else names.STRANGER_CLIENTS + names.OWN_CLIENTS))
            if self._chance(0.3):
                attempt["ptr_confirmed"] = False

    def _real_client(self, attempt: dict) -> None:
        """One that can connect itself, and whose name the lab's DNS tells."""
        attempt["real"] = True
        own = ["127.0.0.1", "::1", *SERVER.addresses()]
        choices = own if self._wants("really", 0.5) else [*names.REAL_CLIENTS, *own, "127.8.9.10"]
        if choices is not own:
            choices += [edge for edge in self._edges if can_connect(edge)] + ["198.51.100.77", "10.1.2.3"]
        attempt["client"] = self._pick(choices)
        name, confirmed = names.KNOWN_CLIENTS.get(attempt["client"], (None, True))
        if name:
            attempt["ptr"] = name
            if not confirmed:
                attempt["ptr_confirmed"] = False

    def _near(self, name: str) -> str:
        """The name, one below it, or one that only looks like it."""
        roll = self.dice.random()
        if roll < 0.75 or len(name) > 60:
            return name
        return {0: f"a.{name}", 1: f"evil{name}", 2: name.upper(), 3: f"{name}.evil.example"}[self.dice.randrange(4)]

    def _helo(self, attempt: dict) -> None:
        if self._chance(0.09):
            attempt["helo"] = None
            return
        noted = self.words.helos
        for need, helos in HELOS_FOR.items():
            if self._wants(need):
                attempt["helo"] = self._pick(helos)
                return
        if noted and self._chance(0.7 if "helo" in self.words.needs else 0.4):
            attempt["helo"] = self._near(self._pick(noted))
        else:
            attempt["helo"] = self._pick(names.HELOS)
        if self._chance(0.25):
            attempt["verb"] = "EHLO"

    def _sender(self) -> str:
        noted = self.words.senders
        if self._wants("bare sender"):
            return self._pick(BARE)
        if self._wants("unlisted sender") and self.of.owned:
            return f"<{self._pick(UNLISTED)}@{self._pick(self.of.owned).lstrip('.')}>"
        if noted and self._chance(0.7 if "sender" in self.words.needs or "auth" in self.words.needs else 0.35):
            return f"<{self._near_address(self._pick(noted))}>"
        roll = self.dice.random()
        if roll < 0.12:
            return "<>"
        if roll < 0.55:
            return f"<{self._pick(names.USERS)}@{self._pick(names.STRANGERS)}>"
        if roll < 0.75:
            return f"<{self._pick(names.USERS)}@{self._pick(names.LOCAL_DOMAINS)}>"
        return self._pick(["<test>", "<test@localhost>", "<test@[192.0.2.25]>", "<bare@host>", f"<x@{names.NOWHERE}>",
                           "<alice@EXAMPLE.com>", '<"odd one"@club.example>', "test@club.example", "<postmaster>",
                           "<a%b@club.example>", "<root@mail.example.com>"])

    def _recipient(self) -> str:
        if self._wants("bare recipient"):
            return self._pick(BARE)
        if self._wants("routes", 0.2):
            return self._routed(self._pick(self.words.recipients))
        if self._wants("unlisted recipient") and self.of.owned:
            return f"<{self._pick(UNLISTED)}@{self._pick(self.of.owned).lstrip('.')}>"
        if self._wants("backup", 0.25):
            return f"<{self._pick(names.USERS)}@{names.BACKED_UP}>"
        if (self._wants("owned", 0.5) or self._wants("backup", 0.5)) and self.of.owned:
            return f"<{self._pick(names.USERS)}@{self._below(self._pick(self.of.owned))}>"
        noted = self.words.recipients
        if noted and self._chance(0.45 if "recipient" in self.words.needs else 0.15):
            return f"<{self._near_address(self._pick(noted))}>"
        roll = self.dice.random()
        if roll < 0.70:
            return f"<{self._pick(names.USERS)}@{self._pick(names.STRANGERS)}>"
        if roll < 0.80 and self.of.owned:
            return f"<{self._pick(names.USERS)}@{self._below(self._pick(self.of.owned))}>"
        if roll < 0.85:
            return self._pick([f"<x@{names.NOWHERE}>", "<bare@host>", "<alice>", "<postmaster>", "<Postmaster>",
                               "<alice@[192.0.2.25]>", "<bob@[203.0.113.9]>", f"<bob@{names.BACKED_UP}>", "<>",
                               "<alice@mail.example.com.>", "<bob@EXAMPLE.NET>", "<bob@[IPv6:2001:db8:25::25]>"])
        return self._spelt()

    def _routed(self, address: str) -> str:
        """What a table knows, with a way on in its local part."""
        user, _, domain = address.rpartition("@")
        x = self._pick(names.STRANGERS)
        return self._pick([f"<{user}%{x}@{domain}>", f"<{user}+tag%{x}@{domain}>", f"<{user}+%{x}@{domain}>", f"<{x}!{user}@{domain}>",
                           f'<"{user}@{x}"@{domain}>', f'<"{user}+@{x}"@{domain}>', f"<{user}+{x}!b@{domain}>"])

    def _spelt(self) -> str:
        """The trade's odd spellings, at a name of the server, its literal, or a domain that it takes."""
        r, x = self._pick(names.USERS[:6]), self._pick(names.STRANGERS)
        h = self._pick([names.HOST, names.DOMAIN, "[192.0.2.25]", "[IPv6:2001:db8:25::25]", *self.of.owned[:4]]).lstrip(".")
        return self._pick([
            f"{r}@{x}", f"<{r}%{x}@{h}>", f'<"{r}@{x}">', f'<"{r}%{x}">', f'<"{r}%{x}"@{h}>', f'"{r}@{x}"{h}',
            f"<{r}@{x}@{h}>", f'<"{r}@{x}"@{h}>', f"<@{h}:{r}@{x}>", f"<{x}!{r}>", f"<{x}!{r}@{h}>", f"<{r}%{x}>",
            f"<{r}@{self._pick(names.STRANGERS)}@{x}>", f"<{r}={x}@{h}>", f"<{r}+{x}@{h}>", f"<@{x},@{h}:{r}@{h}>",
            f"<{h}!{r}@{x}>", f"<{r}%{h}@{x}>", f"<{r}@>", f"<{r}@{x}.>", f"<{r}@.{x}>", f"< {r}@{x}>", f" <{r}@{x}>",
            f"<{r}@@{x}>", f'<"{r}"@{x}>', f"<{r}%{x}%{self._pick(names.STRANGERS)}@{h}>", f"<{r}+x@{h}>"])

    def _near_address(self, address: str) -> str:
        user, at, domain = address.rpartition("@")
        if not at or self._chance(0.6):
            return address
        return self._pick([f"{user}@a.{domain}", f"{user}@evil{domain}", f"x{user}@{domain}", f"{user}+tag@{domain}",
                           f"{user.upper()}@{domain.upper()}", f"other@{domain}"])

    def _below(self, domain: str) -> str:
        domain = domain.lstrip(".")
        return domain if self._chance(0.75) else self._pick([f"a.{domain}", f"evil{domain}", domain.upper()])

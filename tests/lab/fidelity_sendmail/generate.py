"""Random configurations of Sendmail; the same seed and number, the same one."""
import random
from dataclasses import dataclass, field
from pathlib import Path

from fidelity_sendmail import vocabulary as words

HEAD = """divert(0)dnl
define(`_USE_ETC_MAIL_')dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
DOMAIN(`debian-mta')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet6, Name=MTA-v6, Port=smtp')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA-v4, Port=smtp')dnl
"""
# One in this many is for one feature's sake: it has that and little else.
FOCUS = 3


@dataclass
class Configuration:
    number: int
    mc: str
    files: dict[str, str]
    """Below /etc/mail."""
    owned: list[str] = field(default_factory=lambda: list(words.OWNED))

    def write(self, folder: Path) -> None:
        settings = folder / "etc/mail"
        settings.mkdir(parents=True, exist_ok=True)
        for name, content in {**self.files, "sendmail.mc": self.mc}.items():
            (settings / name).write_text(content)


class Maker:
    def __init__(self, seed: int, number: int):
        self.dice = random.Random(f"sendmail {seed} {number}")
        self.number = number
        named = [feature for feature, _, _ in words.FEATURES]
        self.focus = named[number % len(named)] if number % FOCUS == 0 else None

    def make(self) -> Configuration:
        features, has = self._features()
        has_access = bool(has & {"blocklist_recipients"}) or self._chance(0.8)
        lines = [line for line, chance in words.DEFINES if self._chance(chance * (0.4 if self.focus else 1))]
        if self._chance(0.9):
            lines.append("FEATURE(`use_cw_file')")
        if has_access:
            # Features that look into the map come after it.
            lines.append(self.dice.choice(words.ACCESS))
        lines += features
        if has_access and self._chance(0.35):
            lines.append(self.dice.choice(words.DELAY_CHECKS))
        self.tls = self._chance(0.25)
        mc = HEAD + words.TLS * self.tls + "".join(f"{line}dnl\n" for line in lines) + "MAILER_DEFINITIONS\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n"
        if "local_procmail" in has:
            mc = mc.replace("MAILER(`local')dnl\n", "MAILER(`local')dnl\nMAILER(`procmail')dnl\n")
        files = {"aliases": words.ALIASES, "local-host-names": self._lines(words.LOCAL_NAMES, 1, 3, first="example.com"),
                 "trusted-users": "", "relay-domains": self._lines(words.RELAY_NAMES, 0, 3) if self._chance(0.5) else "",
                 "access": self._access() if has_access else "",
                 "virtusertable": self._rows(words.VIRTUAL, 1, 4), "mailertable": self._rows(words.ROUTES, 1, 3),
                 "domaintable": self._rows(words.DOMAINS, 1, 2)}
        return Configuration(self.number, mc, {name: text for name, text in files.items() if text or name == "trusted-users"})

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _features(self) -> tuple[list[str], set[str]]:
        lines, has = [], set()
        for name, chance, forms in words.FEATURES:
            if name == self.focus or self._chance(chance * (0.3 if self.focus else 1)):
                lines.append(self.dice.choice(forms))
                has.add(name)
        return lines, has

    def _lines(self, of: list[str], least: int, most: int, first: str = "") -> str:
        found = self.dice.sample(of, self.dice.randint(least, most))
        return "".join(f"{each}\n" for each in ([first] if first and self._chance(0.9) else []) + found)

    def _rows(self, of: list[str], least: int, most: int) -> str:
        return "".join(f"{each}\n" for each in unique(self.dice.sample(of, self.dice.randint(least, min(most, len(of))))))

    def _access(self) -> str:
        rows = []
        for _ in range(self.dice.choice([0, 1, 2, 3, 4, 6, 9])):
            tags, keys = self.dice.choice([(words.TAGS_CLIENT, words.KEYS_CLIENT), (words.TAGS_SENDER, words.KEYS_SENDER),
                                           (words.TAGS_RECIPIENT, words.KEYS_RECIPIENT)])
            rows.append(f"{self._weighed(tags)}{self.dice.choice(keys)}\t{self._weighed(words.RESULTS)}")
        if self._chance(0.2):
            rows.append(self.dice.choice(words.FRIENDS))
        if self.tls:
            rows += self.dice.sample(words.OF_TLS, self.dice.randint(0, 2))
        return "# who may relay\n" + "".join(f"{row}\n" for row in unique(rows))

    def _weighed(self, of: list[tuple[str, float]]) -> str:
        return self.dice.choices([each for each, _ in of], [weight for _, weight in of])[0]


def unique(rows: list[str]) -> list[str]:
    """makemap(8) complains of a key that comes twice."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.split("\t")[0].lower(), row)
    return list(found.values())

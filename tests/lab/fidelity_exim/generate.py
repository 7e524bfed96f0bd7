"""Random configurations of Exim, and attempts at the edges of what they name."""
import random
from dataclasses import dataclass, field
from pathlib import Path

HOST, DOMAIN = "mail.example.com", "example.com"
OWNED = ["example.com", "mail.example.com", "relayed.example", "sub.relayed.example"]
# Client, its PTR name, whether that is confirmed, whether it is on the server's machine: as the lab's DNS has them.
CLIENTS = [("203.0.113.9", "probe.club.example", True), ("203.0.113.66", "inside.example.com", False),
           ("203.0.113.77", None, False), ("198.18.7.1", "mail.club.example", True),
           ("198.18.7.2", "pc1.example.com", False), ("198.18.7.3", "gw.dept.example.com", True),
           ("2001:db8:9::9", "probe.club.example", True), ("2001:db8:77::3", "relay.example.net", True),
           ("192.168.1.77", None, False), ("10.20.30.40", None, False), ("198.51.100.99", None, False),
           ("127.0.0.1", "localhost", True)]
NETWORKS = ["198.18.7.0/30", "198.18.7.2", "10.0.0.0/8", "192.168.0.0/16", "203.0.113.64/28", "203.0.113.9",
            "!203.0.113.66", "!198.18.7.1", "127.0.0.1", "*.club.example", "*.example.com", "!*.example.net",
            "^probe", "@[]", "2001:db8:9::/48", "!2001:db8:77::3", "*", "gw.dept.example.com", "+include_unknown",
            "+ignore_unknown", "net-lsearch;/etc/exim4/clients", "net24-lsearch;/etc/exim4/clients",
            "lsearch;/etc/exim4/names", "/etc/exim4/hostfile"]
DOMAINS = ["example.com", "@", "relayed.example", "*.relayed.example", "^rel.*\\.example\\$", "example.net",
           "!example.org", "lsearch;/etc/exim4/domains", "partial-lsearch;/etc/exim4/domains",
           "nwildlsearch;/etc/exim4/wild", "*", "!club.example", "/etc/exim4/domainfile", "dsearch;/etc/exim4/virtual"]
SENDERS = ["*@example.com", "alice@example.com", ":", "*.club.example", "example.net", "^bob@", "!bob@club.example",
           "+ourselves", "lsearch;/etc/exim4/senders", "lsearch*@;/etc/exim4/senders", "*"]
LOCAL_PARTS = ["postmaster", "^a", "*ice", "!bob", "nobody7 : root", "+known", "^.*[@%!/|]"]
EXPANSIONS = ["${if eq{$sender_helo_name}{club.example}}", "${if def:sender_helo_name {yes}{no}}",
              "${if match{$sender_address}{\\N@example\\.(net|com)$\\N}}", "${if match_domain{$domain}{+local_domains}{0}{1}}",
              "${if eqi{$sender_address_domain}{EXAMPLE.COM}{true}{false}}", "${if eq{$sender_host_address}{203.0.113.9}}",
              "${if match_ip{$sender_host_address}{10.0.0.0/8 : 203.0.113.0/26}}", "${if !def:sender_host_name}",
              "${if and{{eq{$local_part}{alice}}{!eq{$domain}{example.net}}}}", "${if eq{$sender_address}{}{1}{0}}",
              "${if or{{eq{$sender_helo_name}{localhost}}{def:sender_host_name}} {yes}{no}}", "yes", "no", "0",
              "${lookup{$domain}lsearch{/etc/exim4/domains}{yes}{no}}", "${lookup{$sender_address}lsearch{/etc/exim4/senders}{$value}}",
              "${if match_local_part{$local_part}{+known}}", "${if match_address{$sender_address}{*@club.example : +ourselves}}",
              "${if >{$message_size}{10000000}}", "${if eq{$sender_address_domain}{$domain}}",
              "${if inlist{$domain}{example.net:example.org}}", "${if exists{/etc/exim4/domains}}", "${if eq{$acl_m_seen}{yes}}",
              "${if eq{$acl_c_trust}{full}}"]
OUTSIDE = ["nobody7@example.net", "bob@example.org", "x@club.example", "x@sub.example.net"]
RECIPIENTS = ["alice@example.com", "nobody7@example.com", "postmaster@mail.example.com", "x@relayed.example",
              "x@sub.relayed.example", "nobody7@example.net", "bob@example.org", "x@club.example", "ALICE@EXAMPLE.com",
              "nobody7%example.net@example.com", "bob=example.org@example.com", "x@sub.example.net"]
ODD = ["<Postmaster>", "<alice>", "<@example.com:nobody7@example.net>", '<"nobody7@example.net"@example.com>',
       '<"alice">', "<nobody7@example.net", "<alice@[192.0.2.25]>", "<a..b@example.net>", "nobody7@example.net",
       "<alice@example.com.>", "<a b@example.com>", "<example.net!nobody7@example.com>", "<>", "<out@example.com>"]
FROM = ["<bob@club.example>", "<>", "<alice@example.com>", "<x@example.net>", "<nobody7@example.com>", "<bob@example.org>",
        "<x@mail.club.example>", "<ALICE@Example.com>"]
HELOS = ["club.example", "mail.example.com", "localhost", "[203.0.113.9]", "probe.club.example"] * 4 + [None, "under_score"]

FILES = {
    "etc/exim4/domains": "example.net\nrelayed.example: yes\n*.example.org\n",
    "etc/exim4/wild": "*.club.example: x\n^rel\n!example.com\n",
    "etc/exim4/domainfile": "# ours\nrelayed.example\n!sub.relayed.example\n*.example.org\n",
    "etc/exim4/virtual/example.org": "", "etc/exim4/virtual/relayed.example": "",
    "etc/exim4/clients": "198.18.7.1: ok\n203.0.113.0/24: ok\n",
    "etc/exim4/names": "probe.club.example: ok\ngw.dept.example.com\n",
    "etc/exim4/hostfile": "!203.0.113.9\n203.0.113.0/25\n10.20.30.40 # inside\n",
    "etc/exim4/senders": "bob@club.example: yes\n*@example.net: yes\nalice@example.com: no\n",
    "etc/exim4/routes": "sub.relayed.example: inner.example.net\n",
    "etc/aliases": "postmaster: root\nroot: alice\nout: nobody7@example.net\nfailing: :fail: no such\n"
                   "hole: :blackhole:\nabuse: alice, bob@example.org\n",
    "etc/nsswitch.conf": "passwd: files\n",
}


@dataclass
class Configuration:
    number: int
    text: str
    owned: list[str] = field(default_factory=lambda: list(OWNED))

    def write(self, folder: Path) -> None:
        for name, content in {**FILES, "etc/exim4/exim4.conf": self.text}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)


class Maker:
    def __init__(self, seed: int, number: int):
        self.dice = random.Random(f"{seed} {number}")
        self.number = number

    def make(self) -> Configuration:
        dice = self.dice
        lists = [f"domainlist local_domains = {self._some(['example.com', '@', 'localhost', '@[]'], 2, 3)}",
                 f"domainlist relay_to_domains = {dice.choice(['', 'relayed.example', self._some(DOMAINS[2:], 1, 3)])}",
                 f"hostlist relay_from_hosts = <; {dice.choice(['127.0.0.1', self._some(NETWORKS, 1, 4, ' ; ')])}",
                 "addresslist ourselves = *@example.com : x@example.net", "localpartlist known = alice : postmaster : ^nob"]
        main = [f"primary_hostname = {HOST}", f"qualify_domain = {DOMAIN}", *lists, "acl_smtp_rcpt = acl_rcpt",
                "tls_advertise_hosts =", "smtp_accept_max_per_connection = 0", "rfc1413_query_timeout = 0s",
                "smtp_accept_max = 0", "log_selector = +all", "keep_environment ="]
        acls = {"acl_rcpt": self._acl("rcpt", dice.random() < 0.6), "acl_inner": self._inner()}
        for stage, chance in (("mail", 0.25), ("helo", 0.15), ("connect", 0.1), ("data", 0.2), ("predata", 0.1)):
            if dice.random() < chance:
                main.append(f"acl_smtp_{stage} = acl_{stage}")
                acls[f"acl_{stage}"] = self._acl(stage, False)
        for line, chance in (("host_lookup = *", 0.4), ("allow_domain_literals", 0.2), ("percent_hack_domains = *", 0.1),
                             ("percent_hack_domains = example.com", 0.1), ("host_reject_connection = 10.0.0.0/8", 0.05),
                             ("strip_trailing_dot", 0.1), ("hosts_require_helo =", 0.1)):
            if dice.random() < chance and not any(each.split()[0] == line.split()[0] for each in main):
                main.append(line)
        text = "\n".join(main) + "\n\nbegin acl\n" + "".join(f"\n{name}:\n{body}" for name, body in acls.items())
        return Configuration(self.number, text + self._routers() + TRANSPORTS)

    def _some(self, of: list[str], least: int, most: int, separator: str = " : ") -> str:
        return separator.join(self.dice.sample(of, min(len(of), self.dice.randint(least, most))))

    def _condition(self, stage: str) -> str:
        late = stage in ("mail", "rcpt", "predata", "data")
        kinds = {"hosts": 5, "condition": 3, "acl": 1}
        if late:
            kinds.update(senders=3, sender_domains=2, authenticated=1, verify=2)
        if stage == "rcpt":
            kinds.update(domains=6, local_parts=2, recipients=2)
        kind = self.dice.choices(list(kinds), list(kinds.values()))[0]
        value = {
            "hosts": lambda: self.dice.choice(["+relay_from_hosts", "<; " + self._some(NETWORKS, 1, 3, " ; ")]),
            "condition": lambda: self.dice.choice(EXPANSIONS), "acl": lambda: "acl_inner",
            "senders": lambda: self._some(SENDERS, 1, 3).replace(": : :", ": :"),
            "sender_domains": lambda: self._some(DOMAINS, 1, 2), "authenticated": lambda: "*",
            "verify": lambda: self.dice.choice(["recipient"] * 3 + ["sender", "reverse_host_lookup"] if stage == "rcpt"
                                               else ["sender", "reverse_host_lookup"]),
            "domains": lambda: self.dice.choice(["+local_domains", "+relay_to_domains", "+local_domains : +relay_to_domains",
                                                 "!+local_domains", self._some(DOMAINS, 1, 3)]),
            "local_parts": lambda: self._some(LOCAL_PARTS, 1, 2),
            "recipients": lambda: self._some(["alice@example.com", "*@example.net", "+ourselves", "^nobody7"], 1, 2)}[kind]()
        return f"{'!' if self.dice.random() < 0.2 else ''}{kind} = {value}"

    def _statement(self, stage: str, verbs: dict[str, int]) -> str:
        verb = self.dice.choices(list(verbs), list(verbs.values()))[0]
        lines = [self._condition(stage) for _ in range(self.dice.choice([1, 1, 1, 2, 2, 3]))]
        if verb == "warn":
            name = self.dice.choice(["acl_m_seen = yes", "acl_m_seen = no", "acl_c_trust = full", "acl_c_trust ="])
            lines.append(f"set {name}")
        if verb == "accept" and self.dice.random() < 0.2 and len(lines) > 1:
            lines.insert(1, "endpass")
        if verb in ("deny", "require") and self.dice.random() < 0.2:
            lines.append("message = " + self.dice.choice(["554 5.7.1 no", "go away", "551 try elsewhere"]))
        return f"  {verb} " + "\n    ".join(lines) + "\n"

    def _acl(self, stage: str, gate: bool) -> str:
        verbs = {"accept": 8, "deny": 3, "warn": 2, "require": 1, "defer": 1}
        if stage == "rcpt":
            verbs.update(discard=1, drop=1)
        body = "".join(self._statement(stage, verbs) for _ in range(self.dice.randint(1, 4)))
        if gate:
            body += ("  accept hosts = +relay_from_hosts\n  require message = relay not permitted\n"
                     "    domains = +local_domains : +relay_to_domains\n")
            if self.dice.random() < 0.5:
                body += "  require verify = recipient\n"
        return body + ("  accept\n" if self.dice.random() < 0.85 else "")

    def _inner(self) -> str:
        verbs = {"accept": 3, "deny": 2, "require": 1, "warn": 1}
        lines = [self.dice.choice(["hosts = 203.0.113.0/24", "hosts = *.club.example", "hosts = 198.18.7.1",
                                   "condition = ${if def:sender_host_name}", "condition = ${if eq{$sender_helo_name}{club.example}}"])
                 for _ in range(self.dice.randint(1, 3))]
        verb = self.dice.choices(list(verbs), list(verbs.values()), k=len(lines))
        return "".join(f"  {one} {line}\n" for one, line in zip(verb, lines)) + self.dice.choice(["", "  accept\n"])

    def _routers(self) -> str:
        dice = self.dice
        routers = []
        for text, chance in ((PERCENT, 0.15), (EQUALS, 0.15), (CATCHALL, 0.15), (HOLE, 0.1), (MANUAL, 0.2), (FAIL, 0.05)):
            if dice.random() < chance:
                routers.append(text)
        routers.append(REMOTE.format(domains=dice.choice(["! +local_domains"] * 4 + ["! +local_domains : ! relayed.example"]),
                                     more=dice.choice(["  no_more\n"] * 3 + [""])))
        if dice.random() < 0.9:
            routers.append(ALIASES)
        users = USERS
        if dice.random() < 0.3:
            users = users.replace("check_local_user", "check_local_user\n  local_part_suffix = +*\n  local_part_suffix_optional")
        routers.append(users)
        return "\nbegin routers\n" + "\n".join(routers)

    def attempts(self, count: int) -> list[dict]:
        dice, found = self.dice, []
        for _ in range(count):
            client, ptr, confirmed = dice.choice(CLIENTS)
            rcpt = dice.choice(ODD) if dice.random() < 0.15 else f"<{dice.choice(OUTSIDE if dice.random() < 0.4 else RECIPIENTS)}>"
            attempt = {"client": client, "helo": dice.choice(HELOS), "mail_from": dice.choice(FROM), "rcpt_to": rcpt}
            if ptr:
                attempt.update(ptr=ptr, ptr_confirmed=confirmed)
            if dice.random() < 0.15:
                attempt["after"] = [f"<{dice.choice(RECIPIENTS)}>"]
            found.append(attempt)
        return found


PERCENT = """percent:
  driver = redirect
  domains = +local_domains
  local_parts = ^[^%]+%[^%]+\\$
  data = ${sg{$local_part}{%}{@}}
"""
EQUALS = """equals:
  driver = redirect
  domains = +local_domains
  condition = ${if match{$local_part}{\\N^([^=]+)=(.+)$\\N}}
  data = ${if match{$local_part}{\\N^([^=]+)=(.+)$\\N}{$1@$2}fail}
"""
CATCHALL = """catchall:
  driver = redirect
  domains = sub.relayed.example : relayed.example
  data = $local_part@example.com
"""
HOLE = """hole:
  driver = redirect
  domains = ! +local_domains : ! example.net
  data = :blackhole:
"""
FAIL = """refusing:
  driver = redirect
  domains = example.org
  allow_fail
  data = :fail: not there
"""
MANUAL = """manual:
  driver = manualroute
  domains = ! +local_domains
  route_list = example.net mx.example.net byname ; *.relayed.example mx.example.net byname
  transport = remote_smtp
"""
REMOTE = """dnslookup:
  driver = dnslookup
  domains = {domains}
  transport = remote_smtp
{more}"""
ALIASES = """system_aliases:
  driver = redirect
  allow_fail
  allow_defer
  data = ${lookup{$local_part}lsearch{/etc/aliases}}
"""
USERS = """localuser:
  driver = accept
  check_local_user
  transport = local_delivery
"""
TRANSPORTS = """
begin transports
remote_smtp:
  driver = smtp
local_delivery:
  driver = appendfile
  file = /var/mail/all
  user = alice

begin retry
* * F,2h,15m
"""

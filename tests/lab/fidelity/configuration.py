"""Random configurations of Postfix, each a folder laid out as `/` is; the same seed and number, the same files."""
import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

from fidelity import certificates, domains, gates, names, networks
from fidelity.draft import FOLDER, Draft, Vocabulary
from kit.root import USERS

# Nothing here decides who may relay: it only takes waits and limits out of the way.
PLUMBING = {
    "queue_directory": "/var/spool/postfix", "myhostname": names.HOST, "biff": "no", "in_flow_delay": "0",
    "smtpd_error_sleep_time": "0", "smtpd_soft_error_limit": "100000", "smtpd_hard_error_limit": "100000",
    "smtpd_junk_command_limit": "100000", "smtpd_client_connection_count_limit": "0", "notify_classes": "",
    "max_use": "100000", "smtp_connection_cache_on_demand": "no", "initial_destination_concurrency": "2",
    "default_destination_concurrency_limit": "2", "smtp_connect_timeout": "5s", "smtp_helo_timeout": "5s",
    "hash_queue_names": "deferred", "mail_spool_directory": "/var/mail", "smtpd_peername_lookup": "yes",
}
# What a copy of the server's files has besides Postfix's own: the users whom local mail can go to.
SYSTEM = {"etc/nsswitch.conf": "passwd: files\n",
          "etc/passwd": "".join(f"{name}:x:{number}:{number}::/var/empty:/bin/sh\n" for name, number in {
              **{"root": 0, "daemon": 1, "bin": 2, "sys": 3, "sync": 4, "games": 5, "man": 6, "lp": 7, "mail": 8, "news": 9,
                 "uucp": 10, "proxy": 13, "www-data": 33, "backup": 34, "list": 38, "irc": 39, "_apt": 42, "nobody": 65534},
              **USERS}.items())}
MASTER = """\
pickup     unix  n  -  n  60    1  pickup
cleanup    unix  n  -  n  -     0  cleanup
qmgr       unix  n  -  n  300   1  qmgr
rewrite    unix  -  -  n  -     1  trivial-rewrite
bounce     unix  -  -  n  -     0  bounce
defer      unix  -  -  n  -     0  bounce
trace      unix  -  -  n  -     0  bounce
verify     unix  -  -  n  -     1  verify
flush      unix  n  -  n  1000? 0  flush
proxymap   unix  -  -  n  -     1  proxymap
smtp       unix  -  -  n  -     2  smtp
relay      unix  -  -  n  -     2  smtp
error      unix  -  -  n  -     1  error
retry      unix  -  -  n  -     1  error
discard    unix  -  -  n  -     1  discard
local      unix  -  n  n  -     2  local
virtual    unix  -  n  n  -     1  virtual
anvil      unix  -  -  n  -     1  anvil
tlsmgr     unix  -  -  n  1000? 1  tlsmgr
"""


@dataclass
class Configuration:
    number: int
    files: dict[str, str]
    """By the path below the folder."""
    words: Vocabulary
    owned: list[str]
    ports: list[int]
    sasl: bool
    tls: bool
    """STARTTLS is offered."""
    logins: list[int]
    """The ports where a client can log in."""
    login_needs_tls: bool
    really: bool
    """Its clients have to connect themselves: it asks for what XCLIENT does not change."""
    focus: str


def configuration(seed: int, number: int) -> Configuration:
    draft = Draft(random.Random(f"configuration {seed} {number}"))
    draft.set("compatibility_level", draft.pick(["3.6", "3.7", "3.6", "2", "1", "0"]))
    if draft.chance(0.08):
        del draft.main["compatibility_level"]
    draft.set("alias_maps", "hash:/etc/aliases")
    networks.choose(draft, wide=draft.chance(0.75))
    domains.choose(draft)
    focus = gates.choose(draft, number)
    _services(draft)
    if draft.sasl or draft.chance(0.1):
        draft.sasl = True
        draft.main |= {"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_type": "dovecot", "smtpd_sasl_path": "private/auth"}
    if draft.tls or draft.chance(0.05):
        _offer_tls(draft)
    files = {f"{FOLDER}/{name}".lstrip("/"): text for name, text in draft.files.items()}
    files |= SYSTEM
    files["etc/aliases"] = "postmaster: alice\nabuse: alice\nroot: alice\n"
    files["etc/postfix/main.cf"] = _main(draft)
    files["etc/postfix/master.cf"] = _master(draft)
    return Configuration(number, files, draft.words, sorted(set(draft.owned)), sorted(draft.ports), draft.sasl, draft.tls,
                         [port for port, overrides in draft.ports.items() if overrides.get("smtpd_sasl_auth_enable") != "no"],
                         "smtpd_tls_auth_only" in draft.main,
                         draft.really, focus)


def write(found: Configuration, folder: Path) -> None:
    """The folder that relayproof reads, and the server runs; beside it, about.json."""
    for path, text in found.files.items():
        target = folder / "root" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    about = {**asdict(found), "words": {**asdict(found.words), "needs": sorted(found.words.needs)}}
    del about["files"]
    (folder / "about.json").write_text(json.dumps(about) + "\n")


def _services(draft: Draft) -> None:
    """More doors, each with something of its own."""
    if draft.chance(0.25):
        draft.ports[587] = dict(draft.some([
            ("smtpd_relay_restrictions", "permit_sasl_authenticated,reject"), ("smtpd_client_restrictions", "permit_mynetworks,reject"),
            ("smtpd_recipient_restrictions", ""), ("mynetworks", "203.0.113.0/24"), ("smtpd_delay_reject", "no"),
            ("smtpd_helo_required", "yes"), ("smtpd_client_restrictions", "$mua_client_restrictions")], 1, 3))
        if "$mua_client_restrictions" in draft.ports[587].values():
            draft.set("mua_client_restrictions", "permit_mynetworks reject_unknown_client_hostname")
    if draft.chance(0.12):
        draft.ports[2525] = dict(draft.some([
            ("smtpd_relay_restrictions", "permit_mynetworks,reject_unauth_destination"), ("smtpd_client_restrictions", ""),
            ("smtpd_recipient_restrictions", "permit_mynetworks,check_client_access,static:OK,reject_unauth_destination"),
            ("mynetworks", "0.0.0.0/0"), ("smtpd_sender_restrictions", "reject_non_fqdn_sender"),
            ("local_recipient_maps", ""), ("relay_domains", "example.net"), ("smtpd_sasl_auth_enable", "no")], 1, 3))
    if draft.chance(0.06):
        draft.ports[10025] = {"content_filter": "", "smtpd_client_restrictions": "", "smtpd_relay_restrictions": "",
                              "smtpd_recipient_restrictions": "permit_mynetworks,reject", "mynetworks": "127.0.0.0/8",
                              "receive_override_options": "no_unknown_recipient_checks"}
        draft.set("content_filter", "smtp:[127.0.0.1]:10025")


def _offer_tls(draft: Draft) -> None:
    draft.tls = True
    draft.main |= {"smtpd_tls_security_level": draft.pick(["may", "may", "may", "encrypt"]),
                   "smtpd_tls_cert_file": f"/{certificates.INSIDE}/server.pem", "smtpd_tls_key_file": f"/{certificates.INSIDE}/server.key",
                   "smtpd_tls_CAfile": f"/{certificates.INSIDE}/ca.pem"}
    if draft.chance(0.85):
        draft.set("smtpd_tls_ask_ccert", "yes")
    if draft.sasl and draft.chance(0.3):
        draft.set("smtpd_tls_auth_only", "yes")


def _main(draft: Draft) -> str:
    lines = [f"{name} = {value}".rstrip() for name, value in PLUMBING.items()]
    wanted = [f"{name} = {value}".rstrip() for name, value in draft.main.items()]
    if draft.chance(0.3):
        draft.dice.shuffle(wanted)
    return "\n".join([*lines, "", *wanted]) + "\n"


def _master(draft: Draft) -> str:
    lines = []
    for port, overrides in draft.ports.items():
        where = {25: "smtp", 10025: "127.0.0.1:10025"}.get(port, str(port))
        lines.append(f"{where} inet n - n - - smtpd")
        for name, value in overrides.items():
            lines.append(f"  -o {{ {name} = {value} }}" if " " in value or draft.chance(0.2) else f"  -o {name}={value}")
    return "\n".join(lines) + "\n" + MASTER

"""The names of the random world: few on purpose, so that what attempts ask for is what tables hold.

Owned names are those a configuration may claim; forward targets stand in configurations, and no attempt
asks for them; stranger's names are anybody's: attempts ask for them, and tables may name them too.
"""
import ipaddress
import re

from kit.addresses import BACKED_UP_DOMAIN, BLOCK_LIST, CANARY, CLIENTS, SERVER, SERVER_SECOND, SINK

HOST = SERVER.name
DOMAIN = "example.com"

LOCAL_DOMAINS = [DOMAIN, HOST, "localhost.example.com", "dept.example.com", "corp.example"]
VIRTUAL_DOMAINS = ["virtual.example", "sub.virtual.example", "alias.example"]
MAILBOX_DOMAINS = ["boxes.example", "more.boxes.example"]
RELAYED_DOMAINS = ["relayed.example", "in.relayed.example", "branch.example"]
OWNED = LOCAL_DOMAINS + VIRTUAL_DOMAINS + MAILBOX_DOMAINS + RELAYED_DOMAINS

FORWARD_DOMAINS = ["forward.example", "lists.forward.example"]
SMART_HOSTS = ["smart.example", "hub.smart.example"]

STRANGERS = ["example.net", "example.org", "club.example", "partner.example.org", "big.example",
             "mail.big.example", "evil-example.com", "com.example.net"]
# What the program names in a witness when the configuration answers for its first choices.
WITNESSED = ["example.info"]
# Whom the program takes for a stranger who names this server as his backup, and who exists here.
NAMES_US_AS_BACKUP = "stranger-who-names-us-as-backup-mx.example"
BACKED_UP = BACKED_UP_DOMAIN
NOWHERE = "does-not-exist.example"

# Gets copies of what BCC is said to.
WATCHER = "watcher@example.com"

LOCAL_USERS = ["alice", "root", "postmaster", "abuse"]
USERS = LOCAL_USERS + ["bob", "nobody7", "info", "alice+tag", "sales"]
LOGINS = ["alice", "bob@example.com"]

# Names of clients, and whether a stranger could have them confirmed.
OWN_CLIENTS = ["pc1.example.com", "gw.dept.example.com", "box.corp.example"]
STRANGER_CLIENTS = ["mail.club.example", "relay.example.net", "dsl-1.pool.big.example", "mail.big.example",
                    "evil-example.com", "probe.club.example"]
HELOS = ["club.example", "mail.big.example", HOST, DOMAIN, "localhost", "pc1.example.com", "relay.example.net",
         "[203.0.113.9]", "[IPv6:2001:db8:9::9]", "bare", "under_score.example", "-bad-.example", "203.0.113.9"]

# Client names that the lab's DNS knows too, for clients which really connect.
REAL_CLIENTS = {"198.18.7.1": ("mail.club.example", True), "198.18.7.2": ("pc1.example.com", False),
                "198.18.7.3": ("gw.dept.example.com", True), "2001:db8:77::3": ("relay.example.net", True)}
# By address, what the server finds of those who connect, and whether that is confirmed.
KNOWN_CLIENTS = {**REAL_CLIENTS, "127.0.0.1": ("localhost", True), "::1": ("localhost", True),
                 SERVER.ipv4: (HOST, True), SERVER.ipv6: (HOST, True),
                 **{host: (each.name, each.confirmed) for each in [*CLIENTS.values(), CANARY] for host in each.addresses() if each.name}}
LISTED_CLIENTS = ["203.0.113.9", "198.18.7.1", "100.64.9.9"]


def domain_of(address: str) -> str:
    """What follows the last `@`, in small letters; empty if there is none."""
    return address.rpartition("@")[2].strip("<>\"").lower() if "@" in address else ""


def plain(address: str) -> str:
    """In small letters and without quotes: the log has them where they are needed, the program where they were sent."""
    return re.sub(r'"|\\(.)', r"\1", address).lower()


# Those that the lab's DNS leads to the sink.
DOMAINS = RELAYED_DOMAINS + FORWARD_DOMAINS + SMART_HOSTS + STRANGERS + WITNESSED + VIRTUAL_DOMAINS + MAILBOX_DOMAINS


def records() -> list[str]:
    """What the lab's DNS knows of all these, besides what it knows anyway."""
    found = []
    for domain in DOMAINS:
        found += [f"{domain}. 300 MX 10 {SINK.name}.", f"{domain}. 300 A {SINK.ipv4}", f"{domain}. 300 NS {SINK.name}."]
    for domain in ("dept.example.com", "corp.example"):
        found += [f"{domain}. 300 MX 10 {HOST}.", f"{domain}. 300 A {SERVER.ipv4}"]
    found += [f"{NAMES_US_AS_BACKUP}. 300 {record}" for record in
              (f"MX 10 {SINK.name}.", f"MX 20 {HOST}.", f"A {SINK.ipv4}", f"NS {SINK.name}.")]
    for address, (name, confirmed) in REAL_CLIENTS.items():
        found.append(f"{_reverse(address)}. 300 PTR {name}.")
        if confirmed:
            found.append(f"{name}. 300 {'AAAA' if ':' in address else 'A'} {address}")
    for address in LISTED_CLIENTS:
        found.append(f"{_reverse(address).removesuffix('.in-addr.arpa')}.{BLOCK_LIST}. 300 A 127.0.0.2")
    for name in (*STRANGER_CLIENTS, *OWN_CLIENTS):
        found.append(f"{name}. 300 TXT fidelity")
    return list(dict.fromkeys(found))


def server_addresses() -> list[str]:
    return [*SERVER.addresses(), *SERVER_SECOND.addresses()]


def _reverse(address: str) -> str:
    return ipaddress.ip_address(address).reverse_pointer

"""What stands before the server, what it trusts, and what check has to say of it."""
from dataclasses import dataclass, field

MAIN = """compatibility_level = 3.6
maillog_file = /var/log/postfix.log
myhostname = mail.example.com
mydomain = example.com
myorigin = $mydomain
mydestination = $mydomain, $myhostname, localhost
inet_interfaces = all
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
biff = no
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
"""
INNER = "172.22.1.253"
GATEWAY = "172.22.1.1"
HOST4, HOST6 = "192.0.2.25", "2001:db8:25::25"

# What a container engine would have been told to come to the same.
COMPOSE = f"""services:
  mta:
    image: postfix
    ports: ["25:25"]
    networks: {{mail: {{ipv4_address: {INNER}}}}}
networks:
  mail:
    enable_ipv6: false
    ipam: {{config: [{{subnet: 172.22.1.0/24}}]}}
"""

NFT_FORWARD = """table ip nat {
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		iifname "eth0" tcp dport 25 dnat to 172.22.1.253
	}
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		%s
	}
}
"""


@dataclass(frozen=True)
class Case:
    name: str
    mynetworks: str
    verdict: str
    exits: tuple[int, ...]
    """A stranger outside really relays, by family."""
    relays: dict[str, bool] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    seen: dict[str, str] = field(default_factory=dict)
    """Address that was asked: as whom its log saw us."""
    proxies: tuple[tuple[str, str], ...] = ()
    nft: str = ""
    inner: bool = True
    """The server has a network namespace of its own."""
    more: str = ""
    """Further lines of main.cf."""
    touch: bool = False
    """main.cf changes after the start."""
    words: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    noise: bool = False
    """Its log begins with a mebibyte of hostile bytes."""
    mended: bool = False
    """fix closes it, told of COMPOSE, and check says so."""
    agree: bool | None = None
    """What the server itself answers is what was predicted."""


PROXY6 = ((f"[::]:25", f"{INNER}:25"),)

CASES = [
    Case("proxy-open", f"127.0.0.0/8 172.22.1.0/24", "open", (2,), {"6": True}, frozenset({"RP2019", "RP5105"}),
         seen={HOST6: GATEWAY}, proxies=PROXY6, noise=True, mended=True,
         words=(f"every IPv6 client, because Postfix sees all of them as {GATEWAY}", "To close it, any one of these")),
    Case("proxy-closed", "127.0.0.0/8", "closed", (0, 1), {"6": False}, frozenset({"RP2020", "RP5105"}),
         frozenset({"RP2019", "RP5101"}), {HOST6: GATEWAY}, PROXY6, noise=True),
    Case("proxy-both-families-open", "127.0.0.0/8 172.16.0.0/12", "open", (2,), {"4": True, "6": True},
         frozenset({"RP2019", "RP5105"}), seen={HOST4: GATEWAY, HOST6: GATEWAY},
         proxies=((f"0.0.0.0:25", f"{INNER}:25"), *PROXY6),
         words=(f"every client, because Postfix sees all of them as {GATEWAY}",)),
    Case("masquerade-open", "127.0.0.0/8 172.22.1.0/24", "open", (2,), {"4": True}, frozenset({"RP2019"}),
         nft=NFT_FORWARD % "ip daddr 172.22.1.253 tcp dport 25 masquerade",
         words=(f"every IPv4 client, because Postfix sees all of them as {GATEWAY}",)),
    Case("forwarded-closed", "127.0.0.0/8 172.22.1.0/24", "closed", (0, 1), {"4": False}, frozenset(),
         frozenset({"RP2019", "RP5101"}), nft=NFT_FORWARD % "ip saddr 172.22.1.0/24 oifname != \"bridge\" masquerade"),
    Case("host-proxy-open", "127.0.0.0/8", "open", (2,), {"4": False, "6": True}, frozenset({"RP2019", "RP5105"}),
         seen={HOST4: HOST4, HOST6: "127.0.0.1"}, inner=False, more="inet_protocols = ipv4\n",
         proxies=(("[::]:25", "127.0.0.1:25"),),
         words=("every IPv6 client, because Postfix sees all of them as 127.0.0.1",)),
    Case("host-closed", "127.0.0.0/8", "closed", (0, 1), {"4": False, "6": False}, frozenset(),
         frozenset({"RP2019", "RP2020", "RP5101", "RP5102", "RP5104", "RP5105"}), {HOST4: HOST4, HOST6: HOST6}, inner=False),
    Case("host-open", "0.0.0.0/0", "open", (2,), {"4": True, "6": False}, frozenset({"RP2001"}),
         frozenset({"RP5101", "RP5102"}), {HOST4: HOST4}, inner=False),
    Case("host-outdated", "127.0.0.0/8", "closed", (1,), {"4": False}, frozenset({"RP5104"}), inner=False, touch=True),
    Case("host-second-opinion-open", "127.0.0.0/8 203.0.113.0/24", "scoped", (1,), {"4": True}, inner=False,
         more="smtpd_authorized_xclient_hosts = 127.0.0.1\n", arguments=("--ask-mta",), agree=True),
    Case("host-second-opinion-closed", "127.0.0.0/8", "closed", (0, 1), {"4": False}, inner=False,
         more="smtpd_authorized_xclient_hosts = 127.0.0.1\n", arguments=("--ask-mta",), agree=True),
]

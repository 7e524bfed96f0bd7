"""Ways to be an open relay that a configuration of Postfix shows, and how a stranger uses each."""
from dataclasses import dataclass, field

from kit.addresses import SERVER

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
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = /etc/postfix/sasl
"""
NETWORKS = "mynetworks = 127.0.0.0/8 [::1]/128\n"
GATE = "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
FIRST = "permit_mynetworks, permit_sasl_authenticated"
OUTSIDE = "<someone@example.net>"


@dataclass(frozen=True)
class Case:
    name: str
    main: str
    master: str = ""
    """Lines that follow the lab's own."""
    files: dict[str, str] = field(default_factory=dict)
    maps: list[str] = field(default_factory=list)
    """Files of which postmap makes an index."""
    port: int = 25
    address: str = SERVER.ipv4
    mail_from: str = "<>"
    rcpt_to: str = OUTSIDE
    helo: str = "probe.club.example"
    first: str = "none"
    """What comes before MAIL: none, xclient, proxy, anonymous; qmqp is another protocol."""
    serves: bool = True
    """False: before the fix nobody's mail is taken, and nobody relays."""
    words: list[str] = field(default_factory=list)
    """Options of fix."""
    mends: str = ""
    """What fix is given, where that is not what audit is."""


CASES = [
    Case("mynetworks-all-ipv4", MAIN + GATE + "mynetworks = 127.0.0.0/8 [::1]/128 0.0.0.0/0\n"),
    Case("mynetworks-all-ipv6", MAIN + GATE + "mynetworks = 127.0.0.0/8 [::1]/128 [::]/0\n", address=SERVER.ipv6),
    Case("mynetworks-half-of-ipv4", MAIN + GATE + "mynetworks =\n    127.0.0.0/8\n    # customers\n    128.0.0.0/1\n"
         "    [::1]/128\n"),
    Case("mynetworks-in-a-file", MAIN + GATE + "mynetworks = 127.0.0.0/8 /etc/postfix/networks\n",
         files={"networks": "# ours\n192.168.7.0/24\n0.0.0.0/0\n"}),
    Case("mynetworks-in-a-cidr-table", MAIN + GATE + "mynetworks = 127.0.0.0/8 cidr:/etc/postfix/networks\n",
         files={"networks": "192.168.7.0/24 ok\n203.0.0.0/8 ok\n"}),
    Case("mynetworks-in-another-setting", MAIN + GATE + "customers = 192.0.0.0/2\n"
         "mynetworks = 127.0.0.0/8, $customers\n"),
    Case("mynetworks-of-one-service", MAIN + NETWORKS + GATE,
         master="2525 inet n - n - - smtpd\n  -o syslog_name=postfix/2525 -o mynetworks=0.0.0.0/0\n", port=2525),
    Case("mynetworks-host-bits", MAIN + GATE + "mynetworks = 127.0.0.1/8\n", serves=False),
    Case("relay-empty-client-access", MAIN + NETWORKS + "smtpd_relay_restrictions =\n"
         f"smtpd_recipient_restrictions = {FIRST},\n    # our partners\n    check_client_access static:OK,\n"
         "    reject_unauth_destination\n"),
    Case("sender-access-any", MAIN + NETWORKS + f"smtpd_relay_restrictions = {FIRST}, check_sender_access static:OK, "
         "reject_unauth_destination\n"),
    Case("sender-access-of-a-domain", MAIN + NETWORKS + f"smtpd_relay_restrictions = {FIRST}, check_sender_access "
         "hash:/etc/postfix/senders, reject_unauth_destination\n",
         files={"senders": "spam.example REJECT\npartner.example OK\n"}, maps=["senders"],
         mail_from="<x@partner.example>"),
    Case("helo-access", MAIN + NETWORKS + f"smtpd_relay_restrictions = {FIRST}, check_helo_access "
         "texthash:/etc/postfix/helo, reject_unauth_destination\n", files={"helo": "localhost OK\n"},
         helo="localhost"),
    Case("client-access-cidr", MAIN + NETWORKS + f"smtpd_relay_restrictions = {FIRST}, check_client_access "
         "cidr:/etc/postfix/clients, reject_unauth_destination\n",
         files={"clients": "198.51.100.7 OK\n203.0.0.0/8 OK\n"}, words=["--allow-loss"]),
    Case("recipient-access-pcre", MAIN + NETWORKS + f"smtpd_relay_restrictions = {FIRST}, check_recipient_access "
         "pcre:/etc/postfix/recipients, reject_unauth_destination\n",
         files={"recipients": "/example\\.com$/ OK\n/example\\.net$/ OK\n"}),
    Case("gate-only-warns", MAIN + NETWORKS + f"smtpd_relay_restrictions = {FIRST}, warn_if_reject "
         "reject_unauth_destination\nsmtpd_recipient_restrictions = permit_mynetworks, check_recipient_access static:OK, "
         "reject\n"),
    Case("class-permits", MAIN + NETWORKS + "smtpd_restriction_classes = friends\n"
         "friends = check_sender_access static:OK\n"
         f"smtpd_relay_restrictions = {FIRST}, friends, reject_unauth_destination\n"),
    Case("service-without-gate", MAIN + NETWORKS + GATE,
         master="10025 inet n - n - - smtpd\n  -o smtpd_relay_restrictions=\n"
         "  -o { smtpd_recipient_restrictions = check_client_access static:OK, reject }\n", port=10025),
    Case("xclient-for-everybody", MAIN + NETWORKS + GATE + "smtpd_authorized_xclient_hosts = 0.0.0.0/0\n",
         first="xclient"),
    Case("proxy-header-from-anybody", MAIN + NETWORKS + GATE,
         master="10026 inet n - n - - smtpd\n  -o smtpd_upstream_proxy_protocol=haproxy\n", port=10026, first="proxy",
         words=["--allow-loss"]),
    Case("qmqp-for-everybody", MAIN + NETWORKS + GATE + "qmqpd_authorized_clients = 0.0.0.0/0\n",
         master="628 inet n - n - - qmqpd\n", port=628, first="qmqp"),
    Case("relay-domains-top-level", MAIN + NETWORKS + GATE + "relay_domains = backup.example.org, net\n"),
    Case("mx-backup", MAIN + NETWORKS + f"smtpd_relay_restrictions = {FIRST}, permit_mx_backup, "
         "reject_unauth_destination\n", rcpt_to="<someone@backed-up.example.net>"),
    Case("alias-copies-the-domain", MAIN + NETWORKS + GATE + "virtual_alias_maps = pcre:/etc/postfix/virtual\n",
         files={"virtual": "# lists\n/^([^@=]+)=([^@=]+)@example\\.com$/ $1@$2\n"},
         rcpt_to="<someone=example.net@example.com>"),
    Case("two-holes", MAIN + GATE + "mynetworks = 127.0.0.0/8 0.0.0.0/0\n", first="none",
         master="2525 inet n - n - - smtpd\n  -o smtpd_relay_restrictions=\n"
         "  -o smtpd_recipient_restrictions=check_client_access,static:OK,reject\n"),
]

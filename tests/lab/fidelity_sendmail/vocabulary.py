"""What random configurations of Sendmail and attempts on them are made of."""

HOST, DOMAIN = "mail.example.com", "example.com"
# Names that the lab's server answers for; whom else the configuration names is in the configuration.
OWNED = ["example.com", "mail.example.com"]

# Features, how often each is used, and what its line may say.
FEATURES = [
    ("blocklist_recipients", 0.25, ["FEATURE(`blocklist_recipients')"]),
    ("relay_entire_domain", 0.13, ["FEATURE(`relay_entire_domain')"]),
    ("relay_hosts_only", 0.12, ["FEATURE(`relay_hosts_only')"]),
    ("relay_local_from", 0.08, ["FEATURE(`relay_local_from')"]),
    ("relay_mail_from", 0.10, ["FEATURE(`relay_mail_from')", "FEATURE(`relay_mail_from', `domain')"]),
    ("loose_relay_check", 0.10, ["FEATURE(`loose_relay_check')"]),
    ("relay_based_on_MX", 0.08, ["FEATURE(`relay_based_on_MX')"]),
    ("promiscuous_relay", 0.04, ["FEATURE(`promiscuous_relay')"]),
    ("nouucp", 0.25, ["FEATURE(`nouucp', `reject')", "FEATURE(`nouucp', `nospecial')"]),
    ("virtusertable", 0.25, ["FEATURE(`virtusertable')"]),
    ("virtuser_entire_domain", 0.05, ["FEATURE(`virtuser_entire_domain')"]),
    ("mailertable", 0.2, ["FEATURE(`mailertable')"]),
    ("domaintable", 0.06, ["FEATURE(`domaintable')"]),
    ("accept_unqualified_senders", 0.12, ["FEATURE(`accept_unqualified_senders')"]),
    ("accept_unresolvable_domains", 0.3, ["FEATURE(`accept_unresolvable_domains')"]),
    ("always_add_domain", 0.2, ["FEATURE(`always_add_domain')"]),
    ("nocanonify", 0.15, ["FEATURE(`nocanonify')", "FEATURE(`nocanonify', `canonify_hosts')"]),
    ("nopercenthack", 0.1, ["FEATURE(`nopercenthack')"]),
    ("lookupdotdomain", 0.08, ["FEATURE(`lookupdotdomain')"]),
    ("redirect", 0.1, ["FEATURE(`redirect')"]),
    ("stickyhost", 0.05, ["FEATURE(`stickyhost')"]),
    ("require_rdns", 0.05, ["FEATURE(`require_rdns')"]),
    ("use_client_ptr", 0.05, ["FEATURE(`use_client_ptr')"]),
    ("block_bad_helo", 0.05, ["FEATURE(`block_bad_helo')"]),
    ("badmx", 0.04, ["FEATURE(`badmx')"]),
    ("compat_check", 0.04, ["FEATURE(`compat_check')"]),
    ("dnsbl", 0.05, ["FEATURE(`dnsbl', `blocked.example')", "FEATURE(`enhdnsbl', `blocked.example')"]),
    ("conncontrol", 0.05, ["FEATURE(`conncontrol', `nodelay', `terminate')"]),
    ("ratecontrol", 0.05, ["FEATURE(`ratecontrol', `nodelay', `terminate')"]),
    ("local_procmail", 0.05, ["FEATURE(`local_procmail')"]),
]
DELAY_CHECKS = ["FEATURE(`delay_checks')", "FEATURE(`delay_checks', `friend')", "FEATURE(`delay_checks', `friend', `n')",
                "FEATURE(`delay_checks', `hater', `n')"]
ACCESS = ["FEATURE(`access_db')", "FEATURE(`access_db', , `skip')", "FEATURE(`access_db', `hash -T<TMPF> -o /etc/mail/access')",
          "FEATURE(`access_db', `btree -T<TMPF> /etc/mail/access')"]
DEFINES = [
    ("define(`SMART_HOST', `out.isp.example')", 0.06), ("define(`SMART_HOST', `relay:[198.51.100.25]')", 0.03),
    ("define(`LUSER_RELAY', `esmtp:in.relayed.example')", 0.05), ("define(`LUSER_RELAY', `local:alice')", 0.02),
    ("define(`LOCAL_RELAY', `in.relayed.example')", 0.02), ("define(`MAIL_HUB', `in.relayed.example')", 0.02),
    ("MASQUERADE_AS(`example.com')", 0.15), ("LOCAL_USER(`alice')", 0.05), ("define(`confALLOW_BOGUS_HELO', `True')", 0.1),
    ("define(`confDONT_PROBE_INTERFACES', `True')", 0.1), ("define(`confPRIVACY_FLAGS', `goaway,needmailhelo')", 0.05),
    ("define(`confDELIVERY_MODE', `background')", 0.1), ("EXPOSED_USER(`root')", 0.1),
    ("LOCAL_DOMAIN(`dept.example.com')", 0.12), ("LOCAL_DOMAIN(`club.example')", 0.04),
    ("RELAY_DOMAIN(`relayed.example')", 0.3), ("RELAY_DOMAIN(`.example.org')", 0.08), ("RELAY_DOMAIN(`192.168.1')", 0.12),
    ("RELAY_DOMAIN(`2001:db8:77')", 0.06), ("RELAY_DOMAIN(`IPv6:2001:db8:9')", 0.06), ("RELAY_DOMAIN(`club.example')", 0.08),
    ("RELAY_DOMAIN(`10.20 203.0.113.77')", 0.08), ("RELAY_DOMAIN(`example')", 0.03), ("RELAY_DOMAIN(`example.net')", 0.05),
    ("VIRTUSER_DOMAIN(`virtual.example')", 0.15), ("TRUST_AUTH_MECH(`PLAIN LOGIN')", 0.2),
    ("define(`confMAX_RCPTS_PER_MESSAGE', `2')", 0.03), ("define(`confBAD_RCPT_THROTTLE', `3')", 0.05),
    ("MODIFY_MAILER_FLAGS(`LOCAL', `+P')", 0.05)]

KEYS_CLIENT = ["192.168.1", "192.168", "10.20.30.40", "10", "203.0.113", "203.0.113.9", "203.0.113.66", "198.18.7",
               "198.18.7.1", "club.example", "probe.club.example", "example", "example.com", "inside.example.com",
               "dept.example.com", "gw.dept.example.com", "relay.example.net", "IPv6:2001:db8:9", "IPv6:2001:db8:9:0:0:0:0:9",
               "IPv6:2001:db8:77", "2001:db8:9::9", "localhost", "localhost.localdomain", "127.0.0.1", "ALL", "[203.0.113.9]",
               "pc1.example.com", "mail.club.example", ".club.example", "203", "198.51.100"]
KEYS_SENDER = ["club.example", "bob@club.example", "bob@", "example.net", "example.com", "alice@example.com", "alice@",
               "example.org", "<>", "relayed.example", "x@example.net", "mail.club.example", "example", ".example.org", "alice"]
KEYS_RECIPIENT = ["example.net", "nobody7@example.net", "nobody7@", "example.com", "alice@example.com", "alice@", "relayed.example",
                  "in.relayed.example", "x@relayed.example", "club.example", "example.org", "example", "bob@", "virtual.example",
                  "sub.example.net", ".example.net", "postmaster@"]
RESULTS = [("RELAY", 9), ("OK", 6), ("REJECT", 5), ("DISCARD", 1), ("SKIP", 1.5), ('ERROR:"550 5.7.1 go away"', 1.5),
           ("ERROR:5.7.1:550 not here", 1), ("ERROR:4.7.1:451 later", 1), ("450 4.2.0 not now", 0.7), ("554 no", 0.7),
           ("QUARANTINE:odd", 0.5), ("relay", 0.4), ("FRIEND", 0.3), ("HATER", 0.3), ("RELAY # for now", 0.3), ("Anything", 0.4)]
TAGS_CLIENT = [("Connect:", 6), ("", 4), ("connect:", 1)]
TAGS_SENDER = [("From:", 6), ("", 3)]
TAGS_RECIPIENT = [("To:", 6), ("", 3), ("Spam:", 1)]
FRIENDS = ["Spam:example.com\tFRIEND", "Spam:alice@\tFRIEND", "Spam:nobody7@example.net\tFRIEND", "Spam:example.net\tHATER",
           "Spam:alice@example.com\tHATER", "Spam:relayed.example\tFRIEND"]

VIRTUAL = ["info@example.com\talice", "@virtual.example\talice", "x@virtual.example\tnobody7@example.net", "@club.example\t%1@example.org",
           "sales@virtual.example\terror:nouser 550 No such user here", "@virtual.example\t%1@example.com", "bob@\talice@example.com",
           "nobody7@example.com\tx@relayed.example", "@example.com\talice", "alice+*@example.com\talice+%2"]
ROUTES = ["relayed.example\tesmtp:[198.51.100.25]", "in.relayed.example\tsmtp:mx.example.net", ".example.org\trelay:out.isp.example",
          "example.org\terror:5.7.0:550 mail refused", "club.example\tlocal:alice", "example.net\tesmtp:out.isp.example",
          ".\tesmtp:[198.51.100.25]", "virtual.example\tlocal:"]
DOMAINS = ["old.example.com\texample.com", "example.org\texample.net", "short\texample.com"]
LOCAL_NAMES = ["example.com", "virtual.example", "dept.example.com", "mail.relayed.example", "[198.51.100.99]", "EXAMPLE.com",
               "# not.example.org", "club.example # ours"]
RELAY_NAMES = ["relayed.example", "in.relayed.example", "192.168.1", "192.168.1.77", "10", "203.0.113.66", "example.org", "net",
               "198.18.7", "IPv6:2001:db8:77", "2001:db8:9:0:0:0:0:9", "gw.dept.example.com", "probe.club.example", "[203.0.113.77]",
               "192.168.1.0/24", "example", "*.club.example", ".club.example", "sub.example.net"]
ALIASES = "postmaster: root\nroot: alice\nout: nobody7@example.net\nlist: x@relayed.example, out\nabuse: alice, bob@example.org\n" \
          "hole: /dev/null\nMAILER-DAEMON: postmaster\n"

# With them a client can show a certificate.
TLS = "define(`confCACERT_PATH', `/etc/ssl/lab')dnl\ndefine(`confCACERT', `/etc/ssl/lab/ca.pem')dnl\n" \
      "define(`confSERVER_CERT', `/etc/ssl/lab/server.pem')dnl\ndefine(`confSERVER_KEY', `/etc/ssl/lab/server.key')dnl\n"
OF_TLS = ["CERTIssuer:/CN=Lab+20Authority\tRELAY", "CERTIssuer:/CN=Lab+20Authority\tSUBJECT", "CERTSubject:/CN=pc1.example.com\tRELAY",
          "CERTSubject:/CN=stranger.example\tRELAY", "CERTIssuer:/CN=stranger.example\tRELAY", "TLS_Clt:club.example\tVERIFY",
          "TLS_Clt:203.0.113.9\tENCR:128", "TLS_Clt:\tPERM+VERIFY:112"]

# Client, its PTR name, whether that is confirmed: as the lab's DNS has them.
CLIENTS = [("203.0.113.9", "probe.club.example", True), ("203.0.113.66", "inside.example.com", False),
           ("203.0.113.77", None, False), ("198.18.7.1", "mail.club.example", True),
           ("198.18.7.2", "pc1.example.com", False), ("198.18.7.3", "gw.dept.example.com", True),
           ("2001:db8:9::9", "probe.club.example", True), ("2001:db8:77::3", "relay.example.net", True),
           ("192.168.1.77", None, False), ("10.20.30.40", None, False), ("198.51.100.99", None, False),
           ("2001:db8:9::66", "inside.example.com", False), ("127.0.0.1", "localhost", True)]
HELOS = ["club.example", "mail.example.com", "example.com", "[203.0.113.9]", "localhost", "unqualified", "x.invalid"]
OUTSIDE = ["nobody7@example.net", "bob@example.org", "x@club.example", "x@example.net", "alice@example.org", "x@sub.example.net"]
RECIPIENTS = ["alice@example.com", "nobody7@example.com", "postmaster@mail.example.com", "x@relayed.example",
              "x@in.relayed.example", "nobody7@example.net", "bob@example.org", "x@club.example", "ALICE@EXAMPLE.com",
              "alice+tag@example.com", "out@example.com", "list@example.com", "abuse@example.com", "info@example.com",
              "x@virtual.example", "sales@virtual.example", "alice@dept.example.com", "x@mail.relayed.example"]
ODD = ["<Postmaster>", "<postmaster>", "<alice>", "<@example.com:nobody7@example.net>", '<"nobody7@example.net"@example.com>',
       '<"alice"@example.com>', '<"alice">', "<nobody7@example.net", "<alice@[192.0.2.25]>", "<a..b@example.net>",
       "nobody7@example.net", "<alice@example.com.>", "<a b@example.com>", "<example.net!nobody7@example.com>", "<>",
       "<nobody7@[198.51.100.25]>", "<x@EXAMPLE.net>", "<nobody7%example.net>", "<@a.example,@b.example:x@example.net>",
       "<nobody7%example.net@relayed.example>", "<nobody7%example.net@example.com>", "<example.net!nobody7>",
       "<nobody7%example.net@[192.0.2.25]>", "<nobody7@example.net@example.com>", '<"nobody7%example.net">',
       "<@example.com:nobody7%example.net>", "<example.org!nobody7%example.net@example.com>", "<nobody7@example.net@>",
       "<@example.net>", '<"nobody7@example.net">', "<alice@localhost>", "<alice@mail>", "<alice@example.com@example.net>",
       "(comment) <nobody7@example.net>", "<nobody7(x)@example.net>", "<alice@example.com:25>", "<alice@example.net.REDIRECT>",
       "<nobody7@example.net.example.com>", "<nobody7::example.net>", "<alice@[IPv6:2001:db8:25::25]>", "<a@b@c@example.com>",
       "<postmaster@>", "<alice\\@example.net@example.com>", "<|/bin/sh>", "</etc/passwd>", "<:include:/etc/passwd>",
       "<nobody7@example.net>>", "<<nobody7@example.net>>", "<alice@club.example.>", "<x.y.z@sub.example.net>"]
FROM = ["<bob@club.example>", "<>", "<alice@example.com>", "<x@example.net>", "<bob@example.org>", "<ALICE@Example.com>",
        "<x@relayed.example>", "<bob@mail.club.example>"]
ODD_FROM = ["<nobody7@example.com>", "<alice>", "<a@[203.0.113.9]>", "<x@missing.invalid>", "<bob@unqualified>", "<@club.example:bob@example.org>",
            "<example.org!bob>", "<bob%example.org@example.com>", "bob@club.example", "<postmaster>", "<bob@localhost>", "<a@b@club.example>"]

"""What random configurations of Exim and the attempts on them are made of; what both name is the same, so that they meet."""
HOST, DOMAIN = "mail.example.com", "example.com"
OWNED = ["example.com", "mail.example.com", "localhost", "relayed.example", "in.relayed.example"]

NETWORKS = ["198.18.7.0/30", "198.18.7.2", "10.0.0.0/8", "192.168.0.0/16", "203.0.113.64/28", "203.0.113.9", "203.0.113.0/25",
            "!203.0.113.66", "!198.18.7.1", "127.0.0.1", "*.club.example", "*.example.com", "!*.example.net", "^probe",
            "@[]", "2001:db8:9::/48", "!2001:db8:77::3", "*", "gw.dept.example.com", "+include_unknown", "+ignore_unknown",
            "net-lsearch;/etc/exim4/clients", "net24-lsearch;/etc/exim4/clients", "lsearch;/etc/exim4/names",
            "/etc/exim4/hostfile", "128.0.0.0/1", "8.8.8.0/24", "!10.1.2.0/23", "2000::/3", "+relay_from_hosts"]
# What reads as a network, for attempts at its edges.
SPANS = {"/etc/exim4/hostfile": ["203.0.113.9", "203.0.113.0/25", "10.20.30.40"],
         "net24-lsearch;/etc/exim4/clients": ["203.0.113.0/24"], "net-lsearch;/etc/exim4/clients": ["198.18.7.1"]}
DOMAINS = ["example.com", "@", "relayed.example", "*.relayed.example", "^rel.*\\.example\\$", "example.net", "!example.org",
           "lsearch;/etc/exim4/domains", "partial-lsearch;/etc/exim4/domains", "nwildlsearch;/etc/exim4/wild", "*",
           "!club.example", "/etc/exim4/domainfile", "dsearch;/etc/exim4/virtual", "cdb;/etc/exim4/domains.cdb", "*.net"]
SENDERS = ["*@example.com", "alice@example.com", ":", "*.club.example", "example.net", "^bob@", "!bob@club.example",
           "+ourselves", "lsearch;/etc/exim4/senders", "lsearch*@;/etc/exim4/senders", "*", "bob@+relay_to_domains", "*ice@*.com"]
LOCAL_PARTS = ["postmaster", "^a", "*ice", "!bob", "nobody7 : root", "+known", "^.*[@%!/|]", "lsearch;/etc/aliases"]
RECIPIENT_ITEMS = ["alice@example.com", "*@example.net", "+ourselves", "^nobody7", "*.relayed.example", "!x@club.example"]
HELOS = ["club.example", "mail.example.com", "localhost", "[203.0.113.9]", "probe.club.example", "sesame"]
# By a name of what is asked, so that it can be counted.
EXPANSIONS = {
    "eq helo": "${if eq{$sender_helo_name}{club.example}}", "def helo": "${if def:sender_helo_name {yes}{no}}",
    "match sender": "${if match{$sender_address}{\\N@example\\.(net|com)$\\N}}",
    "match_domain": "${if match_domain{$domain}{+local_domains}{0}{1}}",
    "eqi sender domain": "${if eqi{$sender_address_domain}{EXAMPLE.COM}{true}{false}}",
    "eq client": "${if eq{$sender_host_address}{203.0.113.9}}",
    "match_ip": "${if match_ip{$sender_host_address}{10.0.0.0/8 : 203.0.113.0/26}}",
    "def host name": "${if !def:sender_host_name}", "and": "${if and{{eq{$local_part}{alice}}{!eq{$domain}{example.net}}}}",
    "eq sender": "${if eq{$sender_address}{}{1}{0}}",
    "or": "${if or{{eq{$sender_helo_name}{localhost}}{def:sender_host_name}} {yes}{no}}", "true": "yes", "false": "no",
    "lookup domain": "${lookup{$domain}lsearch{/etc/exim4/domains}{yes}{no}}",
    "lookup sender": "${lookup{$sender_address}lsearch{/etc/exim4/senders}{$value}}",
    "match_local_part": "${if match_local_part{$local_part}{+known}}",
    "match_address": "${if match_address{$sender_address}{*@club.example : +ourselves}}",
    "same domains": "${if eqi{$sender_address_domain}{$domain}}", "inlist": "${if inlist{$domain}{example.net:example.org}}",
    "exists": "${if exists{/etc/exim4/domains}}", "acl_m": "${if eq{$acl_m_seen}{yes}}", "acl_c": "${if eq{$acl_c_trust}{full}}",
    "port": "${if ={$received_port}{587}}", "def login": "${if def:sender_host_authenticated}",
    "def cipher": "${if def:tls_in_cipher}", "isip6": "${if isip6{$sender_host_address}}",
    "login name": "${if eq{$authenticated_id}{alice}}"}
OF_RECIPIENT = {"match_domain", "and", "lookup domain", "match_local_part", "same domains", "inlist"}
OF_MAIL = {"match sender", "eqi sender domain", "eq sender", "lookup sender", "match_address", "acl_m"}

# Client, its PTR name, whether that is confirmed: as the lab's DNS has them.
CLIENTS = [("203.0.113.9", "probe.club.example", True), ("203.0.113.66", "inside.example.com", False),
           ("203.0.113.77", None, False), ("198.18.7.1", "mail.club.example", True),
           ("198.18.7.2", "pc1.example.com", False), ("198.18.7.3", "gw.dept.example.com", True),
           ("2001:db8:9::9", "probe.club.example", True), ("2001:db8:77::3", "relay.example.net", True),
           ("192.168.1.77", None, False), ("10.20.30.40", None, False), ("198.51.100.99", None, False),
           ("2001:db8:9::66", "inside.example.com", False), ("127.0.0.1", "localhost", True)]
OUTSIDE = ["nobody7@example.net", "bob@example.org", "x@club.example", "x@example.net", "alice@example.org"]
RECIPIENTS = ["alice@example.com", "nobody7@example.com", "postmaster@mail.example.com", "x@relayed.example",
              "x@in.relayed.example", "nobody7@example.net", "bob@example.org", "x@club.example", "ALICE@EXAMPLE.com",
              "nobody7%example.net@example.com", "bob=example.org@example.com", "alice+tag@example.com", "real-alice@example.com",
              "out@example.com", "list@example.com", "abuse@example.com", "failing@example.com", "hole@example.com"]
ODD = ["<Postmaster>", "<alice>", "<@example.com:nobody7@example.net>", '<"nobody7@example.net"@example.com>',
       '<"alice"@example.com>', '<"alice">', "<nobody7@example.net", "<alice@[192.0.2.25]>", "<a..b@example.net>",
       "nobody7@example.net", "<alice@example.com.>", "<a b@example.com>", "<example.net!nobody7@example.com>", "<>",
       "<nobody7@[198.51.100.25]>", "<x@EXAMPLE.net>", "<nobody7%example.net>", "<@a.example,@b.example:x@example.net>",
       "<nobody7%example.net@relayed.example>"]
FROM = ["<bob@club.example>", "<>", "<alice@example.com>", "<x@example.net>", "<bob@example.org>", "<ALICE@Example.com>",
        "<x@relayed.example>"]
ODD_FROM = ["<nobody7@example.com>", "<x@mail.club.example>", "<alice>", "<a@[203.0.113.9]>", "<bob@big.example>"]

FILES = {
    "etc/exim4/domains": "example.net\nrelayed.example: yes\n*.example.org\n",
    "etc/exim4/wild": "*.club.example: x\n^rel\n!example.com\n",
    "etc/exim4/domainfile": "# ours\nrelayed.example\n!in.relayed.example\n*.example.org\n",
    "etc/exim4/virtual/example.org": "bob: alice\n", "etc/exim4/virtual/relayed.example": "x: nobody7@example.net\n",
    "etc/exim4/clients": "198.18.7.1: ok\n203.0.113.0/24: ok\n",
    "etc/exim4/names": "probe.club.example: ok\ngw.dept.example.com\n",
    "etc/exim4/hostfile": "!203.0.113.9\n203.0.113.0/25\n10.20.30.40 # inside\n",
    "etc/exim4/senders": "bob@club.example: yes\n*@example.net: yes\nalice@example.com: no\n",
    "etc/exim4/routes": "in.relayed.example: mx.example.net byname\n",
    "etc/aliases": "postmaster: root\nroot: alice\nout: nobody7@example.net\nfailing: :fail: no such\n"
                   "hole: :blackhole:\nabuse: alice, bob@example.org\nlist: x@relayed.example, out\n",
    "etc/nsswitch.conf": "passwd: files\n",
}

MAIN = ["tls_advertise_hosts = *", "tls_certificate = /etc/ssl/lab/server.pem", "tls_privatekey = /etc/ssl/lab/server.key",
        "tls_verify_certificates = /etc/ssl/lab/ca.pem", "tls_try_verify_hosts = *", "daemon_smtp_ports = 25 : 587",
        "smtp_accept_max_per_connection = 0", "queue_only", "rfc1413_query_timeout = 0s", "smtp_accept_max = 0", "log_selector = +all",
        "keep_environment ="]
OPTIONS = [("host_lookup = *", 0.4), ("allow_domain_literals", 0.2), ("percent_hack_domains = *", 0.1),
           ("percent_hack_domains = example.com", 0.1), ("host_reject_connection = 10.0.0.0/8", 0.05),
           ("strip_trailing_dot", 0.1), ("hosts_require_helo =", 0.1), ("helo_allow_chars = _", 0.1),
           ("helo_accept_junk_hosts = *", 0.05)]

# Pattern and replacement of rewriting rules, which lead round in no circle; flags are thrown besides those that are here.
REWRITES = ["*7@example.com $1@club.example", "hole@example.com bob@example.org", "nobody7@example.com alice@example.com",
            "\\N^([^%]+)%(.+)@example\\.com$\\N $1@$2", "\\N^([^=]+)=(.+)@(example\\.com)$\\N $1@$2",
            "*@relayed.example $1@example.com", "*@in.relayed.example $local_part@relayed.example", "*@example.net *",
            "*@example.org $1@$domain", "x@* alice@example.com", "*7@example.net $1@example.org", "*@+local_domains $1@example.com",
            "!*@+local_domains alice@example.com", "bob@lsearch;/etc/exim4/domains root@example.com", "*@club.example root Q",
            "*@club.example root", "alice@example.org \"${if eq{$domain}{example.org}{out@example.com}fail}\"",
            "*@example.org \"${if eq{$local_part}{bob}{x@example.net}fail}\"", "^(?i)abuse@ hole@example.com",
            "\\N^(.*)-alice@(.*)$\\N $1@$2", "*@example.com ${sg{$local_part}{%}{@}}", "out@example.com x@club.example R",
            "^nobody7%(.*)@example.com$ x@example.net"]
# Before MAIL and RCPT are read; over and over; round and round with an alias.
SMTP_REWRITES = ["\\N^<?([^%]+)%([^@]+)@example\\.com>?$\\N $1@$2", "\\N^<([^!]+)!([^@>]+)(@.*)?>$\\N $2@$1",
                 "^([^%]*)%([^@]*)@example.com $1@$2", "\\N^<bob@example\\.org>$\\N alice@example.com",
                 "\\N^<?x@\\N nobody7@example.net", "\\N^(?i)<alice@example\\.com>$\\N out@example.com",
                 "\\N^<>$\\N bob@club.example", "\\N^<nobody7@(.*)>$\\N bob Q", "\\N^(.*)=(.*)@example\\.com>$\\N $1@$2>",
                 "\\N^<x@example\\.net>$\\N unqualified", "\\N^<?a(.*)$\\N <$1 R", "\\N^<?x+([^@]*)@(.*)>$\\N <$1@$2>",
                 "\\N^nobody7@(.*)$\\N alice@example.com", "\\N^<([^@]*)@([^@]*)@[^@]*>$\\N $1@$2"]
SMTP_FLAGS = ["S", "S", "S", "Sq", "SR", "ST"]
REPEATED = ["\\N^(.*)%([^%@]*)@example\\.com$\\N $1@$2", "\\N^x(.*)@(.*)$\\N $1@$2", "*@example.com $1@example.com",
            "\\N^([^-]*)-(.*)@example\\.com$\\N $2@example.com", "*@in.relayed.example x$1@in.relayed.example",
            "\\N^nobody7(.*)@example\\.net$\\N nobody7x$1@example.net", "alice@example.com out@example.com",
            "\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2", "*@example.org $1@example.net", "\\N^x(.*)@(.*)$\\N x$1@$2"]
REPEATED_FLAGS = ["R", "R", "Rq", "TR", "EqR", "FR"]
CIRCLES = ["alice@example.com root@example.com", "nobody7@example.net out@example.com", "root@example.com postmaster@example.com",
           "*@relayed.example list@example.com", "bob@example.org abuse@example.com", "*@club.example $1@example.org"]
ROUND = ["xxalice@example.com", "nobody7%example.net%example.com@example.com", "a-b-alice@example.com", "xxx@example.net",
         "nobody7@example.net", "list@example.com", "out@example.com", "postmaster@example.com", "xxxxxxxxxxxxbob@example.org",
         "aabob@example.org"]
ODD_ROUND = ["<example.net!nobody7>", "<nobody7@example.net@example.com>", "<nobody7>", "nobody7@example.net", "< x@example.net >"]
REWRITE_FLAGS = ["", "", "T", "T", "E", "q", "Tq", "Eq", "F", "h", "Tfs"]

AUTHENTICATORS = {
    "secret": """plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${if and{{eq{$auth2}{alice}}{eq{$auth3}{secret}}}}
  server_set_id = $auth2
""",
    "anybody": """login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if !eq{$auth1}{}}
  server_set_id = $auth1
"""}

TRANSPORTS = """
begin transports
remote_smtp:
  driver = smtp
  connection_max_messages = 1
local_delivery:
  driver = appendfile
  file = /var/mail/all
  user = alice

begin retry
* * F,2h,15m
"""

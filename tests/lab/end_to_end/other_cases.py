"""Ways to be an open relay that a configuration of Exim, OpenSMTPD or Sendmail shows, and how a stranger uses each."""
from end_to_end.cases import Case

EXIM = "exim4.conf"
ANSWERS = "update-exim4.conf.conf"
SMTPD = "smtpd.conf"

MAIN = """primary_hostname = mail.example.com
qualify_domain = example.com
domainlist local_domains = example.com : mail.example.com : localhost
domainlist relay_to_domains =
hostlist relay_from_hosts = <; {hosts}
acl_smtp_rcpt = acl_check_rcpt
host_lookup = *
rfc1413_query_timeout = 0s
keep_environment =
daemon_smtp_ports = 25

begin acl

acl_check_rcpt:
{first}  accept  hosts         = :

  deny    message       = Restricted characters in address
          local_parts   = {odd}

  require verify        = sender

  accept  hosts         = +relay_from_hosts

  accept  authenticated = *

  require message       = relay not permitted
          domains       = +local_domains : +relay_to_domains

  require verify        = recipient

  accept

begin routers
{router}
dnslookup:
  driver = dnslookup
  domains = ! +local_domains
  transport = remote_smtp
  no_more

system_aliases:
  driver = redirect
  data = ${{lookup{{$local_part}}lsearch{{/etc/aliases}}}}

localuser:
  driver = accept
  check_local_user
  transport = local_delivery

begin transports

remote_smtp:
  driver = smtp

local_delivery:
  driver = appendfile
  file = /var/mail/all
  user = alice

begin retry

*  *  F,2h,15m

begin authenticators

plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{alice@example.com}}}}{{eq{{$auth3}}{{correct horse}}}}}}}}
  server_set_id = $auth2
{login}"""
HACK = """
percent:
  driver = redirect
  domains = +local_domains
  local_parts = ^[^%]+%[^%]+\\$
  data = ${sg{$local_part}{%}{@}}
"""
ANYBODY = """
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = true
"""
DEBIAN = """dc_eximconfig_configtype='internet'
dc_other_hostnames='example.com'
dc_local_interfaces=''
dc_readhost=''
dc_relay_domains='{domains}'
dc_minimaldns='false'
dc_relay_nets='{nets}'
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='{split}'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='mail_spool'
"""
TABLES = """table aliases file:/etc/aliases
{tables}
listen on 0.0.0.0
listen on ::
{listens}
action "local" mbox alias <aliases>
action "relay" relay
{actions}
match for local action "local"
match from any for domain "example.com" action "local"
{rules}"""


SENDMAIL = """include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
DOMAIN(`debian-mta')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet6, Name=MTA-v6, Port=smtp')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA-v4, Port=smtp')dnl
FEATURE(`use_cw_file')dnl
FEATURE(`access_db', , `skip')dnl
{features}
MAILER(`local')dnl
MAILER(`smtp')dnl
"""
ACCESS = "Connect:127        RELAY\nConnect:IPv6:::1   RELAY\n"
HOSTS = "example.com\nmail.example.com\n"


def exim(hosts: str = "127.0.0.1 ; ::1", first: str = "", odd: str = "^.*[@%!/|]", router: str = "", login: str = "") -> str:
    return MAIN.format(hosts=hosts, first=first, odd=odd, router=router, login=login)


def smtpd(rules: str, tables: str = "", listens: str = "", actions: str = "") -> str:
    return TABLES.format(rules=rules, tables=tables, listens=listens, actions=actions)


def sendmail(access: str = "", features: str = "dnl", **files: str) -> dict[str, str]:
    return {"sendmail.mc": SENDMAIL.format(features=features), "access": ACCESS + access, "local-host-names": HOSTS,
            "trusted-users": "root\n", **{name.replace("_", "-"): text for name, text in files.items()}}


OTHERS = {
    "exim": [
        Case("exim-hosts-of-everybody", "", files={EXIM: exim(hosts="*")}),
        Case("exim-hosts-half-of-ipv4", "", files={EXIM: exim(hosts="127.0.0.1 ; 192.0.0.0/2")}),
        Case("exim-accepts-first", "", files={EXIM: exim(first="  accept\n          senders = !nobody@example.org\n")}),
        Case("exim-sender-in-own-domain", "", files={EXIM: exim(first="  accept  sender_domains = +local_domains\n")},
             mail_from="<alice@example.com>"),
        Case("exim-helo-sesame", "", files={EXIM: exim(first="  accept  condition = ${if eq{$sender_helo_name}{sesame}}\n")},
             helo="sesame"),
        Case("exim-relay-to-anything", "", files={EXIM: exim().replace("relay_to_domains =", "relay_to_domains = *")}),
        Case("exim-percent-router", "", files={EXIM: exim(odd="^[.]", router=HACK)},
             rcpt_to="<someone%example.net@example.com>"),
        Case("exim-login-for-anybody", "", files={EXIM: exim(login=ANYBODY)}, first="login"),
        Case("exim-debian-nets", "", files={ANSWERS: DEBIAN.format(nets="0.0.0.0/0", domains="", split="false")}),
        Case("exim-debian-split-nets", "", files={ANSWERS: DEBIAN.format(nets="192.168.1.0/24 : 203.0.0.0/8", domains="", split="true")},
             words=["--allow-loss"]),
        Case("exim-debian-split-domains", "", files={ANSWERS: DEBIAN.format(nets="", domains="*", split="true")}),
    ],
    "opensmtpd": [
        Case("opensmtpd-any-to-any", "", files={SMTPD: smtpd('match from local for any action "relay"\n'
                                                             'match from any for any action "relay"\n')}),
        Case("opensmtpd-only-any", "", files={SMTPD: smtpd('match from any for any action "relay"\n')}),
        Case("opensmtpd-dkimproxy", "", files={SMTPD: smtpd(
            'match tag DKIM_OUT for any action "relay"\nmatch from any for any action "dkim"\n',
            listens="listen on 127.0.0.1 port 10028 tag DKIM_OUT\n",
            actions='action "dkim" relay host smtp://127.0.0.1:10027\n')}, words=["--allow-loss"]),
        Case("opensmtpd-own-sender", "", files={SMTPD: smtpd('match from local for any action "relay"\n'
                                                             'match from any mail-from "@example.com" for any action "relay"\n')},
             mail_from="<alice@example.com>"),
        Case("opensmtpd-unconfirmed-name", "", files={SMTPD: smtpd('match from local for any action "relay"\n'
                                                                   'match from rdns "probe.club.example" for any action "relay"\n')}),
        Case("opensmtpd-networks-in-a-file", "", files={
            SMTPD: smtpd('match from src <nets> for any action "relay"\nmatch from local for any action "relay"\n',
                         tables="table nets file:/etc/nets\n"), "nets": "# ours\n192.168.7.0/24\n203.0.0.0/8\n"},
             words=["--allow-loss"]),
        Case("opensmtpd-all-ipv6", "", files={SMTPD: smtpd('match from src "2000::/3" for any action "relay"\n'
                                                           'match from local for any action "relay"\n')},
             address="2001:db8:25::25"),
        Case("opensmtpd-domains-of-others", "", files={SMTPD: smtpd(
            'match from any for domain { "example.org", "*.net" } action "relay"\n')}, rcpt_to="<someone@example.net>"),
    ],
    "sendmail": [
        Case("sendmail-access-octet", "", files=sendmail("Connect:203        RELAY\n"), words=["--allow-loss"]),
        Case("sendmail-access-untagged", "", files=sendmail("# customers\n192.168.7   RELAY\n203.0         RELAY\n"),
             words=["--trusted", "192.168.7.0/24", "--allow-loss"]),
        Case("sendmail-access-ipv6", "", files=sendmail("Connect:IPv6:2001  RELAY\n"), address="2001:db8:25::25",
             words=["--allow-loss"]),
        Case("sendmail-access-name", "", files=sendmail("Connect:example    RELAY\n"), words=["--allow-loss"]),
        Case("sendmail-access-to", "", files=sendmail("To:net             RELAY\n")),
        Case("sendmail-access-from", "", files=sendmail("From:club.example  RELAY\n", "FEATURE(`relay_mail_from', `domain')dnl"),
             mail_from="<x@club.example>"),
        Case("sendmail-relay-domains", "", files=sendmail(relay_domains="backup.example.org\nnet\n")),
        Case("sendmail-promiscuous", "", files=sendmail(features="FEATURE(`promiscuous_relay')dnl"),
             mends="/etc/mail/sendmail.mc"),
        Case("sendmail-local-from", "", files=sendmail(features="FEATURE(`relay_local_from')dnl"), mends="/etc/mail/sendmail.mc",
             mail_from="<alice@example.com>"),
        Case("sendmail-loose-check", "", files=sendmail(features="FEATURE(`loose_relay_check')dnl"), mends="/etc/mail/sendmail.mc",
             rcpt_to="<someone%example.net@example.com>"),
        Case("sendmail-based-on-mx", "", files=sendmail(features="FEATURE(`relay_based_on_MX')dnl"), mends="/etc/mail/sendmail.mc",
             rcpt_to="<someone@backed-up.example.net>"),
    ],
}

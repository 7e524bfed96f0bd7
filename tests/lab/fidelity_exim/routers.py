"""The routers that random configurations choose from, in an order that means something."""
import random

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
UNREWRITTEN = """unrewritten:
  driver = redirect
  domains = in.relayed.example : relayed.example
  data = $local_part@example.com
  rewrite = false
"""
CATCHALL = """catchall:
  driver = redirect
  domains = in.relayed.example : relayed.example
  data = $local_part@example.com
"""
HOLE = """hole:
  driver = redirect
  domains = ! +local_domains : ! example.net
  data = :blackhole:
"""
REFUSING = """refusing:
  driver = redirect
  domains = example.org
  allow_fail
  data = :fail: not there
"""
DEFERRING = """deferring:
  driver = redirect
  domains = club.example
  allow_defer
  data = :defer: later
"""
MANUAL = """manual:
  driver = manualroute
  domains = ! +local_domains
  route_list = example.net mx.example.net byname ; *.relayed.example mx.example.net byname
  transport = remote_smtp
"""
SMART = """smart:
  driver = manualroute
  domains = ! +local_domains
  route_list = * mx.example.net byname
  transport = remote_smtp
  no_more
"""
ROUTED = """routed:
  driver = manualroute
  route_data = ${lookup{$domain}lsearch{/etc/exim4/routes}}
  transport = remote_smtp
"""
VIRTUAL = """virtual:
  driver = redirect
  domains = dsearch;/etc/exim4/virtual
  data = ${lookup{$local_part}lsearch{/etc/exim4/virtual/relayed.example}}
  no_more
"""
CONDITIONAL = """conditional:
  driver = accept
  condition = ${if eq{$sender_address_domain}{example.com}}
  domains = +local_domains : example.org
  transport = local_delivery
"""
OF_SENDERS = """of_senders:
  driver = redirect
  senders = *@club.example : bob@example.org
  domains = ! +local_domains
  data = alice@example.com
"""
VERIFIED = """verified:
  driver = accept
  domains = relayed.example
  verify_only
"""
UNVERIFIED = """unverified:
  driver = accept
  local_parts = nobody7
  domains = +local_domains
  no_verify
  transport = local_delivery
"""
REMOTE = """dnslookup:
  driver = dnslookup
  domains = {domains}
  transport = remote_smtp
{more}"""
REAL = """real:
  driver = accept
  domains = +local_domains
  check_local_user
  local_part_prefix = real-
  transport = local_delivery
"""
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
CHANCES = ((PERCENT, 0.15), (EQUALS, 0.15), (CATCHALL, 0.1), (HOLE, 0.05), (MANUAL, 0.2), (REFUSING, 0.05), (DEFERRING, 0.05),
           (ROUTED, 0.1), (VIRTUAL, 0.1), (CONDITIONAL, 0.1), (OF_SENDERS, 0.1), (VERIFIED, 0.1), (UNVERIFIED, 0.1),
           (SMART, 0.1))


def routers(dice: random.Random, rewrites: bool = False) -> str:
    found = [text for text, chance in CHANCES if dice.random() < chance]
    if rewrites:
        found = [UNREWRITTEN if text is CATCHALL and len(found) % 2 else text for text in found if text is not CONDITIONAL]
    found.append(REMOTE.format(domains=dice.choice(["! +local_domains"] * 4 + ["! +local_domains : ! relayed.example"]),
                               more=dice.choice(["  no_more\n"] * 3 + [""])))
    found += [REAL] * (dice.random() < 0.15) + [ALIASES] * (dice.random() < 0.9)
    users = USERS
    if dice.random() < 0.3:
        users = users.replace("check_local_user", "check_local_user\n  local_part_suffix = +*\n  local_part_suffix_optional")
    return "\nbegin routers\n" + "\n".join([*found, users])
